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
from workflow.models import Acknowledgement, GuidelineVersion
from workflow.permissions import Kind, Verb
from workflow.versions import acknowledge

from .desk import instructions_of
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
    done = Acknowledgement.objects.filter(member=acting.person(), guideline__number__lte=version.number)
    seen = sorted(done.values_list("guideline__number", flat=True))
    last = max((n for n in seen if n != version.number), default=0)
    since = GuidelineVersion.objects.filter(
        project=version.project_id, number__gt=last, number__lte=version.number
    ).exclude(status="draft")
    document = guideline_of(str(version.content_id))
    return {
        "version": version,
        "title": document["title"],
        "instructions": instructions_of(document),
        "acknowledged": version.number in seen,
        "last": last,
        "changes": since.order_by("-number") if last else [],
        "is_current": version.status == "published",
    }
