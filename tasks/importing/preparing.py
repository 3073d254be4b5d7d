"""Several worker processes prepare files at once, while what they tell is written in the order of the files.

The threads here only wait for their processes: none of them touches the database.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Generic, Self, TypeVar

from imaging.refusals import Refused
from imaging.worker.process import Worker
from imaging.worker.recipe import Prepared, Recipe
from workflow.errors import DomainError

About = TypeVar("About")


class NoRoom(DomainError):
    """The disk is full, so taking in stopped. Nothing is lost: it goes on by itself once there is room again."""

    code, status = "disk_full", 507


@dataclass(frozen=True, slots=True)
class Asked(Generic[About]):
    """A file to be prepared: what it is to the caller, where it lies, where its stored file shall lie."""

    about: About
    source: Path
    target: Path


@dataclass(frozen=True, slots=True)
class Done(Generic[About]):
    """What came of it."""

    asked: Asked[About]
    came: Prepared | Refused


class Preparing:
    """So many workers, each a process of its own."""

    def __init__(self, recipe: Recipe, processes: int) -> None:
        self._workers = [Worker(recipe) for _ in range(processes)]
        self._free: SimpleQueue[Worker] = SimpleQueue()
        for worker in self._workers:
            self._free.put(worker)
        self._threads = ThreadPoolExecutor(processes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # What was asked for and isn't begun is left; what runs is ended with its process.
        self._threads.shutdown(wait=False, cancel_futures=True)
        with ExitStack() as stack:
            for worker in self._workers:
                stack.callback(worker.close)
        self._threads.shutdown(wait=True)

    def each(self, files: Iterable[Asked[About]]) -> Iterator[Done[About]]:
        """What came of each file, in their order; a few are prepared ahead."""
        ahead: deque[tuple[Asked[About], Future[Prepared | Refused]]] = deque()
        for asked in files:
            ahead.append((asked, self._threads.submit(self._prepare, asked.source, asked.target)))
            if len(ahead) >= 2 * len(self._workers):
                yield _next(ahead)
        while ahead:
            yield _next(ahead)

    def unpack(self, archive: Path, folder: Path) -> list[dict[str, Any]]:
        """Unpack a ZIP file (imaging.worker); Refused if it can't be."""
        return self._workers[0].unpack(archive, folder)

    def _prepare(self, source: Path, target: Path) -> Prepared | Refused:
        worker = self._free.get()
        try:
            return worker.prepare(source, target)
        except Refused as refused:
            return refused
        finally:
            self._free.put(worker)


def _next(ahead: "deque[tuple[Asked[About], Future[Prepared | Refused]]]") -> Done[About]:
    asked, coming = ahead.popleft()
    return Done(asked, coming.result())
