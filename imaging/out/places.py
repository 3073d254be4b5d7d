"""On which frames a mark lies, and which of their pixels it covers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .frames import Frame, Stack
from .labels import Mark, Region
from .raster import Runs, runs_of_rings


class NotPlaced(Exception):
    """A mark that lies on nothing known; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A mark's series, and its frames by their index in it, rising."""

    stack: Stack
    indexes: tuple[int, ...]

    @property
    def frames(self) -> list[Frame]:
        """The frames."""
        return [self.stack.frames[index] for index in self.indexes]


def placed(mark: Mark, stacks: Sequence[Stack]) -> Placed:
    """Where a mark lies; NotPlaced if it names no image, or one that is not the case's."""
    on, spans = mark.get("on", {}), mark["kind"] == "span"
    stack = _stack(on, stacks)
    of_file = [i for i, frame in enumerate(stack.frames) if on.get("sop") in (None, frame.sop)]
    if spans:
        return Placed(stack, tuple(sorted(_spanned(stack, of_file, mark["frames"]))))
    if "frame" in on:
        return Placed(stack, (_numbered(stack, of_file, on["frame"]),))
    numbers = _slices(mark)
    if numbers is None:
        if len(of_file) != 1:
            raise NotPlaced("The mark does not say on which of several images it lies.")
        return Placed(stack, tuple(of_file))
    if "sop" in on:
        of_file = sorted(of_file, key=lambda index: stack.frames[index].number)
    if not numbers or numbers[-1] >= len(of_file):
        raise NotPlaced("The mark lies on a slice that the series does not have.")
    return Placed(stack, tuple(sorted(of_file[number] for number in numbers)))


def covered(region: Region, mark: Mark, where: Placed) -> dict[int, Runs]:
    """The runs of pixels on each frame by its index; NotPlaced where the image has another size."""
    frames = where.frames
    if mark["kind"] != "mask":
        runs = runs_of_rings(region.rings, frames[0].rows, frames[0].columns, region.pixel)
        return dict.fromkeys(where.indexes, runs) if runs else {}
    if any((frame.rows, frame.columns) != (mark["rows"], mark["columns"]) for frame in frames):
        raise NotPlaced("The mask has another size than its image.")
    return {index: list(runs) for index, (_, runs) in zip(where.indexes, region.slices, strict=True)}


def _stack(on: dict[str, Any], stacks: Sequence[Stack]) -> Stack:
    found = [stack for stack in stacks if on.get("series") in (None, stack.series)]
    if "sop" in on:
        found = [stack for stack in found if any(frame.sop == on["sop"] for frame in stack.frames)]
    if not found:
        raise NotPlaced("The mark lies on an image that is not of this case.")
    if len(found) > 1:
        raise NotPlaced("The mark does not say on which of several series it lies.")
    return found[0]


def _slices(mark: Mark) -> list[int] | None:
    if mark["kind"] == "mask":
        return [one["slice"] for one in mark["slices"]]
    if "slices" not in mark["on"]:
        return None
    first, last = mark["on"]["slices"]
    return list(range(first, min(last, first + 100_000) + 1))


def _numbered(stack: Stack, indexes: Sequence[int], number: int) -> int:
    if len({stack.frames[index].sop for index in indexes}) > 1:
        raise NotPlaced("The mark names a frame and not which of several files it is of.")
    for index in indexes:
        if stack.frames[index].number == number:
            return index
    raise NotPlaced("The mark lies on a frame that the image does not have.")


def _spanned(stack: Stack, indexes: Sequence[int], frames: Sequence[int]) -> list[int]:
    first, last = _numbered(stack, indexes, frames[0]), _numbered(stack, indexes, frames[1])
    begin, end = stack.frames[first].number, stack.frames[last].number
    return [index for index in indexes if begin <= stack.frames[index].number <= end]
