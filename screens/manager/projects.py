"""A manager's projects, and where one of them stands."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from screens.access import acting_in_project, acting_on_agreement, members_who_may
from screens.pictures import pictures_of
from screens.staffed import screen
from tasks.figures.charts import charts_of
from tasks.figures.document import figures_of, refresh, refreshed
from workflow.access import cases_open_to
from workflow.counted import counted
from workflow.errors import NotAllowed
from workflow.measuring.kept import Kept
from workflow.models import Case, Project
from workflow.permissions import Kind, Verb
from workflow.states import State

from .alerts import alerts_of
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
    kept = _figures(request, project)
    known = kept.document if kept else None
    standing = standing_of(project, visible, known)
    shown = charts_of(project, kept, ("burndown", "hours")) if kept else []
    context = {
        "project": project,
        "here": "overview",
        "standing": standing,
        "hidden": theirs.exclude(pk__in=visible.values("pk")).count(),
        "alerts": alerts_of(project, visible, standing.work, agreement=kept is not None),
        "kept": kept,
        "refreshed": refreshed(project),
        "pictures": pictures_of(project, [one.chart for one in shown if one.chart]),
    }
    return render(request, "manager/overview.html", context)


def _figures(request: HttpRequest, project: Project) -> Kept | None:
    """The figures of all cases; None for somebody who plays a part in one, to whom they would tell how it stands."""
    try:
        acting_on_agreement(request, project.slug)
    except NotAllowed:
        return None
    return figures_of(project)


@screen("POST")
def refresh_figures(request: HttpRequest, slug: str) -> HttpResponse:
    """Have the overview's figures counted now."""
    acting_in_project(request, slug, Verb.SEE, Kind.OVERVIEW)
    project = acting_on_agreement(request, slug).person().project
    if refresh(project):
        messages.success(request, "The figures were counted just now.")
    else:
        messages.info(request, "The figures are being counted; they appear here as soon as they are there.")
    return redirect("project_home", slug)
