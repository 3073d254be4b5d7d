"""A schematic chest around a nodule: wall, lungs, heart, vessels, ribs and spine, as the height in it wants.

The parts have the places and Hounsfield units of the textbook, and are nobody's. What differs from body to
body is drawn by chance; where the nodule would lie in the heart or the chest's wall, they give way.
"""

from dataclasses import dataclass
from math import copysign, hypot, pi, sqrt
from typing import Final

import numpy as np

from .shapes import Point, Reals, capsule, cover, either, ellipse, grid, paint, spot, without
from .vessels import vessels
from .wall import CORTEX, SPONGE, Wall

AIR: Final = -1000.0
LUNG: Final = -865.0
FAT: Final = -105.0
MUSCLE: Final = 45.0
BLOOD: Final = 40.0
ENHANCED: Final = 190.0
LIVER: Final = 58.0
TABLE: Final = -350.0
WALL: Final = 0.085  # the chest's wall from the fat to the lung


@dataclass(frozen=True)
class Body:
    """One invented person: half axes of the trunk, and what else varies; lengths in units of the field."""

    radii: Point
    shift: Point
    fat: float
    middle: float
    heart: Point
    blood: float
    ribs: float
    seed: int


@dataclass(frozen=True)
class Site:
    """Where the nodule lies: its middle, its largest radius in the plane, and how high (0 base to 1 apex)."""

    middle: Point
    radius: float
    height: float


def invent(chance: np.random.Generator, contrast: bool) -> Body:
    """A body within usual bounds."""
    draw = chance.uniform
    return Body(
        radii=(draw(0.80, 0.97), draw(0.57, 0.74)),
        shift=(draw(-0.06, 0.06), draw(-0.06, 0.08)),
        fat=draw(0.025, 0.10),
        middle=draw(0.11, 0.17),
        heart=(draw(0.22, 0.34), draw(0.18, 0.28)),
        blood=draw(0.8, 1.2) * ENHANCED if contrast else BLOOD,
        ribs=draw(0, 2 * pi),
        seed=int(chance.integers(2**31)),
    )


