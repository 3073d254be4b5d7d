"""One page of a list, which begins after a row: what is put in front meanwhile moves nothing."""

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from workflow.errors import InvalidInput

from .columns import Listing

PAGE_SIZE = 50
MOST_COUNTED: Final = 10_000


def ordered(rows: QuerySet[Any], listing: Listing, sort: str, *, backwards: bool = False) -> QuerySet[Any]:
    """The rows in the order of a sort."""
    downwards = sort.startswith("-") != backwards
    return rows.order_by(*(f"-{name}" if downwards else name for name in listing.fields(sort)))


def found_rows(
    request: HttpRequest, rows: QuerySet[Any], listing: Listing, sort: str
) -> tuple[list[Any], str, str]:
    """The rows that the address asks for, and the cursors of the page before and of the next, if there are any."""
    fields = listing.fields(sort)
    backwards, after = _cursor(request)
    found = _slice(
        ordered(rows, listing, sort, backwards=backwards), fields, sort.startswith("-") != backwards, after
    )
    more = len(found) > PAGE_SIZE
    found = found[:PAGE_SIZE][::-1] if backwards else found[:PAGE_SIZE]
    next_one = previous = ""
    if found and (more or backwards):
        next_one = _place(found[-1], fields, False)
    if found and (more if backwards else after is not None):
        previous = _place(found[0], fields, True)
    return found, previous, next_one


def count_of(rows: QuerySet[Any]) -> str:
    """How many rows there are; many are not counted to the end, which would cost more the longer the list is."""
    found = rows.order_by()[: MOST_COUNTED + 1].count()
    return f"more than {MOST_COUNTED:,}" if found > MOST_COUNTED else f"{found:,}"


def _slice(rows: QuerySet[Any], fields: Sequence[str], downwards: bool, after: list[Any] | None) -> list[Any]:
    try:
        if after is not None:
            rows = rows.filter(_beyond(fields, after, "lt" if downwards else "gt"))
        return list(rows[: PAGE_SIZE + 1])
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


def _bad_cursor() -> InvalidInput:
    message = "This address is of another list, or of an older one. Begin at its first page."
    return InvalidInput([{"path": "?cursor", "code": "bad_cursor", "message": message}])
