"""Ellipses: an outline of the same area for comparing them, and the ellipse of mean moments of several."""

import math
from collections.abc import Sequence
from typing import Any

VERTICES = 256
_FINER = 1000  # vertices are whole millionths of a pixel, so that rounding them costs nothing
# A polygon of the vertices themselves would be a little too small: this makes the areas equal.
_EQUAL_AREA = math.sqrt((2 * math.pi / VERTICES) / math.sin(2 * math.pi / VERTICES))
_HALF_TURN = 180_000

Mark = dict[str, Any]


def outline_of(mark: Mark) -> Mark:
    """The polygon mark of 256 vertices with the ellipse's area, in whole millionths of a pixel."""
    (x, y), turn = mark["center"], math.radians(mark["angle_mdeg"] / 1000)
    long, across = (radius * _EQUAL_AREA for radius in mark["radii"])
    points = []
    for step in range(VERTICES):
        along = 2 * math.pi * step / VERTICES
        u, v = long * math.cos(along), across * math.sin(along)
        dx = u * math.cos(turn) - v * math.sin(turn)
        dy = u * math.sin(turn) + v * math.cos(turn)
        points.append([x * _FINER + round(dx * _FINER), y * _FINER + round(dy * _FINER)])
    return {"kind": "polygon", "on": mark["on"], "points": points}


def mean_ellipse(marks: Sequence[Mark], center: list[int]) -> Mark:
    """The ellipse about `center` with the mean second moments; whole thousandths, the longer radius first.

    Moments know no angle for a circle and no first axis, so nothing has to be broken there.
    """
    moments = [_moments(mark) for mark in marks]
    xx, xy, yy = (math.fsum(axis) / len(marks) for axis in zip(*moments, strict=True))
    middle, spread = (xx + yy) / 2, math.hypot((xx - yy) / 2, xy)
    long, across = math.sqrt(middle + spread), math.sqrt(max(middle - spread, 0.0))
    radii = [round(long), max(round(across), 1)]
    angle = 0 if radii[0] == radii[1] else math.degrees(math.atan2(2 * xy, xx - yy) / 2)
    turned = round(angle * 1000) % _HALF_TURN
    return {
        "kind": "ellipse",
        "on": marks[0]["on"],
        "center": center,
        "radii": radii,
        "angle_mdeg": turned,
    }


def _moments(mark: Mark) -> tuple[float, float, float]:
    """Second moments (xx, xy, yy) of the boundary's matrix, in thousandths of a pixel squared."""
    turn = math.radians(mark["angle_mdeg"] / 1000)
    cos, sin = math.cos(turn), math.sin(turn)
    a, b = (float(radius) ** 2 for radius in mark["radii"])
    return a * cos * cos + b * sin * sin, (a - b) * cos * sin, a * sin * sin + b * cos * cos
