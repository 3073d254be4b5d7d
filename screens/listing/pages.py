"""A page of a list as it is shown: its rows, headings that sort, where its neighbours are, and the file of all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from .addresses import changed
from .columns import COLUMNS, SORT, Column
from .looks import Look
from .paging import count_of, found_rows


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading; with a link it sorts, and `direction` says how it does now."""

    label: str
    url: str = ""
    direction: str = ""  # ascending | descending
    number: bool = False


@dataclass(slots=True)
class Page:
    """One page of a list, where its neighbours are, and the files of all: as shown, and with what is hidden."""

    rows: list[Any]
    count: str
    look: Look
    headings: list[Heading] = field(default_factory=list)
    next_url: str = ""
    previous_url: str = ""
    csv_url: str = ""
    csv_whole_url: str = ""


def page_of(
    request: HttpRequest,
    look: Look,
    rows: QuerySet[Any],
    show: Callable[[QuerySet[Any]], QuerySet[Any]] = lambda rows: rows,
) -> Page:
    """The page that the address asks for; InvalidInput for a bad one. Two queries.

    `show` adds to the rows of the page what counting them does not need.
    """
    found, previous, next_one = found_rows(request, show(rows), look.listing, look.sort)
    page = Page(
        found, count_of(rows), look, [_heading(request, column, look.sort) for column in look.columns]
    )
    page.next_url = changed(request, {"cursor": next_one}) if next_one else ""
    page.previous_url = changed(request, {"cursor": previous}) if previous else ""
    page.csv_url = _file(request, ",".join(look.shown))
    if any(column.heads and not shown for column, shown in look.choices):
        page.csv_whole_url = _file(request, ",".join(look.listing.every()))
    return page


def _file(request: HttpRequest, columns: str) -> str:
    return changed(request, {COLUMNS: columns, "format": "csv"})


def _heading(request: HttpRequest, column: Column, sort: str) -> Heading:
    if not column.sort:
        return Heading(column.label, number=column.number)
    direction = {column.key: "ascending", f"-{column.key}": "descending"}.get(sort, "")
    url = changed(request, {SORT: f"-{column.key}" if direction == "ascending" else column.key})
    return Heading(column.label, url, direction, column.number)
