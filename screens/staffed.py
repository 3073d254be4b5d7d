"""What the screens of managers and auditors share: who is let in, and how a refusal is shown."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from audit.access import NotRecorded
from audit.canonical import FaultAt
from workflow.errors import AccessNotRecorded, DomainError, InvalidInput, from_integrity_error

View = Callable[..., HttpResponseBase]


def screen(*methods: str) -> Callable[[View], View]:
    """A view for people who are signed in; what it refuses is shown as a page with a sentence."""

    def decorate(view: View) -> View:
        @login_required
        @require_http_methods(["HEAD", *(methods or ("GET",))])
        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except (DomainError, IntegrityError, FaultAt, NotRecorded) as error:
                return refused(request, refusal(error))

        return shown

    return decorate


def refusal(error: Exception) -> DomainError:
    """The error in words for a person; raised again if there are none."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, NotRecorded):
        return AccessNotRecorded()
    if isinstance(error, FaultAt):
        message = f"It has {error.reason}."
        return InvalidInput([{"path": error.pointer, "code": "not_storable", "message": message}])
    found = from_integrity_error(error) if isinstance(error, IntegrityError) else None
    if found is None:
        raise error
    return found


def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The page of a refusal: its sentence, each fault, and the ways on."""
    context = {"refusal": error, "faults": error.extra.get("faults", [])}
    return render(request, "parts/refused.html", context, status=error.status)
