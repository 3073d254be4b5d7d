"""Which pixels an outline covers: those whose centre lies inside. Exact, in whole numbers.

A centre on the outline counts on the left and upper sides and not on the right and lower ones, so that outlines
which share a side share no pixel. Runs are [start, length, …], pixels counted along the rows, as masks store them.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Ring = Sequence[Sequence[int]]
Runs = list[int]
PIXEL = 1000  # a pixel in the units of marks


def runs_of_rings(rings: Sequence[Ring], rows: int, columns: int, pixel: int = PIXEL) -> Runs:
    """The runs inside an outline and outside its holes; `pixel` is how many units of the rings a pixel has."""
    crossings: dict[int, list[int]] = {}
    for ring in rings:
        for begin, end in zip(ring, [*ring[1:], ring[0]], strict=True):
            for row, column in _crossings(begin, end, rows, pixel):
                crossings.setdefault(row, []).append(min(max(column, 0), columns))
    return list(_joined(crossings, columns))


def painted(runs: Sequence[int], rows: int, columns: int) -> NDArray[np.uint8]:
    """The picture of some runs: (rows, columns), 1 inside and 0 outside."""
    flat = np.zeros(rows * columns, dtype=np.uint8)
    for start, length in zip(runs[::2], runs[1::2], strict=True):
        flat[start : start + length] = 1
    return flat.reshape(rows, columns)


def runs_down(runs: Sequence[int], rows: int, columns: int) -> list[int]:
    """The same pixels as COCO counts them: column by column, lengths of outside and inside in turn, first outside."""
    flat = painted(runs, rows, columns).T.reshape(-1)
    turns = np.flatnonzero(np.diff(flat)) + 1
    counts = np.diff(np.concatenate(([0], turns, [len(flat)]))).tolist()
    return [0, *counts] if flat[0] else counts


def _crossings(begin: Sequence[int], end: Sequence[int], rows: int, pixel: int) -> Iterator[tuple[int, int]]:
    """Where a side crosses the middle of rows: the row, and the first column whose centre is not left of it."""
    (x0, y0), (x1, y1) = (begin, end) if begin[1] <= end[1] else (end, begin)
    low, high = _first(y0, pixel), _first(y1, pixel)
    for row in range(max(low, 0), min(high, rows)):
        middle = (2 * row + 1) * pixel
        # x = x0 + (middle/2 - y0) (x1 - x0) / (y1 - y0), in halves of a unit and over one denominator.
        over = 2 * (y1 - y0)
        doubled = 2 * x0 * (y1 - y0) + (middle - 2 * y0) * (x1 - x0)
        yield row, -((pixel * over - 2 * doubled) // (2 * pixel * over))


def _first(place: int, pixel: int) -> int:
    """The first row or column whose centre is not before a place."""
    return -((pixel - 2 * place) // (2 * pixel))


def _joined(crossings: dict[int, list[int]], columns: int) -> Iterator[int]:
    """Runs of each row between every other crossing; those that touch, also over the end of a row, are one."""
    start, end = 0, 0
    for row in sorted(crossings):
        places = sorted(crossings[row])
        for left, right in list(pairwise(places))[::2]:
            if left == right:
                continue
            if row * columns + left != end:
                if end > start:
                    yield from (start, end - start)
                start = row * columns + left
            end = row * columns + right
    if end > start:
        yield from (start, end - start)
