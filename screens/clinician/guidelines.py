"""A guideline version to be read and acknowledged: the gate before the first case that it governs."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from screens.access import acting_in_project
from screens.staffed import screen
from workflow.acting import Acting
from workflow.documents import guideline_of
from workflow.errors import NotFound
from workflow.examples import image_of
from workflow.models import Acknowledgement, GuidelineVersion
from workflow.permissions import Kind, Verb
from workflow.versions import acknowledge

from .guideline_panel import panel_of, since_acknowledged
from .queue import go_on


@screen("GET", "POST")
def work_guideline(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Read a guideline version; sending the form says that one has read it."""
    verb = Verb.ACKNOWLEDGE if request.method == "POST" else Verb.SEE
    acting = acting_in_project(request, slug, verb, Kind.GUIDELINE)
    version = _version(acting, number)
    if request.method == "POST":
        acknowledge(acting=acting, guideline=version)
        messages.success(request, f"Version {version.number} is acknowledged.")
        return go_on(request) if "go_on" in request.POST else redirect("work_queue")
    return render(request, "clinician/guideline.html", _context(acting, version))


def _version(acting: Acting, number: int) -> GuidelineVersion:
    found = GuidelineVersion.objects.filter(project=acting.person().project_id, number=number)
    version = found.exclude(status="draft").select_related("project__log").first()
    if version is None:
        raise NotFound("There is no such guideline version.")
    return version


def _context(acting: Acting, version: GuidelineVersion) -> dict[str, Any]:
    member = acting.person()
    return {
        "version": version,
        "project": version.project,
        "panel": panel_of(member, version),
        "since": since_acknowledged(member, version),
        "acknowledged": Acknowledgement.objects.filter(member=member, guideline=version).exists(),
        "is_current": version.status == "published",
    }


@screen()
def work_example(request: HttpRequest, slug: str, number: int, example: int) -> HttpResponse:
    """The image of an example of a guideline version, as nothing but an image."""
    acting = acting_in_project(request, slug, Verb.SEE, Kind.GUIDELINE)
    document = guideline_of(str(_version(acting, number).content_id))
    kind, body = image_of(document, example)
    response = HttpResponse(body, content_type=kind)
    response["Cache-Control"], response["X-Content-Type-Options"] = "private, max-age=86400", "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
