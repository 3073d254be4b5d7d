"""The projects that a person may audit, and where the log of one stands."""

from base64 import b64encode

from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from audit.models import Checkpoint, Pending
from provenance.standing import standing_of
from screens.access import acting_in_project, members_who_may
from screens.staffed import screen
from workflow.permissions import Kind, Verb


@screen()
def projects(request: HttpRequest) -> HttpResponse:
    """Each project with its log: how much is sealed, and how much waits for it. Three queries."""
    members = members_who_may(request, Verb.SEE, Kind.LOG)
    logs = [member.project.log_id for member in members]
    waiting = dict(
        Pending.objects.filter(event__log__in=logs)
        .values_list("event__log")
        .annotate(n=Count("pk"))
        .order_by()
    )
    sealed = dict(
        Checkpoint.objects.filter(log__in=logs).values_list("log").annotate(size=Max("size")).order_by()
    )
    rows = [
        (m.project, m.project.log, sealed.get(m.project.log_id, 0), waiting.get(m.project.log_id, 0))
        for m in members
    ]
    return render(request, "auditor/projects.html", {"rows": rows})


@screen()
def standing(request: HttpRequest, slug: str) -> HttpResponse:
    """What of the project's log waits for the seal and since when, and the last signed head, to copy and to keep."""
    project = acting_in_project(request, slug, Verb.SEE, Kind.LOG).person().project
    found = standing_of(project.log)
    root = b64encode(found.head.root).decode() if found.head else ""
    context = {"project": project, "here": "standing", "standing": found, "root": root}
    return render(request, "auditor/standing.html", context)