class Thorax:
    """The chest around a site, slice by slice."""

    def __init__(self, body: Body, site: Site) -> None:
        self.body, self.site = body, site
        rx, ry = self.radii = _wide_enough(body, site)
        self.cage = ellipse(body.shift, (rx - body.fat - WALL, ry - body.fat - WALL), 2.3)
        self.centre = (body.shift[0] + _pushed(body, site), body.shift[1])
        self.back = body.shift[1] + ry - body.fat - 0.21
        self.lung = LUNG + 70 * _grain(body.seed + 1, 0.0) + 35 * grid()[1]
        self.wall = Wall(self.cage, body.shift, (rx, ry))
        self.shell = self._shell()
        hila = ((self.centre[0] - 0.17, body.shift[1] + 0.03), (self.centre[0] + 0.17, body.shift[1] + 0.03))
        self.vessels = vessels(body.seed + 7, hila, site.middle, site.radius + 0.03)

    def slice(self, height: float, z: float) -> Reals:
        """Hounsfield units at a height of the chest (0 to 1), z from the site's middle in units of the field."""
        picture = self.shell.copy()
        lungs = cover(self._lungs(height))
        self._mediastinum(picture, height, cover(self.cage) * (1 - lungs))
        self._bones(picture, height, 1 - lungs)
        self._spine(picture, 1 - lungs)
        paint(picture, self.lung, lungs)
        for vessel in self.vessels:
            if ends := vessel.crossing(z):
                capsule(picture, 0.6 * self.body.blood, ends, vessel.radius, lungs)
        if height > 0.55:
            self._airways(picture, height)
        return picture

    def _shell(self) -> Reals:
        """What is the same in every slice: air, couch, fat and muscle."""
        trunk = ellipse(self.body.shift, self.radii, 2.4)
        picture = np.full(trunk.shape, np.float32(AIR))
        self._table(picture)
        paint(picture, FAT, cover(trunk))
        paint(picture, MUSCLE, cover(trunk - np.float32(self.body.fat)) * _grain(self.body.seed, 0.75))
        return picture

    def _lungs(self, height: float) -> Reals:
        """What the cage leaves beside mediastinum, spine and liver, with room around the nodule."""
        (cx, cy), narrow = self.centre, 0.34 * (1 - _fullness(height))
        middle = either(
            ellipse((cx, cy - 0.1), (self.body.middle + narrow / 2, 0.75)), self._heart(height), 0.08
        )
        lungs = without(self.cage - np.float32(narrow), middle)
        lungs = without(lungs, ellipse((self.body.shift[0], self.back + 0.05), (0.17, 0.26)))
        if height < 0.3:
            lungs = without(lungs, self._liver(height))
        room = self.site.radius + 0.03
        return either(lungs, ellipse(self.site.middle, (room, room)), 0.05)

    def _heart(self, height: float) -> Reals:
        size = sqrt(max(1 - ((height - 0.3) / 0.28) ** 2, 0.01))
        (cx, cy), (rx, ry) = self.centre, self.body.heart
        return ellipse((cx + 0.10, cy - 0.12), (rx * size, ry * size))

    def _liver(self, height: float) -> Reals:
        (cx, cy), size = self.body.shift, 0.3 - height
        return ellipse((cx - 0.40, cy + 0.02), (1.3 * size, 1.6 * size))

    def _mediastinum(self, picture: Reals, height: float, share: Reals) -> None:
        """Fat with heart and great vessels in it, and the liver's dome below."""
        (cx, cy), blood = self.centre, self.body.blood
        spot(picture, FAT + 20, (cx, cy - 0.05), (0.32, 0.46), share)
        paint(picture, blood * 0.9, share * cover(self._heart(height)))
        spot(picture, blood, (cx + 0.1, self.back - 0.15), (0.062, 0.062), share)
        if height > 0.45:
            rise = min((height - 0.45) / 0.2, 1)
            spot(picture, blood, (cx - 0.05, cy - 0.16), (0.075, 0.075), share)
            spot(picture, blood, (cx - 0.12, cy - 0.12), (0.045, 0.05), share)
            spot(picture, blood, (cx + 0.07, cy - 0.13 + 0.1 * rise), (0.085, 0.07), share)
        if height < 0.3:
            paint(picture, LIVER, share * cover(self._liver(height)))

    def _bones(self, picture: Reals, height: float, free: Reals) -> None:
        """Ribs where they cross the slice, the breastbone, and higher up the shoulder blades."""
        self.wall.bone(picture, self.wall.ribs(26 * height, self.body.ribs), free)
        if height > 0.6:
            self.wall.bone(picture, self.wall.blades, free)
        (cx, cy), top = self.body.shift, self.radii[1] - self.body.fat
        breastbone = ((cx, cy - top + 0.045), (0.085, 0.026))
        spot(picture, CORTEX, *breastbone, free)
        spot(picture, SPONGE, *breastbone, free, 0.012)

    def _spine(self, picture: Reals, free: Reals) -> None:
        """A vertebra: body, canal, transverse and spinous processes."""
        cx, cy = self.body.shift[0], self.back
        sides = [((cx + side * 0.12, cy + 0.1), (0.085, 0.032)) for side in (-1, 1)]
        for centre, radii in (((cx, cy), (0.105, 0.09)), *sides, ((cx, cy + 0.175), (0.022, 0.06))):
            spot(picture, CORTEX, centre, radii, free)
            spot(picture, SPONGE, centre, radii, free, 0.012)
        spot(picture, 25.0, (cx, cy + 0.10), (0.045, 0.036), free)

    def _airways(self, picture: Reals, height: float) -> None:
        (cx, cy), whole = self.centre, np.ones_like(picture)
        apart = 0.9 * (0.64 - height) + 0.02 if height < 0.64 else 0.0
        for side in (-1, 1) if apart else (1,):
            spot(picture, BLOOD, (cx + side * apart, cy + 0.06), (0.058, 0.055), whole)
            spot(picture, AIR, (cx + side * apart, cy + 0.06), (0.046, 0.043), whole)

    def _table(self, picture: Reals) -> None:
        """The couch that the back lies on."""
        (cx, cy), ry = self.body.shift, self.radii[1]
        x, y = grid()
        depth: Reals = y - np.float32(cy + ry + 0.012) + np.float32(0.25) * (x - np.float32(cx)) ** 2
        for level in (np.float32(0), np.float32(0.07)):
            paint(
                picture,
                TABLE,
                cover(np.float32(0.006) - np.abs(depth - level)) * cover(np.float32(0.62) - np.abs(x)),
            )


def _wide_enough(body: Body, site: Site) -> Point:
    """The trunk's half axes, widened until the nodule and the chest's wall beside it fit."""
    (x, y), (cx, cy), (rx, ry) = site.middle, body.shift, body.radii
    wall = body.fat + WALL + 0.02 + site.radius
    needed = max(hypot((x - cx) / (rx - wall), (y - cy) / (ry - wall)), 1.0)
    return rx * needed, ry * needed


def _pushed(body: Body, site: Site) -> float:
    """How far the mediastinum gives way to a nodule beside it."""
    away = site.middle[0] - body.shift[0]
    missing = max(body.middle + 0.06 + site.radius - abs(away), 0.0)
    return copysign(min(missing, 0.12), -away)


def _fullness(height: float) -> float:
    """How wide the lungs are: narrow at the apex, full in the middle, a little narrower at the base."""
    return sqrt(max(1 - ((height - 0.4) / 0.66) ** 2, 0.25))


def _grain(seed: int, least: float) -> Reals:
    """A smooth random field of values from `least` to 1 that breaks up what would be even."""
    chance = np.random.Generator(np.random.PCG64(seed))
    x, y = grid()
    found = np.zeros((y.size, x.size), np.float32)
    for row, column, phase in chance.uniform((-25, -25, 0), (25, 25, 2 * pi), (6, 3)).astype(np.float32):
        found += np.sin(row * y + column * x + phase)
    grain: Reals = np.float32(least) + np.float32(1 - least) * (found / np.float32(12) + np.float32(0.5))
    return grain
