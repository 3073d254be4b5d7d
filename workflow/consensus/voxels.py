"""Several masks laid over each other, and what a majority, all, or any of them hold."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workflow.consensus.drawn import Drawn

MOST_VOXELS = 2**26  # of the box around all masks: 64 MiB for each
MOST_MARKED = 2**24  # of one mask: two lungs at 0.7 by 0.7 by 1 mm hold about 2**23.5
Voxels = NDArray[np.int64]  # (n, 3): slice, row, column
Stack = NDArray[np.bool_]  # (reads, slices, rows, columns)


def too_large(marks: Sequence[Drawn]) -> bool:
    """Whether masks are too large to be laid out voxel by voxel; one run of a few bytes can be."""
    return any(mark.region.size > MOST_MARKED for mark in marks) or _box_size(marks) > MOST_VOXELS


def _box_size(marks: Sequence[Drawn]) -> int:
    found = [mark.voxels for mark in marks if len(mark.voxels)]
    if not found:
        return 0
    ends = [end for voxels in found for end in ends_of(voxels)]
    return int(np.prod(np.max(ends, axis=0) - np.min(ends, axis=0) + 1))


def stacked(
    marks: Sequence[Drawn], margin: tuple[int, int, int] = (0, 0, 0)
) -> tuple[Stack, NDArray[np.int64]]:
    """The masks in the box around all of them and a margin, with the place of its first voxel.

    The box does not end at the image: what lies beyond counts as background, wherever the masks lie.
    """
    ends = [end for mark in marks if len(mark.voxels) for end in ends_of(mark.voxels)]
    low, high = np.min(ends, axis=0) - margin, np.max(ends, axis=0) + margin
    stack = np.zeros((len(marks), *(high - low + 1)), dtype=bool)
    for layer, mark in zip(stack, marks, strict=True):
        layer.reshape(-1)[places(mark.voxels, low, layer.shape)] = True
    return stack, low


def ends_of(voxels: Voxels) -> tuple[Voxels, Voxels]:
    """The lowest and the highest slice, row and column of some voxels, (3,) each."""
    columns = voxels.T
    return np.array([one.min() for one in columns]), np.array([one.max() for one in columns])


def places(voxels: Voxels, low: Voxels, shape: Sequence[int]) -> Voxels:
    """The place of each voxel in a box of that shape which begins at `low`, row by row and slice by slice."""
    slices, rows, columns = voxels.T
    found: Voxels = ((slices - low[0]) * shape[1] + (rows - low[1])) * shape[2] + (columns - low[2])
    return found


def held_by(stack: Stack, aggregate: str) -> NDArray[np.bool_] | None:
    """The voxels of a strict majority, all (intersection) or any (union); None if half hold a voxel."""
    votes = stack.sum(axis=0)
    if aggregate == "majority" and bool((2 * votes == len(stack)).any()):
        return None
    needed = {"intersection": len(stack), "union": 1}.get(aggregate, len(stack) // 2 + 1)
    held: NDArray[np.bool_] = votes >= needed
    return held


def mask_mark(like: dict[str, Any], held: NDArray[np.bool_], low: NDArray[np.int64]) -> dict[str, Any] | None:
    """The mask mark of the held voxels, on the image of another; None when nothing is held."""
    voxels = np.argwhere(held) + low
    slices = [
        {"slice": int(number), "runs": _runs(voxels[voxels[:, 0] == number], like["columns"])}
        for number in np.unique(voxels[:, 0])
    ]
    return {**like, "slices": slices} if slices else None


def _runs(voxels: NDArray[np.int64], columns: int) -> list[int]:
    pixels = voxels[:, 1] * columns + voxels[:, 2]
    begins = np.flatnonzero(np.diff(pixels, prepend=pixels[0] - 2) > 1)
    lengths = np.diff(np.append(begins, len(pixels)))
    return [int(number) for pair in zip(pixels[begins], lengths, strict=True) for number in pair]
