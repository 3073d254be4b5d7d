"""The list of a project's datasets, and one of them: counts, differences, cases as CSV."""

import csv
from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render

from provenance.datasets.criteria import stored
from provenance.datasets.differences import lines_between
from provenance.datasets.queries import Shown, dataset_of, datasets_of, members_of, shown
from provenance.datasets.selecting import labels_of
from provenance.models import Dataset
from screens.access import acting_in_project
from screens.listing.files import batches, cell, wants_csv
from screens.staffed import screen
from workflow.errors import NotFound
from workflow.models import Project
from workflow.permissions import Kind, Verb

from .forms import LockForm

# Where the page stands: its layout, and what opens that door.
PLACES: Final = {
    "audit": ("auditor/project.html", Kind.LOG),
    "projects": ("manager/project.html", Kind.OVERVIEW),
}
MOST_LINES: Final = 50  # cases that differ, on the page; all of them in the API
HEADS: Final = ("case", "external_ref", "split", "label_version", "status", "settled_by", "label_digest")


def entered(request: HttpRequest, slug: str, place: str) -> Project:
    """The project, for whoever may see its datasets from here."""
    acting_in_project(request, slug, Verb.SEE, PLACES[place][1])
    return acting_in_project(request, slug, Verb.SEE, Kind.DATASET).person().project


@screen()
def datasets(request: HttpRequest, slug: str, place: str) -> HttpResponse:
    """Every dataset of the project, the last composed first."""
    project = entered(request, slug, place)
    context = {"layout": PLACES[place][0], "place": place, "project": project, "here": "datasets"}
    return render(request, "datasets/list.html", context | {"datasets": list(datasets_of(project))})


@screen()
def dataset(request: HttpRequest, slug: str, place: str, dataset_id: UUID) -> HttpResponseBase:
    """One dataset; once it was locked also its cases as CSV."""
    project = entered(request, slug, place)
    found = dataset_of(project, dataset_id)
    if wants_csv(request):
        if not found.was_locked:
            raise NotFound("A dataset has its cases once it is locked.")
        return _as_csv(found)
    return page_of(request, place, shown(found))


def page_of(
    request: HttpRequest, place: str, one: Shown, form: LockForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of one dataset."""
    of = one.dataset
    context: dict[str, Any] = {
        "layout": PLACES[place][0],
        "place": place,
        "project": of.project,
        "here": "datasets",
    }
    context |= {"one": one, "dataset": of, "criteria": stored(of.criteria).sentences}
    context |= {"form": form or LockForm(initial={"seen": one.seen}), "lines": _differences(of)}
    context["later"] = of.later.exclude(state=Dataset.State.WITHDRAWN).first()
    return render(request, "datasets/one.html", context, status=status)


def _differences(of: Dataset) -> list[Any]:
    if of.supersedes is None:
        return []
    lines = lines_between(of.supersedes, labels_of(of))
    return [line for line, _ in zip(lines, range(MOST_LINES), strict=False)]


def _as_csv(of: Dataset) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_lines(of), content_type="text/csv; charset=utf-8")
    name = f"{of.project.slug}-dataset-{of.version}-{str(of.pk)[:8]}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _lines(of: Dataset) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(HEADS)
    for batch in batches(members_of(of)):
        for row in batch:
            label, case = row.label, row.case
            said = (label.version, label.status, label.settled_by, label.content_id)
            yield writer.writerow(
                [cell(value) for value in (str(case.pk), case.external_ref, case.split, *said)]
            )


class _Echo:
    def write(self, text: str) -> str:
        return text
