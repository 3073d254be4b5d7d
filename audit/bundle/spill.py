"""Sorting more lines than memory should hold: sorted runs in temporary files, merged, each line once."""

import heapq
import tempfile
from collections.abc import Iterator
from typing import IO

_AT_ONCE = 20_000
_REMEMBERED = 20_000


class Spill:
    """Gathers byte strings without LF; iterating gives each once, sorted. Fill first, then iterate."""

    def __init__(self, at_once: int = _AT_ONCE) -> None:
        self._at_once = at_once
        self._waiting: set[bytes] = set()
        self._runs: list[IO[bytes]] = []
        self._lately: set[bytes] = set()

    def add(self, *lines: bytes) -> None:
        """Take lines; what came up a moment ago is not kept twice."""
        for line in lines:
            if line not in self._lately:
                self._lately.add(line)
                self._waiting.add(line)
        if len(self._lately) > _REMEMBERED:
            self._lately.clear()
        if len(self._waiting) >= self._at_once:
            self._spill()

    def __iter__(self) -> Iterator[bytes]:
        last: bytes | None = None
        for line in heapq.merge(*map(_lines, self._runs), sorted(self._waiting)):
            if line != last:
                yield line
            last = line

    def close(self) -> None:
        """Forget everything."""
        for run in self._runs:
            run.close()
        self._runs, self._waiting = [], set()

    def _spill(self) -> None:
        run: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        run.writelines(line + b"\n" for line in sorted(self._waiting))
        self._runs.append(run)
        self._waiting = set()


def _lines(run: IO[bytes]) -> Iterator[bytes]:
    run.seek(0)
    for line in run:
        yield line[:-1]
