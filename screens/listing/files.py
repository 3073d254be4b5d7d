"""Long lists as CSV files: all rows, batch by batch, with the columns that are shown."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import compress
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse

from .looks import Look
from .paging import ordered

BATCH: Final = 500
Cells = Callable[[Sequence[Any]], Iterable[Sequence[object]]]


def wants_csv(request: HttpRequest) -> bool:
    """Whether the address asks for the whole list as CSV."""
    return request.GET.get("format") == "csv"


def as_csv(name: str, look: Look, rows: QuerySet[Any], cells: Cells) -> StreamingHttpResponse:
    """All rows as a CSV file, in the list's order.

    `cells` turns a batch of rows into lines that have the cells of every column of the list; those that are
    hidden are left out.
    """
    response = StreamingHttpResponse(_lines(look, rows, cells), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _lines(look: Look, rows: QuerySet[Any], cells: Cells) -> Iterator[str]:
    writer = csv.writer(_Echo())
    heads = [(head, shown) for column, shown in look.choices for head in column.heads]
    wanted = [shown for _, shown in heads]
    yield writer.writerow([head for head, shown in heads if shown])
    for batch in batches(ordered(rows, look.listing, look.sort)):
        for line in cells(batch):
            assert len(line) == len(wanted), "Each column's cells follow its heads."
            yield writer.writerow([cell(value) for value in compress(line, wanted)])


def batches(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """The rows of a long list, some at a time."""
    batch: list[Any] = []
    for row in rows.iterator(chunk_size=BATCH):
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


class _Echo:
    def write(self, text: str) -> str:
        return text


def cell(value: object) -> object:
    """A value as a CSV file holds it; what a spreadsheet would take for a formula is marked as text."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else value
