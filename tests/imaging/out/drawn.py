"""Marks drawn at random, valid ones, for properties that hold for all."""

import math
from typing import Any

import shapely
from hypothesis import strategies as st

Mark = dict[str, Any]


@st.composite
def outlines(draw: st.DrawFn, width: int = 18, height: int = 14) -> list[list[int]]:
    """A simple outline on a picture of that size, in thousandths of a pixel; often with corners at pixel centres."""
    step = draw(st.sampled_from([1, 500, 1000]))
    middle = draw(st.integers(0, width * 1000)), draw(st.integers(0, height * 1000))
    angles = draw(st.lists(st.integers(0, 359), min_size=3, max_size=12, unique=True))
    ring = []
    for angle in sorted(angles):
        far = draw(st.integers(800, width * 600))
        place = [
            middle[0] + far * math.cos(math.radians(angle)),
            middle[1] + far * math.sin(math.radians(angle)),
        ]
        ring.append([max(round(one / step) * step, 0) for one in place])
    outline = shapely.Polygon(ring)
    return ring if outline.is_valid and outline.area else [[0, 0], [5000, 0], [2500, 4500]]


@st.composite
def masks(draw: st.DrawFn, slices: int = 4, rows: int = 14, columns: int = 18) -> Mark:
    """A mask on some slices."""
    numbers = draw(st.lists(st.integers(0, slices - 1), min_size=1, max_size=slices, unique=True))
    told = [{"slice": number, "runs": draw(_runs(rows * columns))} for number in sorted(numbers)]
    return {"kind": "mask", "on": {}, "rows": rows, "columns": columns, "slices": told}


@st.composite
def _runs(draw: st.DrawFn, pixels: int) -> list[int]:
    ends = sorted(draw(st.lists(st.integers(0, pixels), min_size=2, max_size=12, unique=True)))
    ends = ends[: len(ends) // 2 * 2]
    return [number for a, b in zip(ends[::2], ends[1::2], strict=True) for number in (a, b - a)]
