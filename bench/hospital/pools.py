"""Open tasks as the claim sees them: pools of tasks that the same people may do, each in the real order."""

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain

from tasks.ordering import order, ring_of

from .course import Course, Task
from .study import Reader

_Pool = tuple[str, str, str]  # kind, need, site
_Key = tuple[datetime, int, int, str]


class Pools:
    """Every open task in the pool of its kind, need and site, by rank and ring."""

    def __init__(self, readers: tuple[Reader, ...], courses: Mapping[int, Course]) -> None:
        self._courses = courses
        self._tasks: dict[str, Task] = {}
        self._lists: dict[_Pool, list[_Key]] = {}
        self._of = {reader.id: reader for reader in readers}

    def put(self, task: Task) -> None:
        """Open a task to whoever may."""
        self._tasks[task.id] = task
        insort(self._lists.setdefault(_pool(task), []), task.key)

    def take(self, task: Task) -> None:
        """Take a task out."""
        del self._tasks[task.id]
        keys = self._lists[_pool(task)]
        del keys[bisect_left(keys, task.key)]

    def __iter__(self) -> Iterator[Task]:
        """All of them."""
        return iter(self._tasks.values())

    def best(self, reader: Reader, now: float, overdue_first: bool = True) -> Task | None:
        """The first that a person may have: what is overdue, then by rank, then around the ring from their place."""
        start, best, found = ring_of(reader.ring), None, None
        for pool, keys in self._lists.items():
            if not keys or not may(reader, *pool):
                continue
            task = self._first(keys, reader, start)
            if task is not None:
                urgent = not (overdue_first and task.due < now)
                place = (urgent, *order(task.rank, task.ring, start), task.slot, task.id)
                if best is None or place < best:
                    best, found = place, task
        return found

    def _first(self, keys: list[_Key], reader: Reader, start: int) -> Task | None:
        at, size = 0, len(keys)
        while at < size:
            rank = keys[at][0]
            end = bisect_left(keys, (rank, 1 << 15), at)
            begin = bisect_left(keys, (rank, start), at, end)
            for place in chain(range(begin, end), range(at, begin)):
                task = self._tasks[keys[place][3]]
                if reader.id not in self._courses[task.case.number].parts:
                    return task
            at = end
        return None


def _pool(task: Task) -> _Pool:
    return task.kind, task.case.needs, task.case.site


def may(reader: Reader, kind: str, need: str, site: str) -> bool:
    """Is a person eligible, apart from parts?"""
    return kind in reader.kinds and (not need or need in reader.tags) and site != reader.conflict
