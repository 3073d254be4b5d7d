"""The bones in the wall of a phantom chest: ribs where they cross a slice, and the shoulder blades."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .shapes import Point, Reals, cover, grid, paint

SPONGE: Final = 170.0
CORTEX: Final = 620.0


class Wall:
    """The ring of the chest's wall: only its pixels are looked at."""

    def __init__(self, cage: Reals, centre: Point, radii: Point) -> None:
        self.ring = np.nonzero(np.abs(cage + 0.045) < 0.065)
        x, y = grid()
        around = np.arctan2((y - centre[1]) / radii[1], (x - centre[0]) / radii[0])
        self.outward, self.around = -cage[self.ring], around[self.ring]
        self.side = np.where(np.abs(self.around) < np.pi / 2, 1, -1)
        beside = np.abs(np.abs(self.around - np.pi / 2) - 0.95)
        self.blades = 0.011 * (1 - np.hypot((self.outward - 0.072) / 0.011, beside / 0.2))

    def ribs(self, slope: float, phase: float) -> NDArray[Any]:
        """How far inside a rib each pixel lies: nine cross a slice on either side, as they run downward."""
        crossing = 9 * self.around + slope * self.side + phase
        turn = np.abs((crossing + np.pi) % (2 * np.pi) - np.pi) / 9
        inside: NDArray[Any] = 0.021 * (1 - np.hypot((self.outward - 0.028) / 0.021, turn / 0.11))
        return inside

    def bone(self, picture: Reals, inside: NDArray[Any], free: Reals) -> None:
        """Paint bone with its cortex, only where `free` covers."""
        part = picture[self.ring]
        for value, shrink in ((CORTEX, 0.0), (SPONGE, 0.009)):
            paint(part, value, cover((inside - shrink).astype(np.float32)) * free[self.ring])
        picture[self.ring] = part
