"""The vessels of the lungs: straight pieces that leave the hila, thinner and thinner outward."""

from dataclasses import dataclass
from math import cos, hypot, pi, sin
from typing import Final

import numpy as np

from .shapes import Point

PIECES: Final = 420  # on either side, in the half of the field's width that they spread over
THICKEST: Final = 0.016
THINNEST: Final = 0.0028
FARTHEST: Final = 0.75


@dataclass(frozen=True)
class Vessel:
    """A straight piece: its beginning (x, y, z), direction, length and radius in units of the field."""

    start: tuple[float, float, float]
    way: tuple[float, float, float]
    length: float
    radius: float

    def crossing(self, z: float) -> tuple[Point, Point] | None:
        """The ends of the part of it that lies in the slice at z."""
        (x, y, from_z), (dx, dy, dz) = self.start, self.way
        if abs(dz) < 1e-6:
            return None
        near, far = sorted(((z - self.radius - from_z) / dz, (z + self.radius - from_z) / dz))
        near, far = max(near, 0.0), min(far, self.length)
        return ((x + near * dx, y + near * dy), (x + far * dx, y + far * dy)) if near < far else None


def vessels(seed: int, hila: tuple[Point, Point], clear: Point, radius: float) -> tuple[Vessel, ...]:
    """The vessels of both lungs, none of which begins nearer than `radius` to the place kept clear."""
    chance = np.random.Generator(np.random.PCG64(seed))
    drawn = [_vessel(chance, hilum) for hilum in hila for _ in range(PIECES)]
    return tuple(
        one for one in drawn if hypot(one.start[0] - clear[0], one.start[1] - clear[1]) > radius + one.radius
    )


def _vessel(chance: np.random.Generator, hilum: Point) -> Vessel:
    turn, far = chance.uniform(-pi, pi), 0.06 + (FARTHEST - 0.1) * chance.random()
    bend, rise = turn + chance.normal(0, 0.45), chance.normal(0, 0.9)
    steep = hypot(1, rise)
    width = THICKEST * max(1 - far / FARTHEST, 0.0) ** 1.4 * chance.uniform(0.6, 1.2)
    return Vessel(
        start=(hilum[0] + far * cos(turn), hilum[1] + far * sin(turn), chance.uniform(-0.25, 0.25)),
        way=(cos(bend) / steep, sin(bend) / steep, rise / steep),
        length=chance.uniform(0.06, 0.26),
        radius=max(width, THINNEST),
    )
