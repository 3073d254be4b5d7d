"""The project's live tasks: who has what, since when, and what is the matter with it."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from screens.access import acting_in_project
from screens.listing import Column, as_csv, page_of, wants_csv
from screens.staffed import screen
from screens.styled import Narrowing
from tasks.models import Task
from tasks.queries import OVERDUE, live_tasks
from workflow.access import cases_open_to
from workflow.permissions import Kind, Verb
from workflow.queries import name_of

COLUMNS: Final = (
    Column("case", "Case", ("case__external_ref",)),
    Column("kind", "Task", ("kind", "opened_at")),
    Column("status", "Status", ("status", "opened_at")),
    Column("holder", "Holder"),
    Column("rank", "Rank", ("rank",)),
    Column("opened", "Opened", ("opened_at",)),
    Column("due", "Due"),
    Column("lease", "Lease until"),
    Column("act", "Act"),
)
HEADS: Final = ("case", "task", "place", "status", "returned", "holder", "opened", "due", "lease until")


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
        choices=[("", "any"), ("returned", "returned"), ("overdue", "overdue")],
        label="Matter",
    )
    holder = forms.UUIDField(required=False, widget=forms.HiddenInput)


@screen()
def work(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Everything that is open, reserved or in somebody's hands."""
    member = acting_in_project(request, slug, Verb.SEE, Kind.OVERVIEW).person()
    form = WorkFilter(request.GET)
    rows = live_tasks(cases_open_to([member])).select_related("case", "holder__user")
    if form.is_valid():
        rows = _narrowed(rows, form.cleaned_data)
    if wants_csv(request):
        return as_csv(f"{slug}-open-work", rows.order_by("rank", "pk"), HEADS, _lines)
    context = {
        "project": member.project,
        "here": "work",
        "form": form,
        "page": page_of(request, rows, COLUMNS, "rank"),
    }
    return render(request, "manager/work.html", context)


def _narrowed(rows: QuerySet[Task], asked: dict[str, Any]) -> QuerySet[Task]:
    if asked["matter"] == "returned":
        rows = rows.filter(returned=True)
    if asked["matter"] == "overdue":
        rows = rows.filter(OVERDUE)
    if asked["case"]:
        rows = rows.filter(case__external_ref__icontains=asked["case"])
    return rows.filter(**{name: asked[name] for name in ("kind", "status", "holder") if asked[name]})


def _lines(tasks: Sequence[Task]) -> Iterator[tuple[object, ...]]:
    for task in tasks:
        yield (
            task.case.external_ref, task.kind, task.slot, task.status, "yes" if task.returned else "no",
            name_of(task.holder) if task.holder else "", task.opened_at, task.due_at, task.lease_until,
        )  # fmt: skip
