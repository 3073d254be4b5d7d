"""A nodule from what its readers drew and rated: where how many of them saw it, and how dense it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.ndimage import distance_transform_edt, gaussian_filter

from .shapes import EDGE, Reals

Outline = tuple[tuple[int, int], ...]
Box = tuple[int, int, int, int, int, int]
Window = tuple[slice, slice]

WHOLE: Final = (slice(0, EDGE), slice(0, EDGE))
ROOM: Final = 12  # pixels around the marks, for their soft edges

GROUND_GLASS: Final = -620.0
STRUCTURE: Final = {1: 35.0, 2: 8.0, 3: -90.0, 4: -850.0}
"""Hounsfield units by LIDC's internal structure: soft tissue, fluid, fat, air."""
CALCIUM: Final = 420.0
ABSENT: Final = 6


@dataclass(frozen=True)
class Mark:
    """What one reader drew: outlines by slice (column, row), whose own pixels lie outside; or else a box.

    A box is half open: row, column, slice, row, column, slice. `holes` are outlines of what is no nodule.
    """

    outlines: tuple[tuple[int, Outline], ...] = ()
    holes: tuple[tuple[int, Outline], ...] = ()
    box: Box | None = None

    @property
    def slices(self) -> tuple[int, ...]:
        """The slices on which it lies."""
        if self.box is not None:
            return tuple(range(self.box[2], self.box[5]))
        return tuple(sorted({place for place, _ in self.outlines}))

    @property
    def corners(self) -> Iterable[tuple[int, int]]:
        """Columns and rows that it doesn't leave."""
        if self.box is not None:
            return ((self.box[1], self.box[0]), (self.box[4], self.box[3]))
        return (point for _, outline in self.outlines for point in outline)


@dataclass(frozen=True)
class Nodule:
    """The marks of all readers, and their middle ratings on LIDC's scales."""

    marks: tuple[Mark, ...]
    texture: int = 5
    margin: int = 5
    calcification: int = ABSENT
    structure: int = 1

    @property
    def slices(self) -> tuple[int, int]:
        """The first and the last slice that any reader marked."""
        marked = [place for mark in self.marks for place in mark.slices]
        return min(marked), max(marked)

    @property
    def window(self) -> Window:
        """The rows and columns that hold every mark, with room for soft edges."""
        columns, rows = zip(*(corner for mark in self.marks for corner in mark.corners), strict=True)
        return (
            slice(max(min(rows) - ROOM, 0), min(max(rows) + ROOM, EDGE)),
            slice(max(min(columns) - ROOM, 0), min(max(columns) + ROOM, EDGE)),
        )


def region(mark: Mark, place: int, window: Window = WHOLE) -> Reals:
    """The pixels in a window of a slice that one reader counted as nodule: 1, others 0."""
    if mark.box is not None:
        return _ellipsoid(mark.box, place, window)
    found = np.zeros(_size(window), np.float32)
    for outlines, value in ((mark.outlines, 1), (mark.holes, 0)):
        for _, outline in (one for one in outlines if one[0] == place):
            found[_filled(outline, window)] = value
    return found


def votes(nodule: Nodule, place: int) -> Reals:
    """The share of readers who counted a pixel in the nodule's window as nodule, as soft as they rated it."""
    window = nodule.window
    shares = sum((region(mark, place, window) for mark in nodule.marks), np.zeros(_size(window), np.float32))
    softened: Reals = gaussian_filter(shares / np.float32(len(nodule.marks)), 2.2 - 0.35 * nodule.margin)
    return softened


def density(nodule: Nodule, shares: Reals, chance: np.random.Generator) -> Reals:
    """Hounsfield units of the nodule where it covers a pixel; between ground glass and solid by its texture."""
    solid = np.float32(STRUCTURE[nodule.structure])
    deep = _depth(shares)
    share = (nodule.texture - 1) / 4
    core = (
        np.clip((deep - (1 - share) * deep.max(initial=1)) / 2 + share, 0, 1)
        if share < 1
        else np.ones_like(deep)
    )
    found: Reals = np.float32(GROUND_GLASS) + (solid - np.float32(GROUND_GLASS)) * core.astype(np.float32)
    calcium = _calcium(nodule.calcification, deep, chance)
    return found + (np.float32(CALCIUM) - found) * calcium


def middle(values: Sequence[int]) -> int:
    """The lower median of ratings."""
    return sorted(values)[(len(values) - 1) // 2]


def _depth(shares: Reals) -> Reals:
    """How many pixels deep inside the half that most readers share each pixel lies."""
    deep: Reals = distance_transform_edt(shares >= 0.5).astype(np.float32)
    return deep


def _calcium(kind: int, deep: Reals, chance: np.random.Generator) -> Reals:
    """The share of calcium by LIDC's pattern: popcorn, laminated, solid, not central, central, none."""
    most = float(deep.max(initial=1))
    match kind:
        case 1:
            lumps = gaussian_filter(chance.standard_normal(deep.shape, np.float32), 1.5)
            found = (lumps > 0.15) & (deep > 1)
        case 2:
            found = (deep > 1) & (deep.astype(int) % 3 == 0)
        case 3:
            found = deep > 1
        case 4:
            found = (deep > 1) & (deep < 0.6 * most) & (np.arange(len(deep))[:, None] % 9 < 4)
        case 5:
            found = deep > 0.55 * most
        case _:
            found = np.zeros_like(deep, bool)
    softened: Reals = gaussian_filter(found.astype(np.float32), 0.6)
    return softened


def _filled(outline: Outline, window: Window) -> NDArray[np.bool_]:
    """The pixels within an outline without its own."""
    rows, columns = window
    moved = [(column - columns.start, row - rows.start) for column, row in outline]
    drawn = Image.new("1", _size(window)[::-1])
    pencil = ImageDraw.Draw(drawn)
    if len(moved) > 2:
        pencil.polygon(moved, fill=1)
    pencil.point(moved, fill=0)
    return np.array(drawn, bool)


def _ellipsoid(box: Box, place: int, window: Window) -> Reals:
    """The ellipsoid in a box without the box's outermost pixels in the plane."""
    top, left, first, bottom, right, after = box
    rows, columns = np.ogrid[window]
    far = ((rows - (top + bottom - 1) / 2) / max((bottom - top - 2) / 2, 1)) ** 2
    far = far + ((columns - (left + right - 1) / 2) / max((right - left - 2) / 2, 1)) ** 2
    far = far + ((place - (first + after - 1) / 2) / ((after - first) / 2)) ** 2
    inside: Reals = (far <= 1).astype(np.float32)
    return inside


def _size(window: Window) -> tuple[int, int]:
    return window[0].stop - window[0].start, window[1].stop - window[1].start
