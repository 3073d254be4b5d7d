"""Lists whose state is in the address: filtered, sorted, in pages that begin after a row, or whole as CSV."""

import base64
import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, StreamingHttpResponse

from workflow.errors import InvalidInput

PAGE_SIZE, BATCH = 50, 500
MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading; with a link it sorts, and `direction` says how it does now."""

    label: str
    url: str = ""
    direction: str = ""  # ascending | descending
    number: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its label, the fields that it sorts by (none: it doesn't), and whether it holds numbers."""

    key: str
    label: str
    sort: tuple[str, ...] = ()
    number: bool = False


@dataclass(slots=True)
class Page:
    """One page of a list, and where its neighbours are."""

    rows: list[Any]
    count: str
    headings: list[Heading]
    next_url: str = ""
    previous_url: str = ""
    csv_url: str = ""
    kept: list[tuple[str, str]] = field(default_factory=list)  # the query without the cursor, for forms


def page_of(
    request: HttpRequest,
    rows: QuerySet[Any],
    columns: Sequence[Column],
    default: str,
    show: Callable[[QuerySet[Any]], QuerySet[Any]] = lambda rows: rows,
) -> Page:
    """The page that the address asks for, sorted by `?sort=key` or `-key`; InvalidInput for a bad one. Two queries.

    `show` adds to the rows of the page what counting them does not need.
    """
    sort = _sort(request, columns, default)
    fields = _fields(columns, sort)
    backwards, after = _cursor(request)
    found = _slice(show(rows), fields, sort.startswith("-") != backwards, after)
    more = len(found) > PAGE_SIZE
    found = found[:PAGE_SIZE][::-1] if backwards else found[:PAGE_SIZE]
    page = Page(found, _count(rows), [_heading(request, column, sort) for column in columns])
    page.kept = _pairs(request, without={"cursor"})
    page.csv_url = _address(request, {"format": "csv"})
    if found and (more or backwards):
        page.next_url = _address(request, {"cursor": _place(found[-1], fields, False)})
    if found and (more if backwards else after is not None):
        page.previous_url = _address(request, {"cursor": _place(found[0], fields, True)})
    return page


def _slice(rows: QuerySet[Any], fields: Sequence[str], downwards: bool, after: list[Any] | None) -> list[Any]:
    ordered = rows.order_by(*(f"-{name}" if downwards else name for name in fields))
    try:
        if after is not None:
            ordered = ordered.filter(_beyond(fields, after, "lt" if downwards else "gt"))
        return list(ordered[: PAGE_SIZE + 1])
    except (ValidationError, ValueError, TypeError):
        raise _bad_cursor() from None


def _beyond(fields: Sequence[str], after: Sequence[Any], way: str) -> Q:
    if len(fields) != len(after):
        raise _bad_cursor()
    beyond, same = Q(), Q()
    for name, value in zip(fields, after, strict=True):
        beyond |= same & Q(**{f"{name}__{way}": value})
        same &= Q(**{name: value})
    return beyond


def _fields(columns: Sequence[Column], sort: str) -> tuple[str, ...]:
    return (*next(c.sort for c in columns if c.key == sort.removeprefix("-")), "pk")


def _sort(request: HttpRequest, columns: Sequence[Column], default: str) -> str:
    asked = request.GET.get("sort", default)
    known = {column.key for column in columns if column.sort}
    return asked if asked.removeprefix("-") in known else default


def _cursor(request: HttpRequest) -> tuple[bool, list[Any] | None]:
    text = request.GET.get("cursor")
    if not text:
        return False, None
    try:
        backwards, *after = json.loads(base64.urlsafe_b64decode(text.encode("ascii")))
    except (ValueError, TypeError, RecursionError):
        raise _bad_cursor() from None
    if not isinstance(backwards, bool) or not all(isinstance(v, str | int) for v in after):
        raise _bad_cursor()
    return backwards, after


def _place(row: Any, fields: Sequence[str], backwards: bool) -> str:
    values = [_plain(_value(row, name)) for name in fields]
    return base64.urlsafe_b64encode(json.dumps([backwards, *values]).encode()).decode()


def _value(row: Any, name: str) -> Any:
    for part in name.split("__"):
        row = getattr(row, part)
    return row


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, int | str) else str(value)


def _count(rows: QuerySet[Any]) -> str:
    # Counting to the end would cost more the longer the list is.
    found = rows.order_by()[: MOST_COUNTED + 1].count()
    return f"more than {MOST_COUNTED:,}" if found > MOST_COUNTED else f"{found:,}"


def _heading(request: HttpRequest, column: Column, sort: str) -> Heading:
    if not column.sort:
        return Heading(column.label, number=column.number)
    direction = {column.key: "ascending", f"-{column.key}": "descending"}.get(sort, "")
    url = _address(request, {"sort": f"-{column.key}" if direction == "ascending" else column.key})
    return Heading(column.label, url, direction, column.number)


def _address(request: HttpRequest, changed: Mapping[str, str]) -> str:
    pairs = [*_pairs(request, without={"cursor", *changed}), *changed.items()]
    return f"{request.path}?{urlencode(pairs)}"


def _pairs(request: HttpRequest, without: set[str]) -> list[tuple[str, str]]:
    return [(k, v) for k, values in request.GET.lists() for v in values if k not in without and v != ""]


def _bad_cursor() -> InvalidInput:
    message = "This address is of another list, or of an older one. Begin at its first page."
    return InvalidInput([{"path": "?cursor", "code": "bad_cursor", "message": message}])


def wants_csv(request: HttpRequest) -> bool:
    """Whether the address asks for the whole list as CSV."""
    return request.GET.get("format") == "csv"


def as_csv(
    name: str,
    rows: QuerySet[Any],
    heads: Sequence[str],
    cells: Callable[[Sequence[Any]], Iterable[Sequence[object]]],
) -> StreamingHttpResponse:
    """All rows as a CSV file, batch by batch: `cells` turns a batch of rows into lines."""
    response = StreamingHttpResponse(_lines(rows, heads, cells), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _lines(
    rows: QuerySet[Any], heads: Sequence[str], cells: Callable[[Sequence[Any]], Iterable[Sequence[object]]]
) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(heads)
    for batch in batches(rows):
        for line in cells(batch):
            yield writer.writerow([_cell(value) for value in line])


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


def _cell(value: object) -> object:
    # A text that a spreadsheet would take for a formula is marked as text.
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else value
