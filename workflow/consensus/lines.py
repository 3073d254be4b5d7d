"""Points and lengths compared: exact distances in the image plane, in mm by the case's spacing or in px."""

from fractions import Fraction

from workflow.consensus.drawn import Drawn
from workflow.consensus.likeness import NO_SPACING, Likeness
from workflow.consensus.rounding import root
from workflow.consensus.spacing import PIXELS, Spacing
from workflow.protocol.drawn import Distance, Length

Place = tuple[int, int]


def measurable(comparator: Distance | Length, mark: Drawn) -> bool:
    """Whether the distances of the comparator can be measured where the mark lies."""
    return comparator.unit == "px" or mark.spacing is not None


def points_alike(comparator: Distance, a: Drawn, b: Drawn) -> Likeness:
    """Two points compared by their distance; on different images they differ, without a number."""
    if a == b:
        return Likeness(True, Fraction(0))
    if a.on != b.on:
        return Likeness(False, None)
    spacing = _spacing(comparator, a)
    if spacing is None:
        return Likeness(False, None, missing=NO_SPACING)
    square = _square(a.geometry[0], b.geometry[0], spacing)
    return Likeness(square <= Fraction(comparator.within) ** 2, root(square))


def lengths_alike(comparator: Length, a: Drawn, b: Drawn) -> Likeness:
    """Two lengths compared by the difference of their lengths and how far apart their ends lie."""
    if a == b:
        return Likeness(True, Fraction(0), (("ends", Fraction(0)),))
    if a.on != b.on:
        return Likeness(False, None)
    spacing = _spacing(comparator, a)
    if spacing is None:
        return Likeness(False, None, missing=NO_SPACING)
    one, other = (root(_square(mark.geometry[0], mark.geometry[1], spacing)) for mark in (a, b))
    apart, differ = _ends_apart(a, b, spacing), abs(one - other)
    allowed = max(Fraction(comparator.abs or 0), Fraction(comparator.rel or 0) * (one + other) / 2)
    agree = differ <= allowed and apart <= Fraction(comparator.ends) ** 2
    return Likeness(agree, differ, (("ends", root(apart)),))


def nearness(comparator: Distance | Length, a: Drawn, b: Drawn) -> Fraction | None:
    """1 for the same place, 1/2 at `match_within`; None where two marks are too far apart to be one thing."""
    if a == b:
        return Fraction(1)
    spacing = _spacing(comparator, a)
    if a.on != b.on or spacing is None:
        return None
    if isinstance(comparator, Distance):
        square = _square(a.geometry[0], b.geometry[0], spacing)
    else:
        square = _ends_apart(a, b, spacing)
    bound = Fraction(comparator.match_within)
    return 1 - root(square) / (2 * bound) if square <= bound**2 and bound else None


def _spacing(comparator: Distance | Length, mark: Drawn) -> Spacing | None:
    return PIXELS if comparator.unit == "px" else mark.spacing


def _square(a: Place, b: Place, spacing: Spacing) -> Fraction:
    """The squared distance of two places given in thousandths of a pixel."""
    dx, dy = (b[0] - a[0]) * spacing.x, (b[1] - a[1]) * spacing.y
    return (dx * dx + dy * dy) / 10**6


def _ends_apart(a: Drawn, b: Drawn, spacing: Spacing) -> Fraction:
    """The squared distance of the ends that lie further apart, the ends paired so that it is least."""
    (a0, a1), (b0, b1) = a.geometry, b.geometry
    straight = max(_square(a0, b0, spacing), _square(a1, b1, spacing))
    return min(straight, max(_square(a0, b1, spacing), _square(a1, b0, spacing)))
