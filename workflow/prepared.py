"""Queries of a fixed shape that are built and compiled once in a process, because that costs more than running them.

A claim reads a task with its case, project, log and round. Django takes some milliseconds to build such a query and to
make SQL of it, each time alike but for the values (docs/decisions/0016).
"""

import secrets
from collections.abc import Callable
from copy import copy
from types import SimpleNamespace
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

from django.db import connection, models
from django.db.models.query import ModelIterable

M = TypeVar("M", bound=models.Model)
_SAMPLES: dict[type, Callable[[], Any]] = {
    UUID: uuid4,
    bytes: lambda: secrets.token_bytes(32),
    str: lambda: secrets.token_hex(16),
    int: lambda: 20_000 + secrets.randbelow(10_000),  # no number that a query may hold itself
}


class Prepared(Generic[M]):
    """`build` is called once, with a value of each of `kinds` that stands for those of every later call.

    It must use each value as it is given, and build the same query whatever the values are.
    """

    def __init__(self, build: Callable[..., models.QuerySet[M]], *kinds: type) -> None:
        self._build, self._kinds = build, kinds
        self._ready: tuple[Any, str, list[Any]] | None = None

    def rows(self, *values: object) -> list[M]:
        """The rows for these values. One query."""
        template, sql, places = self._ready or self._compile()
        compiler = copy(template)
        compiler.connection = connection
        params = tuple(values[place] if place is not None else fixed for place, fixed in places)
        compiler.as_sql = lambda *_, **__: (sql, params)
        source: Any = SimpleNamespace(
            db=connection.alias,
            query=SimpleNamespace(get_compiler=lambda using: compiler),
            _known_related_objects={},
        )
        return list(ModelIterable(source))

    def first(self, *values: object) -> M | None:
        """The first row, or None."""
        found = self.rows(*values)
        return found[0] if found else None

    def _compile(self) -> tuple[Any, str, list[Any]]:
        samples = [_SAMPLES[kind]() for kind in self._kinds]
        compiler = self._build(*samples).query.get_compiler(using=connection.alias)
        sql, params = compiler.as_sql()
        plain = [getattr(value, "obj", value) for value in params]  # bytes come wrapped for the driver
        places = [(samples.index(value) if value in samples else None, value) for value in plain]
        assert {place for place, _ in places if place is not None} == set(range(len(samples)))
        self._ready = compiler, sql, places
        return self._ready
