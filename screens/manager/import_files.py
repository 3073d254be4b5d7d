"""The files of an import, row by row: by state, a page at a time, or all as CSV."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render

from screens.access import acting_in_project
from screens.listing.files import wants_csv
from screens.staffed import screen
from tasks.importing.queries import files_of, progress_of
from workflow.errors import InvalidInput
from workflow.images.receiving import import_of
from workflow.models import ImportFile
from workflow.permissions import Kind, Verb

PAGE: Final = 200
STATES: Final = tuple(ImportFile.State.values)


@screen()
def import_files(request: HttpRequest, slug: str, import_id: UUID) -> HttpResponseBase:
    """What became of each file; names are put beside the numbers by the page's own script, if it knows them."""
    project = acting_in_project(request, slug, Verb.REGISTER, Kind.IMPORT).person().project
    batch = import_of(project, import_id)
    state = request.GET.get("state", "")
    rows = files_of(batch).filter(state=state) if state in STATES else files_of(batch)
    if wants_csv(request):
        return _as_csv(f"{slug}-import-files", rows)
    shown = list(_after(rows, request.GET.get("after", ""))[: PAGE + 1])
    context = {
        "project": project,
        "here": "images",
        "batch": batch,
        "files": shown[:PAGE],
        "further": f"{shown[PAGE - 1].number}.{shown[PAGE - 1].member}" if len(shown) > PAGE else "",
        "state": state if state in STATES else "",
        "states": [(one, progress_of_state) for one, progress_of_state in _counts(progress_of(batch).files)],
    }
    return render(request, "manager/import_files.html", context)


def _counts(files: dict[str, int]) -> list[tuple[str, int]]:
    return [(state, files[state]) for state in STATES if files.get(state)]


def _after(rows: QuerySet[ImportFile], place: str) -> QuerySet[ImportFile]:
    if not place:
        return rows
    number, _, member = place.partition(".")
    if not (number.isdecimal() and member.isdecimal() and len(place) < 20):
        raise InvalidInput([], "This address is of another list. Begin at its first page.")
    at, inside = int(number), int(member)
    return rows.filter(Q(number__gt=at) | Q(number=at, member__gt=inside))


def _as_csv(name: str, rows: QuerySet[ImportFile]) -> HttpResponse | StreamingHttpResponse:
    response = StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _lines(rows: QuerySet[ImportFile]) -> Iterator[str]:
    yield _line("number", "member", "bytes", "received", "state", "code", "sentence")
    for row in rows.iterator(chunk_size=500):
        yield _line(row.number, row.member, row.size, row.received, row.state, row.code, row.sentence)


def _line(*cells: object) -> str:
    text = StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()
