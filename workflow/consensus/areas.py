"""Ellipses, polygons, masks and spans compared by what they cover together.

Written rules: two empty masks agree (Dice and IoU 1, no distance); one empty mask disagrees (Dice, IoU and
NSD 0, no distance); disjoint marks have overlap 0, and masks their distances; marks on different images or
image sizes cover nothing together and have no distance.
"""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from workflow.consensus.drawn import Drawn
from workflow.consensus.likeness import NO_SPACING, TOO_LARGE, Likeness
from workflow.consensus.rounding import settle
from workflow.consensus.surfaces import surfaces
from workflow.consensus.voxels import too_large
from workflow.protocol.drawn import Dice, Iou, Mask, SpanIou

Measures = tuple[tuple[str, Fraction | None], ...]


def outlines_alike(comparator: Iou | Dice, a: Drawn, b: Drawn) -> Likeness:
    """Two ellipses or polygons compared by IoU or Dice."""
    number = iou(a, b) if isinstance(comparator, Iou) else dice(a, b)
    return Likeness(number >= Fraction(comparator.at_least), number)


def spans_alike(comparator: SpanIou, a: Drawn, b: Drawn) -> Likeness:
    """Two time spans compared by temporal IoU."""
    number = span_iou(a, b)
    return Likeness(number >= Fraction(comparator.at_least), number)


def masks_alike(comparator: Mask, a: Drawn, b: Drawn) -> Likeness:
    """Two masks compared by Dice, and by HD95 or NSD where the comparator asks for them."""
    overlap = dice(a, b)
    agree = overlap >= Fraction(comparator.dice)
    if comparator.hd95 is None and comparator.nsd is None:
        return Likeness(agree, overlap)
    measures, missing = _surface_measures(comparator, a, b)
    if missing and agree:
        return Likeness(False, overlap, measures, missing)
    return Likeness(agree and _near_enough(comparator, dict(measures)), overlap, measures)


def iou(a: Drawn, b: Drawn) -> Fraction:
    """|a ∩ b| / |a ∪ b| in 0..1; for two empty marks 1."""
    shared, sizes = _shared(a, b)
    return settle(shared / (sizes - shared)) if sizes else Fraction(1)


def dice(a: Drawn, b: Drawn) -> Fraction:
    """2 |a ∩ b| / (|a| + |b|) in 0..1; for two empty marks 1 (Dice 1945)."""
    shared, sizes = _shared(a, b)
    return settle(2 * shared / sizes) if sizes else Fraction(1)


def span_iou(a: Drawn, b: Drawn) -> Fraction:
    """The frames that both have, over the frames that either has, exactly."""
    if a.on != b.on:
        return Fraction(0)
    [(first, last)], [(begin, end)] = a.geometry, b.geometry
    both = max(0, min(last, end) - max(first, begin) + 1)
    return Fraction(both, (last - first + 1) + (end - begin + 1) - both)


def _shared(a: Drawn, b: Drawn) -> tuple[Fraction, Fraction]:
    one, other = a.region, b.region
    sizes = one.size + other.size
    if one.image != other.image or not one.size or not other.size:
        return Fraction(0), sizes
    return one.shared(other), sizes


def _near_enough(comparator: Mask, measures: dict[str, Fraction | None]) -> bool:
    bounds = [(comparator.hd95, measures.get("hd95"), 1), (comparator.nsd, measures.get("nsd"), -1)]
    stated = [(bound, number, sign) for bound, number, sign in bounds if bound is not None]
    # Two empty masks have no surface to disagree on.
    return all(number is None or sign * number <= sign * Fraction(bound) for bound, number, sign in stated)


def _surface_measures(comparator: Mask, a: Drawn, b: Drawn) -> tuple[Measures, str]:
    empty = [not mark.region.size for mark in (a, b)]
    if any(empty):
        return (("hd95", None), ("nsd", None if all(empty) else Fraction(0))), ""
    if a == b:
        return (("hd95", Fraction(0)), ("nsd", Fraction(1))), ""
    if a.region.image != b.region.image:
        return (("hd95", None), ("nsd", Fraction(0))), ""
    if too_large([a, b]):
        return (), TOO_LARGE
    spacing = _spacing(comparator, a, b)
    if spacing is None:
        return (), NO_SPACING
    # The order of the two must not change a digit.
    return _measured(*sorted((a, b)), spacing, comparator.tolerance), ""


@lru_cache(maxsize=64)
def _measured(a: Drawn, b: Drawn, spacing: tuple[float, float, float], tolerance: Decimal | None) -> Measures:
    found = surfaces(a.voxels, b.voxels, spacing)
    hd95: Measures = (("hd95", settle(found.hd95)),)
    return hd95 if tolerance is None else (*hd95, ("nsd", Fraction(*found.nsd(float(tolerance)))))


def _spacing(comparator: Mask, a: Drawn, b: Drawn) -> tuple[float, float, float] | None:
    """The spacing by slice, row and column; one slice alone needs none between slices."""
    if comparator.unit == "px":
        return 1.0, 1.0, 1.0
    known = a.spacing
    flat = {one["slice"] for mark in (a, b) for one in mark.mark["slices"]}
    if known is None or (known.z is None and len(flat) > 1):
        return None
    return float(known.z or 1), float(known.y), float(known.x)
