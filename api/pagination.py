"""Pages that stay in place while rows are added: each begins after a row, not at a number."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from workflow.errors import InvalidInput

DEFAULT_SIZE, LARGEST = 50, 200


class Cursor(BasePagination):
    """`{results, next, previous}`; the view names in `ordering` fields that together are unique and never change.

    `by`: other such fields. The addresses of the pages tell their values, so they must be ones that may be told.
    """

    def __init__(self, by: tuple[str, ...] | None = None) -> None:
        self.by = by

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The rows of the page that `?cursor=` and `?page_size=` ask for; InvalidInput for a bad one. One query."""
        self.request, self.fields = request, self.by or tuple(getattr(view, "ordering", ("created_at", "id")))
        backwards, after = self._cursor()
        size = self._size()
        rows: QuerySet[Any] = queryset.order_by(*(f"-{name}" if backwards else name for name in self.fields))
        if after is not None:
            rows = rows.filter(_beyond(self.fields, after, backwards))
        found = list(rows[: size + 1])
        more = len(found) > size
        page = found[:size][::-1] if backwards else found[:size]
        self.has_next = bool(page) and (more or backwards)
        self.has_previous = bool(page) and (more if backwards else after is not None)
        self.page = page
        return page

    def get_paginated_response(self, data: Any) -> Response:
        """The page with the addresses of its neighbours."""
        return Response(
            {
                "results": data,
                "next": self._address(self.page[-1], False) if self.has_next else None,
                "previous": self._address(self.page[0], True) if self.has_previous else None,
            }
        )

    def get_paginated_response_schema(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """How the OpenAPI document shows a page."""
        address = {"type": ["string", "null"], "format": "uri"}
        properties = {"results": schema, "next": address, "previous": address}
        return {"type": "object", "required": [*properties], "properties": properties}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The query parameters of every list."""
        size = {"type": "integer", "minimum": 1, "maximum": LARGEST, "default": DEFAULT_SIZE}
        return [
            _parameter("cursor", {"type": "string"}, "Where the page begins, from `next` or `previous`."),
            _parameter("page_size", size, "How many rows at most."),
        ]

    def _cursor(self) -> tuple[bool, list[Any] | None]:
        text = self.request.query_params.get("cursor")
        if not text:
            return False, None
        try:
            backwards, *after = json.loads(base64.urlsafe_b64decode(text.encode("ascii")))
            place = [_understood(value) for value in after]
        except (ValueError, TypeError, RecursionError):
            backwards, place = None, []
        if not isinstance(backwards, bool) or len(place) != len(self.fields):
            raise _bad("?cursor", "bad_cursor", "This cursor is not one that this list gave out.")
        return backwards, place

    def _size(self) -> int:
        text = self.request.query_params.get("page_size", str(DEFAULT_SIZE))
        if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= LARGEST):
            raise _bad("?page_size", "bad_page_size", f"The page size goes from 1 to {LARGEST}.")
        return int(text)

    def _address(self, row: Model | Mapping[str, Any], backwards: bool) -> str:
        place = [_plain(getattr(row, name)) for name in self.fields]
        cursor = base64.urlsafe_b64encode(json.dumps([backwards, *place]).encode()).decode()
        query = [*((k, v) for k, v in _pairs(self.request) if k != "cursor"), ("cursor", cursor)]
        return self.request.build_absolute_uri(f"{self.request.path}?{urlencode(query)}")


def _beyond(fields: tuple[str, ...], after: list[Any], backwards: bool) -> Q:
    beyond = "lt" if backwards else "gt"
    first, *rest = fields
    if not rest:
        return Q(**{f"{first}__{beyond}": after[0]})
    # The first condition is implied by the second; it lets the index find the place.
    tie = Q(**{first: after[0], f"{rest[0]}__{beyond}": after[1]})
    return Q(**{f"{first}__{beyond}e": after[0]}) & (Q(**{f"{first}__{beyond}": after[0]}) | tie)


def _plain(value: Any) -> Any:
    return (
        value if isinstance(value, int) else value.isoformat() if isinstance(value, datetime) else str(value)
    )


def _understood(value: Any) -> int | datetime | UUID:
    """What `_plain` made of a number, a moment or an id; ValueError for anything else."""
    if isinstance(value, int) and abs(value) < 2**63:
        return value
    if not isinstance(value, str):
        raise ValueError
    if len(value) == 36 and value.count("-") == 4:
        return UUID(value)
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError
    return moment


def _pairs(request: Request) -> list[tuple[str, str]]:
    return [(key, value) for key, values in request.query_params.lists() for value in values]


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def _bad(path: str, code: str, message: str) -> InvalidInput:
    return InvalidInput([{"path": path, "code": code, "message": message}])
