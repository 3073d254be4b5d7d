"""Column types of PostgreSQL that Django has no field for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    AnyField = models.Field[Any, Any]
else:
    AnyField = models.Field


class Xid8Field(AnyField):
    """A 64-bit transaction id (`xid8`), as `pg_current_xact_id()` gives it."""

    def db_type(self, connection: Any) -> str:
        return "xid8"


def from_body(*path: str, output_field: AnyField, kind: str = "text") -> models.GeneratedField:
    """A stored column that PostgreSQL computes from the canonical bytes in `body`.

    It can never disagree with the bytes that were hashed.
    """
    expression = models.Func(
        models.F("body"),
        *(models.Value(key) for key in path),
        function=f"audit_{kind}_at",
        output_field=output_field,
    )
    return models.GeneratedField(expression=expression, output_field=output_field, db_persist=True)
