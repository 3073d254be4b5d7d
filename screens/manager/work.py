"""The project's live tasks: who has what, since when, and what is the matter with it."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from screens.listing.columns import Column, Listing
from screens.listing.files import as_csv, wants_csv
from screens.listing.looks import acting_at, look_of
from screens.listing.pages import page_of
from screens.staffed import screen
from screens.styled import Narrowing
from tasks.models import Task
from tasks.queries import DUE_SOON, OVERDUE, live_tasks
from workflow.access import cases_open_to
from workflow.permissions import Kind
from workflow.queries import name_of


class WorkFilter(Narrowing):
    """Which tasks; what is empty narrows nothing."""

    case = forms.CharField(required=False, max_length=200, label="Reference contains")
    kind = forms.ChoiceField(required=False, choices=[("", "any"), *Task.Kind.choices], label="Task")
    status = forms.ChoiceField(
        required=False,
        choices=[("", "any"), ("open", "open"), ("reserved", "reserved"), ("leased", "in hand")],
        label="Status",
    )
    matter = forms.ChoiceField(
        required=False,
        choices=[
            ("", "any"),
            ("returned", "returned"),
            ("overdue", "overdue"),
            ("due_soon", "due within a day"),
        ],
        label="Matter",
    )
    holder = forms.UUIDField(required=False, widget=forms.HiddenInput)


WORK: Final = Listing(
    name="project_work",
    title="Open work",
    kinds=(Kind.OVERVIEW,),
    columns=(
        Column("case", "Case", ("case__external_ref",), heads=("case",), fixed=True),
        Column("kind", "Task", ("kind", "opened_at"), heads=("task", "place")),
        Column("status", "Status", ("status", "opened_at"), heads=("status", "returned")),
        Column("holder", "Holder", heads=("holder",)),
        Column("rank", "Rank", ("rank",), heads=("rank",)),
        Column("opened", "Opened", ("opened_at",), heads=("opened",)),
        Column("due", "Due", heads=("due",)),
        Column("lease", "Lease until", heads=("lease until",)),
        Column("act", "Act"),
    ),
    sort="rank",
    form=WorkFilter,
)


@screen()
def work(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Everything that is open, reserved or in somebody's hands."""
    member = acting_at(request, slug, WORK).person()
    look = look_of(request, WORK, member.project)
    if look.opening:
        return redirect(look.opening)
    form = WorkFilter(request.GET)
    rows = live_tasks(cases_open_to([member])).select_related("case", "holder__user")
    if form.is_valid():
        rows = _narrowed(rows, form.cleaned_data)
    if wants_csv(request):
        return as_csv(f"{slug}-open-work", look, rows, _lines)
    context = {
        "project": member.project,
        "here": "work",
        "form": form,
        "page": page_of(request, look, rows),
    }
    return render(request, "manager/work.html", context)


def _narrowed(rows: QuerySet[Task], asked: dict[str, Any]) -> QuerySet[Task]:
    if asked["matter"] == "returned":
        rows = rows.filter(returned=True)
    if asked["matter"] == "overdue":
        rows = rows.filter(OVERDUE)
    if asked["matter"] == "due_soon":
        rows = rows.filter(DUE_SOON)
    if asked["case"]:
        rows = rows.filter(case__external_ref__icontains=asked["case"])
    return rows.filter(**{name: asked[name] for name in ("kind", "status", "holder") if asked[name]})


def _lines(tasks: Sequence[Task]) -> Iterator[tuple[object, ...]]:
    for task in tasks:
        yield (
            task.case.external_ref, task.kind, task.slot, task.status, "yes" if task.returned else "no",
            name_of(task.holder) if task.holder else "", task.rank, task.opened_at, task.due_at, task.lease_until,
        )  # fmt: skip
