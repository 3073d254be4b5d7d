"""The list of issues: what it can be narrowed to, its columns, and its lines as CSV."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest

from screens.listing.columns import Column, Listing
from screens.styled import Narrowing
from tasks.models import Issue
from workflow.permissions import Kind
from workflow.queries import name_of


class IssueFilter(Narrowing):
    """Which issues; what is empty narrows nothing."""

    q = forms.CharField(required=False, max_length=200, label="Case contains")
    kind = forms.ChoiceField(required=False, choices=[("", "any"), *Issue.Kind.choices], label="About")
    state = forms.ChoiceField(
        required=False,
        choices=[("", "any"), ("open", "waits for an answer"), ("answered", "answered")],
        label="State",
    )


ISSUES: Final = Listing(
    name="project_issues",
    title="Issues",
    kinds=(Kind.OVERVIEW, Kind.ISSUE),
    columns=(
        Column("raised", "Raised", ("raised_at",), heads=("raised", "id"), fixed=True),
        Column("case", "Case", ("reference", "raised_at"), heads=("case",)),
        Column("kind", "About", ("kind", "raised_at"), heads=("about",)),
        Column("words", "What is asked", heads=("what is asked",)),
        Column("by", "By", ("reporter__user__last_name", "raised_at"), heads=("by",)),
        Column("state", "State", heads=("answered", "answered by")),
        Column("said", "Answer", heads=("answer",), shown=False),
    ),
    sort="-raised",  # the newest first
    form=IssueFilter,
)


def narrowed(request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The issues that the address asks for; a filter with a fault lets all of them pass."""
    form = IssueFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    if words := wanted.get("q"):
        rows = rows.filter(reference__icontains=words)
    if kind := wanted.get("kind"):
        rows = rows.filter(kind=kind)
    if state := wanted.get("state"):
        rows = rows.filter(answered_event__isnull=state == "open")
    return rows


def lines(rows: Sequence[Any]) -> Iterator[tuple[object, ...]]:
    """The issues as lines of a CSV file, with the cells of every column."""
    for row in rows:
        answered = row.answered_event and row.answered_event.db_time
        yield (
            row.raised_at, row.pk, row.reference, row.kind, row.words, name_of(row.reporter), answered,
            name_of(row.answered_by) if row.answered_by else None, row.said,
        )  # fmt: skip
