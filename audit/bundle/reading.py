"""One view of the database for as long as a bundle takes, on a connection of its own, read row by row."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from django.db import connection

_AT_ONCE = 1000
T = TypeVar("T")
R = TypeVar("R")


class Reader:
    """Queries in one REPEATABLE READ transaction that changes nothing."""

    def __init__(self, raw: Any) -> None:
        self._raw, self._cursors = raw, 0

    def rows(self, query: str, params: Sequence[Any], at_once: int = _AT_ONCE) -> Iterator[tuple[Any, ...]]:
        """The rows through a server-side cursor: a few in memory at a time."""
        self._cursors += 1
        with self._raw.cursor(name=f"bundle_{self._cursors}", scrollable=False) as cursor:
            cursor.itersize = at_once
            cursor.execute(query, params, binary=True)
            yield from cursor

    def batches(
        self, query: str, params: Sequence[Any], at_once: int = _AT_ONCE
    ) -> Iterator[list[tuple[Any, ...]]]:
        """The same, as lists of up to `at_once`; the next ones are fetched while these are looked at."""
        self._cursors += 1
        with (
            self._raw.cursor(name=f"bundle_{self._cursors}", scrollable=False) as cursor,
            ThreadPoolExecutor(1) as ahead,
        ):
            cursor.execute(query, params, binary=True)
            coming = ahead.submit(cursor.fetchmany, at_once)
            while found := coming.result():
                coming = ahead.submit(cursor.fetchmany, at_once)
                yield found

    def ahead(self, fetch: Callable[[T], R], parts: Iterable[T]) -> Iterator[tuple[T, R]]:
        """Each part with what is fetched for it; that of the next is fetched while this one is looked at."""
        with ThreadPoolExecutor(1) as other:
            before: tuple[T, Future[R]] | None = None
            for part in parts:
                coming = other.submit(fetch, part)
                if before is not None:
                    yield before[0], before[1].result()
                before = part, coming
            if before is not None:
                yield before[0], before[1].result()

    def all(self, query: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
        """All rows at once."""
        with psycopg.Cursor(self._raw) as cursor:
            return cursor.execute(query, params, binary=True).fetchall()

    def one(self, query: str, params: Sequence[Any]) -> tuple[Any, ...] | None:
        """The first row, if there is one."""
        found = self.all(query, params)
        return found[0] if found else None


@contextmanager
def reading() -> Iterator[Reader]:
    """A reader whose view of the database begins now; what is committed meanwhile it doesn't see."""
    own: Any = connection.copy()
    try:
        own.ensure_connection()
        raw = own.connection
        raw.set_autocommit(False)
        raw.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
        raw.set_read_only(True)
        # The first row counts: walk the indexes instead of sorting a copy of the log first.
        raw.execute("SELECT set_config('cursor_tuple_fraction', '0.001', true)")
        yield Reader(raw)
    finally:
        own.close()
