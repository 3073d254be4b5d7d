"""Addresses at which things go wrong with a patient's name in their hands; for the tests of the log lines."""

from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

PATIENT = "PATIENT-4711-MUELLER"


@csrf_exempt
def fine(request: HttpRequest, patient: str) -> HttpResponse:
    """Nothing wrong."""
    return HttpResponse("fine")


@csrf_exempt
def raises(request: HttpRequest, patient: str) -> HttpResponse:
    """An error whose words, cause and local variables hold the name."""
    held = {"patient": patient}
    try:
        raise KeyError(patient)
    except KeyError as error:
        raise ValueError(f"cannot read {held}") from error


@csrf_exempt
def suspicious(request: HttpRequest, patient: str) -> HttpResponse:
    """What Django logs by itself, with the error's words."""
    raise SuspiciousOperation(patient)


@csrf_exempt
def chatty(request: HttpRequest, patient: str) -> HttpResponse:
    """A library that writes values into its sentences, and a careless line of our own."""
    import logging

    about: dict[str, Any] = {"patient": patient, "route": object(), "count": 3}
    logging.getLogger("somelibrary.http").warning(f"fetched {patient}")
    logging.getLogger("tasks.leases").warning("claimed %s", patient, extra=about)
    return HttpResponse("fine")


urlpatterns = [
    path("<str:patient>/fine", fine, name="fine"),
    path("<str:patient>/raises", raises, name="raises"),
    path("<str:patient>/suspicious", suspicious, name="suspicious"),
    path("<str:patient>/chatty", chatty, name="chatty"),
]
