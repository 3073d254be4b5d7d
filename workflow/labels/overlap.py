"""How far two normalised marks cover each other (intersection over union), and whether they are the same."""

import json
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from workflow.labels.polygons import doubled_area, polygon_of

Mark = dict[str, Any]


def identity(mark: Mark) -> str:
    """Return a text that is equal for two marks of the same place and shape, however they were drawn."""
    body = dict(mark)
    if mark["kind"] == "length":
        body["from"], body["to"] = sorted([mark["from"], mark["to"]])
    if mark["kind"] == "polygon":
        outline = shapely.normalize(polygon_of(mark["points"], mark.get("holes", [])))
        body["points"] = shapely.to_wkb(outline, hex=True)
        body.pop("holes", None)
    return json.dumps(body, sort_keys=True, ensure_ascii=False)


def iou(a: Mark, b: Mark) -> Fraction:
    """Return the IoU of two boxes, polygons or masks, 0 to 1; 0 on different images or of different kinds.

    Boxes and masks are exact, the shared area of polygons is of double precision. A box or polygon through
    slices counts with the number of its slices, and shares nothing with one that names no slices.
    """
    return region_of(a).iou(region_of(b))


def iou_milli(a: Mark, b: Mark) -> int:
    """Return the IoU in whole thousandths, rounded down."""
    return int(iou(a, b) * 1000)


class Region:
    """A mark made ready to be compared with many others; `image` says with which ones it can be."""

    def __init__(self, mark: Mark, size: int | Fraction, *more: object) -> None:
        on = mark["on"]
        self.image = (mark["kind"], on.get("series"), on.get("sop"), on.get("frame"), *more)
        self.size = Fraction(size)

    def iou(self, other: "Region") -> Fraction:
        """Return the IoU with another region."""
        shared = self.shared(other) if self.image == other.image else Fraction(0)
        return shared / (self.size + other.size - shared) if shared else Fraction(0)

    def shared(self, other: Any) -> Fraction:
        """Return what both cover, on the same image; nothing, for marks without an area."""
        return Fraction(0)


class BoxRegion(Region):
    """A box, in two dimensions or through slices: whole numbers throughout."""

    def __init__(self, mark: Mark) -> None:
        first, last = _slices(mark)
        self.sides = [*zip(mark["min"], mark["max"], strict=True), (first, last + 1)]
        super().__init__(mark, prod(end - start for start, end in self.sides), "slices" in mark["on"])

    def shared(self, other: "BoxRegion") -> Fraction:
        """Return the shared volume."""
        pairs = zip(self.sides, other.sides, strict=True)
        return Fraction(prod(max(0, min(b, d) - max(a, c)) for (a, b), (c, d) in pairs))


class PolygonRegion(Region):
    """A polygon, on one image or through slices; its own area is exact."""

    def __init__(self, mark: Mark) -> None:
        self.first, self.last = _slices(mark)
        holes = mark.get("holes", [])
        self.outline = polygon_of(mark["points"], holes)
        shapely.prepare(self.outline)
        doubled = abs(doubled_area(mark["points"])) - sum(abs(doubled_area(hole)) for hole in holes)
        size = Fraction(doubled, 2) * (self.last - self.first + 1)
        super().__init__(mark, size, "slices" in mark["on"])

    def shared(self, other: "PolygonRegion") -> Fraction:
        """Return the shared area times the shared slices."""
        slices = min(self.last, other.last) - max(self.first, other.first) + 1
        if slices <= 0 or not self.outline.intersects(other.outline):
            return Fraction(0)
        area = Fraction(float(shapely.area(shapely.intersection(self.outline, other.outline))))
        # Rounding must not let two areas share more than the smaller one has.
        return min(area * slices, self.size, other.size)


class MaskRegion(Region):
    """A mask: whole pixels, counted by runs, slice by slice."""

    def __init__(self, mark: Mark) -> None:
        self.slices = {one["slice"]: Runs(one["runs"]) for one in mark["slices"]}
        pixels = sum(runs.size for runs in self.slices.values())
        super().__init__(mark, pixels, mark["rows"], mark["columns"])

    def shared(self, other: "MaskRegion") -> Fraction:
        """Return the number of shared pixels."""
        both = self.slices.keys() & other.slices.keys()
        return Fraction(sum(self.slices[one].shared(other.slices[one]) for one in both))


class Runs:
    """The rising runs [start, length, ...] of one slice."""

    def __init__(self, runs: list[int]) -> None:
        pairs = np.array(runs, dtype=np.int64).reshape(-1, 2)
        self.starts = pairs[:, 0]
        self.ends = pairs.sum(axis=1)
        self.before = np.concatenate(([0], np.cumsum(pairs[:, 1])))
        self.size = int(self.before[-1])

    def shared(self, other: "Runs") -> int:
        """Return how many pixels both have."""
        if self.starts[0] >= other.ends[-1] or other.starts[0] >= self.ends[-1]:
            return 0
        return int((other._below(self.ends) - other._below(self.starts)).sum())

    def _below(self, pixels: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return, for each pixel number, how many of our pixels lie below it."""
        runs = np.searchsorted(self.starts, pixels, side="left")
        # Of the last run that starts below, the part from the pixel on does not count.
        beyond = np.where(runs > 0, np.maximum(0, self.ends[runs - 1] - pixels), 0)
        return self.before[runs] - beyond


def _slices(mark: Mark) -> tuple[int, int]:
    first, last = mark["on"].get("slices", (0, 0))
    return first, last


_REGIONS = {"box": BoxRegion, "polygon": PolygonRegion, "mask": MaskRegion}


def region_of(mark: Mark) -> Region:
    """Return the region of a box, polygon or mask; a mark of another kind covers nothing."""
    kind = _REGIONS.get(mark["kind"])
    return kind(mark) if kind else Region(mark, 0)
