"""The one mark that stands for several which agree; None where they leave it open."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

import shapely

from workflow.consensus.drawn import Drawn, Mark
from workflow.consensus.ellipses import mean_ellipse
from workflow.consensus.rounding import half_up
from workflow.consensus.staple import MARGIN, staple
from workflow.consensus.voxels import held_by, mask_mark, stacked, too_large
from workflow.labels.polygons import doubled_area, polygon_of


def fused_mark(kind: str, aggregate: str, values: Sequence[Drawn]) -> Mark | None:
    """The mark of at least one value, all on one image, under the aggregate that the protocol names."""
    marks = [value.mark for value in sorted(values)]
    if len({value.on for value in values}) > 1:
        return None
    if len(set(values)) == 1:
        return marks[0]
    if kind == "mask":
        return _mask(aggregate, sorted(values))
    return _polygon(aggregate, marks) if kind == "polygon" else _MEANS[kind](marks)


def _point(marks: Sequence[Mark]) -> Mark:
    return {**marks[0], "at": _mean_place([mark["at"] for mark in marks])}


def _length(marks: Sequence[Mark]) -> Mark | None:
    """The mean of both ends, the marks turned so that all point one way; None where some stand across."""
    first = marks[0]
    turned = [_turned(mark, first) for mark in marks]
    if any(_along(one, other) <= 0 for one, other in combinations(turned, 2)):
        return None
    ends = sorted(_mean_place([mark[end] for mark in turned]) for end in ("from", "to"))
    return {**first, "from": ends[0], "to": ends[1]}


def _ellipse(marks: Sequence[Mark]) -> Mark:
    return mean_ellipse(marks, _mean_place([mark["center"] for mark in marks]))


def _span(marks: Sequence[Mark]) -> Mark:
    """The median onset and the median offset: of an even number the mean of the middle two, half up."""
    return {
        **marks[0],
        "frames": [_middle([mark["frames"][end] for mark in marks]) for end in (0, 1)],
    }


_MEANS: dict[str, Any] = {"point": _point, "length": _length, "ellipse": _ellipse, "span": _span}


def _polygon(aggregate: str, marks: Sequence[Mark]) -> Mark | None:
    """The outline around what a strict majority, all, or any cover; None when it falls apart.

    Computed on the grid of whole thousandths of a pixel, so that the result needs no rounding.
    """
    outlines = [polygon_of(mark["points"], mark.get("holes", [])) for mark in marks]
    count = len(outlines)
    needed = {"intersection": count, "union": 1}.get(aggregate, count // 2 + 1)
    covered = _covered(outlines, needed)
    half_open = aggregate == "majority" and count % 2 == 0
    if half_open and shapely.area(_covered(outlines, count // 2)) > shapely.area(covered):
        return None
    if not isinstance(covered, shapely.Polygon) or covered.is_empty:
        return None
    outline = shapely.normalize(covered)
    holes = [_ring(hole) for hole in outline.interiors]
    drawn = {"kind": "polygon", "on": marks[0]["on"], "points": _ring(outline.exterior)}
    return {**drawn, "holes": holes} if holes else drawn


def _covered(outlines: Sequence[shapely.Polygon], by: int) -> Any:
    parts = []
    for chosen in combinations(outlines, by):
        part: Any = chosen[0]
        for other in chosen[1:]:
            part = shapely.intersection(part, other, grid_size=1)
        parts.append(part)
    return shapely.union_all(parts, grid_size=1)


def _ring(ring: Any) -> list[list[int]]:
    """The corners of a ring: points on a straight side are left out."""
    points = [[int(x), int(y)] for x, y in list(ring.coords)[:-1]]
    sides = zip(points[-1:] + points[:-1], points, points[1:] + points[:1], strict=True)
    return [here for before, here, after in sides if doubled_area([before, here, after])]


def _mask(aggregate: str, values: Sequence[Drawn]) -> Mark | None:
    if too_large(values):
        return None
    if aggregate == "staple":
        return _probable(values)
    stack, low = stacked(values)
    held = held_by(stack, aggregate)
    return None if held is None else mask_mark(values[0].mark, held, low)


def _probable(values: Sequence[Drawn]) -> Mark | None:
    """STAPLE's mask; None below three reads, where a voxel is undecided, or where nobody marked one."""
    if len(values) < 3:
        return None
    flat = len({one["slice"] for value in values for one in value.mark["slices"]}) == 1
    stack, low = stacked(values, (0, *MARGIN[1:]) if flat else MARGIN)
    held = staple(stack).held
    if held is None or bool((held & ~stack.any(axis=0)).any()):
        return None
    return mask_mark(values[0].mark, held, low)


def _turned(mark: Mark, like: Mark) -> Mark:
    return {**mark, "from": mark["to"], "to": mark["from"]} if _along(mark, like) < 0 else mark


def _along(a: Mark, b: Mark) -> int:
    return sum((a["to"][i] - a["from"][i]) * (b["to"][i] - b["from"][i]) for i in (0, 1))


def _mean_place(places: Sequence[Sequence[int]]) -> list[int]:
    return [half_up(Fraction(sum(axis), len(places))) for axis in zip(*places, strict=True)]


def _middle(numbers: Sequence[int]) -> int:
    ordered = sorted(numbers)
    return half_up(Fraction(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2], 2))
