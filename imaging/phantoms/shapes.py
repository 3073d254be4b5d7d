"""Soft-edged shapes on a field of view that reaches from −1 to 1 in both directions; x to the right, y down."""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float32]
Point = tuple[float, float]

EDGE: Final = 512
HALF: Final = EDGE / 2
SOFT: Final = 1.2 / HALF  # half of the way from nothing to all at an edge


@cache
def grid() -> tuple[Reals, Reals]:
    """x and y of each pixel's centre: one row, and one column."""
    places = ((np.arange(EDGE) - (EDGE - 1) / 2) / HALF).astype(np.float32)
    return places[None, :], places[:, None]


def at(pixel: float) -> float:
    """Where a pixel's index lies on the field of view."""
    return (pixel - (EDGE - 1) / 2) / HALF


def ellipse(centre: Point, radii: Point, power: float = 2.0) -> Reals:
    """How far inside an ellipse each pixel lies, about in units of the field; negative is outside."""
    x, y = grid()
    across = np.abs((x - np.float32(centre[0])) / np.float32(radii[0])) ** np.float32(power)
    far: Reals = across + np.abs((y - np.float32(centre[1])) / np.float32(radii[1])) ** np.float32(power)
    return np.float32(min(radii)) * (1 - (np.sqrt(far) if power == 2 else far ** np.float32(1 / power)))


def either(one: Reals, other: Reals, softness: float = 0.05) -> Reals:
    """The union of two shapes, its corners rounded (polynomial smooth maximum)."""
    mixed = np.clip(0.5 + (one - other) / np.float32(2 * softness), 0, 1)
    joined: Reals = other + (one - other) * mixed + np.float32(softness) * mixed * (1 - mixed)
    return joined


def without(one: Reals, other: Reals, softness: float = 0.04) -> Reals:
    """One shape without another, its corners rounded."""
    return -either(-one, other, softness)


def cover(inside: Reals, soft: float = SOFT) -> Reals:
    """The share of each pixel that a shape covers, 0 to 1."""
    covered: Reals = np.clip(inside / np.float32(2 * soft) + np.float32(0.5), 0, 1)
    return covered


def paint(picture: Reals, value: float | Reals, share: Reals) -> None:
    """Blend a value into a picture where a shape covers it."""
    picture += (value - picture) * share


def spot(
    picture: Reals, value: float, centre: Point, radii: Point, within: Reals, shrink: float = 0.0
) -> None:
    """Paint an ellipse, only where `within` covers, looking at no more pixels than it needs."""
    part = _around(centre, centre, (radii[0] + 2 * SOFT, radii[1] + 2 * SOFT))
    x, y = grid()
    across, down = (x[:, part[1]] - centre[0]) / radii[0], (y[part[0]] - centre[1]) / radii[1]
    inside = min(radii) * (1 - np.hypot(across, down)) - shrink
    paint(picture[part], value, cover(inside.astype(np.float32)) * within[part])


def capsule(picture: Reals, value: float, ends: tuple[Point, Point], radius: float, within: Reals) -> None:
    """Paint a short thick line, only where `within` covers, looking at no more pixels than it needs."""
    (ax, ay), (bx, by) = ends
    part = _around((min(ax, bx), min(ay, by)), (max(ax, bx), max(ay, by)), (radius + 2 * SOFT,) * 2)
    x, y = grid()
    x, y = x[:, part[1]] - np.float32(ax), y[part[0]] - np.float32(ay)
    dx, dy = bx - ax, by - ay
    along = np.clip((x * dx + y * dy) / max(dx * dx + dy * dy, 1e-9), 0, 1)
    inside = radius - np.hypot(x - along * dx, y - along * dy)
    paint(picture[part], value, cover(inside.astype(np.float32)) * within[part])


def _around(low: Point, high: Point, reach: Point) -> tuple[slice, slice]:
    """The rows and columns of a rectangle with some room around it."""
    columns, rows = (
        slice(
            max(int((low[axis] - reach[axis]) * HALF + HALF), 0),
            max(int((high[axis] + reach[axis]) * HALF + HALF) + 2, 0),
        )
        for axis in (0, 1)
    )
    return rows, columns
