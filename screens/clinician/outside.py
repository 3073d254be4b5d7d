"""A case opened beside this page: an outside viewer is let in, and its address shown for this once."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from screens.access import acting_on_task
from screens.staffed import screen
from tasks.links import Link, open_outside
from workflow.errors import DomainError
from workflow.permissions import Verb
from workflow.settings.reading import viewers_of
from workflow.settings.viewers import Viewer

from .desk import Desk

OF_IMAGES = ("dicomweb", "dicomweb_encoded", "study", "studies", "series")


def viewers_for(desk: Desk) -> list[Viewer]:
    """The viewers that can open this case: without images, those that ask for none."""
    known = viewers_of(desk.task.case.project)
    if not known or desk.has_images:
        return known
    return [viewer for viewer in known if not any(viewer.wants(place) for place in OF_IMAGES)]


@screen("POST")
def opened(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Let a viewer in and show where it leads: a part of the task's page, or a page of its own without scripts."""
    part = getattr(request, "htmx", False)
    context: dict[str, Any] = {"task_id": task_id}
    try:
        link = _link(request, task_id)
        context |= {"link": link, "in_a_tab": link.url.startswith("http")}
    except DomainError as error:
        if not part:
            raise
        faults = error.extra.get("faults") or []
        context["wrong"] = " ".join(fault["message"] for fault in faults) or error.detail
    name = "opened_part" if part else "opened"
    response = render(request, f"clinician/{name}.html", context)
    response["Cache-Control"], response["Referrer-Policy"] = "no-store", "no-referrer"
    return response


def _link(request: HttpRequest, task_id: UUID) -> Link:
    acting = acting_on_task(request, task_id, Verb.OPEN_OUTSIDE)
    site, page = request.build_absolute_uri("/").rstrip("/"), reverse("work_task", args=[task_id])
    viewer = request.POST.get("viewer", "")
    return open_outside(acting=acting, task_id=task_id, viewer=viewer, site=site, page=page)
