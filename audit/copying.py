"""Many rows in one statement, through the same constraints and triggers as one: by COPY, and changed from lists."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from psycopg import sql
from psycopg.types.json import Jsonb


class Copy:
    """Rows of one table that are like a first one but in some columns; those that the database fills in stay its own.

    like: a row of the model, saved or not. but: names of the columns whose values each row brings, in its order.
    """

    def __init__(self, like: models.Model, but: Sequence[str]) -> None:
        self._table, self._but = like._meta.db_table, list(but)
        fields = [f for f in like._meta.concrete_fields if not f.generated and _is_told(like, f)]
        self._same = {str(f.column): _told(like, f) for f in fields if f.column not in but}
        self._rows: list[Sequence[Any]] = []

    def add(self, *values: Any) -> None:
        """One row more; objects and lists of JSON columns as `Jsonb`."""
        self._rows.append(values)

    def write(self) -> None:
        """Write what was added; an error of the database is Django's own."""
        same = tuple(self._same.values())
        copy_in(self._table, [*self._but, *self._same], ((*row, *same) for row in self._rows))
        self._rows = []


def copy_in(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Copy rows into columns of a table; an error of the database is Django's own."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def change(
    model: type[models.Model], same: dict[str, Any], column: str, values: Sequence[tuple[Any, Any]], kind: str
) -> None:
    """Give rows of a model, named by their UUID, the values of `same`, and each a value of its own in `column`.

    values: id and value of each row; kind: the column's type in the database; `same` by column.
    """
    told = [
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Literal(value)) for name, value in same.items()
    ]
    statement = sql.SQL(
        "UPDATE {} SET {} FROM unnest(%s::uuid[], %s::{}[]) AS given(id, own) WHERE {}.id = given.id"
    ).format(
        table := sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join([*told, sql.SQL("{} = given.own").format(sql.Identifier(column))]),
        sql.Identifier(kind),
        table,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [[one for one, _ in values], [value for _, value in values]])


def _is_told(like: models.Model, field: Any) -> bool:
    value = getattr(like, field.attname)
    return not isinstance(value, models.expressions.DatabaseDefault) and (
        value is not None or not field.primary_key
    )


def _told(like: models.Model, field: Any) -> Any:
    value = getattr(like, field.attname)
    if isinstance(field, models.JSONField):
        return Jsonb(value)
    return field.get_db_prep_save(value, connection)
