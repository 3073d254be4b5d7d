"""The list of bundles that were asked for: what narrows it, its columns, its rows, and its lines as CSV."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest

from provenance.keeping import kept_until
from provenance.models import Export
from provenance.queries import exports_of, in_words
from screens.listing.columns import Column, Listing
from screens.listing.pages import Page
from screens.styled import Narrowing
from workflow.models import Project
from workflow.permissions import Kind
from workflow.queries import name_of

UNFINISHED: Final = (Export.State.REQUESTED, Export.State.RECORDED, Export.State.PACKING)
STATES: Final = (
    ("unfinished", "not finished"),
    *((state.value, state.value) for state in Export.State if state not in UNFINISHED),
)


class ExportFilter(Narrowing):
    """Which of those that were asked for."""

    profile = forms.ChoiceField(
        required=False, choices=[("", "any"), *Export.Profile.choices], label="Profile"
    )
    state = forms.ChoiceField(required=False, choices=[("", "any"), *STATES], label="State")


AUDITORS: Final = Listing(
    name="audit_exports",
    title="Bundles",
    kinds=(Kind.LOG, Kind.BUNDLE),
    columns=(
        Column("asked", "Asked for (UTC)", ("requested_at",), heads=("asked for (UTC)", "id"), fixed=True),
        Column("by", "By", heads=("by",)),
        Column("profile", "Profile", ("profile", "requested_at"), heads=("profile",)),
        Column("state", "State", ("state", "requested_at"), heads=("state",), fixed=True),
        Column("events", "Events", number=True, heads=("events",)),
        Column("bytes", "Bytes", number=True, heads=("bytes",)),
        Column("digest", "SHA-256", heads=("SHA-256",)),
        Column("checkpoint", "Checkpoint"),
    ),
    sort="-asked",  # the newest first
    form=ExportFilter,
)
MANAGERS: Final = replace(AUDITORS, name="project_exports", kinds=(Kind.OVERVIEW, Kind.BUNDLE))
LISTS: Final = {"audit": AUDITORS, "projects": MANAGERS}


def narrowed(request: HttpRequest, project: Project) -> QuerySet[Export]:
    """The project's bundles that the address asks for; a filter with a fault lets all of them pass."""
    form = ExportFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = exports_of(project)
    if profile := wanted.get("profile"):
        rows = rows.filter(profile=profile)
    if state := wanted.get("state"):
        rows = rows.filter(state__in=UNFINISHED if state == "unfinished" else [state])
    return rows


def as_shown(request: HttpRequest, page: Page) -> dict[str, Any]:
    """What the page shows of its bundles, each with its words and the signed checkpoint to keep."""
    rows = [
        {"export": row, "words": in_words(row), "note": row.note, "kept_until": kept_until(row)}
        for row in page.rows
    ]
    filters = ExportFilter(request.GET, auto_id="filter_%s")  # the form below it has a profile too
    unfinished = any(row.state in UNFINISHED for row in page.rows)
    return {"page": page, "rows": rows, "unfinished": unfinished, "filters": filters}


def lines(rows: Sequence[Export]) -> Iterator[tuple[object, ...]]:
    """The bundles as lines of a CSV file, with the cells of every column."""
    for row in rows:
        by = name_of(row.requested_by) if row.requested_by else "the command"
        yield (
            row.requested_at, row.pk, by, row.profile, row.state, row.leaves, row.size, row.sha256,
        )  # fmt: skip
