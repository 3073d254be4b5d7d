"""Axis-aligned boxes in 2-D and over slices: exact overlap, and the fused box of several reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any

from workflow.consensus.rounding import half_up

Coordinate = int | Fraction
_PLACES = ("series", "sop", "frame")


@dataclass(frozen=True, slots=True, order=True)
class Box:
    """A half-open box from `low` to `high` (x, y and, over slices, slice); `on` is the image it lies on."""

    on: tuple[tuple[str, str | int], ...]
    low: tuple[Coordinate, ...]
    high: tuple[Coordinate, ...]

    @staticmethod
    def from_mark(mark: dict[str, Any]) -> "Box":
        """The box of a stored mark: thousandths of a pixel; slices first..last become first..last + 1."""
        where, low, high = mark.get("on", {}), tuple(mark["min"]), tuple(mark["max"])
        slices = where.get("slices")
        # Over slices only the series tells the place: one image and one frame would contradict the range.
        names = _PLACES if slices is None else _PLACES[:1]
        on = tuple((name, where[name]) for name in names if name in where)
        if slices is None:
            return Box(on, low, high)
        return Box(on, (*low, slices[0]), (*high, slices[1] + 1))

    def mark(self) -> dict[str, Any]:
        """The stored form; only for boxes of whole coordinates."""
        where: dict[str, Any] = dict(self.on)
        if len(self.low) == 3:
            where["slices"] = [self.low[2], self.high[2] - 1]
        return {"kind": "box", "on": where, "min": list(self.low[:2]), "max": list(self.high[:2])}

    @property
    def size(self) -> Coordinate:
        """Area (thousandths of a pixel, squared), or area × slices."""
        return prod((max(high - low, 0) for low, high in zip(self.low, self.high, strict=True)), start=1)


def iou(a: Box, b: Box) -> Fraction:
    """|a ∩ b| / |a ∪ b|, exactly; 0 on different images or dimensions, and for two boxes without area."""
    if a.on != b.on or len(a.low) != len(b.low):
        return Fraction(0)
    low = tuple(map(max, zip(a.low, b.low, strict=True)))
    high = tuple(map(min, zip(a.high, b.high, strict=True)))
    shared = Box(a.on, low, high).size
    either = a.size + b.size - shared
    return Fraction(shared, either) if either else Fraction(0)


def fused(boxes: Sequence[Box], *, whole: bool = True) -> Box:
    """The box of the mean coordinates, rounded half up to whole ones unless `whole` is false."""
    return Box(
        boxes[0].on,
        _means([box.low for box in boxes], whole),
        _means([box.high for box in boxes], whole),
    )


def _means(corners: Sequence[tuple[Coordinate, ...]], whole: bool) -> tuple[Coordinate, ...]:
    means = (Fraction(sum(axis), len(corners)) for axis in zip(*corners, strict=True))
    return tuple(half_up(mean) if whole else mean for mean in means)
