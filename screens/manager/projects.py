"""A manager's projects, and where one of them stands."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from screens.access import acting_in_project, members_who_may
from screens.staffed import screen
from workflow.access import cases_open_to
from workflow.counted import counted
from workflow.models import Case, Project
from workflow.permissions import Kind, Verb
from workflow.states import State

from .standing import standing_of


@screen()
def projects(request: HttpRequest) -> HttpResponse:
    """The projects that the person manages, with how far each has come."""
    members = members_who_may(request, Verb.SEE, Kind.OVERVIEW)
    rows_of = (
        Case.objects.filter(counted(), project__in=[m.project_id for m in members])
        .values_list("project")
        .annotate(
            cases=Count("pk", filter=~Q(state=State.EXCLUDED)), done=Count("pk", filter=Q(state=State.FINAL))
        )
        .order_by()
    )
    found = {project: (cases, done) for project, cases, done in rows_of}
    rows = [(member.project, *found.get(member.project_id, (0, 0))) for member in members]
    return render(request, "manager/projects.html", {"rows": rows})


@screen()
def home(request: HttpRequest, slug: str) -> HttpResponse:
    """Where a project stands; each number leads to the list that it counts."""
    member = acting_in_project(request, slug, Verb.SEE, Kind.OVERVIEW).person()
    project: Project = member.project
    visible = cases_open_to([member])
    theirs = Case.objects.filter(counted(), project=project)
    hidden = theirs.exclude(pk__in=visible.values("pk")).count()
    context = {
        "project": project,
        "here": "overview",
        "standing": standing_of(project, visible),
        "hidden": hidden,
    }
    return render(request, "manager/overview.html", context)
