"""How far readers' masks cover each other, pair by pair and by size: Dice falls with size whoever draws."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations, pairwise
from statistics import median
from typing import Literal

import numpy as np

from workflow.agreement.resampling import Resampling, resampled
from workflow.agreement.results import NO_PAIRS, Estimate
from workflow.agreement.tables import Floats
from workflow.consensus.areas import iou, masks_alike
from workflow.consensus.drawn import Drawn
from workflow.protocol.drawn import Mask

MEASURES = ("dice", "iou", "hd95", "nsd")
NOT_MEASURED = "No pair of masks has a distance: one is empty, or no spacing is known."


@dataclass(frozen=True, slots=True)
class MaskCase:
    """A case with its readers' masks of one structure; an empty mask says that there is none."""

    patient: Hashable
    masks: tuple[Drawn, ...]


@dataclass(frozen=True, slots=True)
class BandOverlap:
    """The overlap of the cases of one size band: of at least `above` and less than `below`, None for no end.

    missing: pairs of these cases without a distance. hd95 is in mm or px, the others are 0 to 1.
    """

    above: float | None
    below: float | None
    cases: int
    pairs: int
    dice: Estimate
    iou: Estimate
    hd95: Estimate
    nsd: Estimate


def overlaps(
    cases: Sequence[MaskCase],
    *,
    tolerance: Decimal,
    unit: Literal["mm", "px"] = "mm",
    limits: Sequence[float] = (),
    how: Resampling | None = None,
) -> tuple[BandOverlap, ...]:
    """Mean pairwise Dice, IoU, HD95 and NSD at a tolerance: of all cases first, then by size band.

    A case counts once, with the mean over its pairs; its size is the median over its masks, in mm³ (mm² on one
    slice without a slice distance, px without a spacing). Two empty masks agree (1, no distance), one empty mask
    does not (0, no distance). `limits` are the sizes between the bands; patients are drawn for the intervals.
    """
    given = [one for one in cases if len(one.masks) > 1]
    measured = [_measured(one, tolerance, unit) for one in given]
    sizes = [median(size_of(mask) for mask in one.masks) for one in given]
    ends = [None, *sorted(limits), None]
    bands = [(None, None), *(pairwise(ends) if limits else ())]
    made = []
    for above, below in bands:
        inside = [n for n, size in enumerate(sizes) if _within(size, above, below)]
        patients = tuple(given[n].patient for n in inside)
        drawn = replace(how or Resampling(), patients=patients)
        made.append(_band(above, below, [measured[n] for n in inside], drawn))
    return tuple(made)


def size_of(mask: Drawn) -> float:
    """The size of a mask in its own units: mm³ with a spacing in three directions, mm² in two, else pixels."""
    spacing = mask.spacing
    return float(mask.region.size * (1 if spacing is None else spacing.x * spacing.y * (spacing.z or 1)))


Pairs = list[tuple[float | None, ...]]  # of each pair the four measures


def _measured(case: MaskCase, tolerance: Decimal, unit: Literal["mm", "px"]) -> Pairs:
    everything = Mask(dice=Decimal(0), unit=unit, hd95=Decimal(0), nsd=Decimal(0), tolerance=tolerance)
    found: Pairs = []
    for a, b in combinations(sorted(case.masks), 2):
        like = masks_alike(everything, a, b)
        told = {"dice": like.number, "iou": iou(a, b), **dict(like.measures)}
        numbers = (told.get(name) for name in MEASURES)
        found.append(tuple(None if number is None else float(number) for number in numbers))
    return found


def _band(above: float | None, below: float | None, cases: list[Pairs], how: Resampling) -> BandOverlap:
    pairs = sum(map(len, cases))
    means = [
        _mean(name, [[pair[n] for pair in case] for case in cases], how) for n, name in enumerate(MEASURES)
    ]
    return BandOverlap(above, below, len(cases), pairs, *means)


def _mean(name: str, cases: list[list[float | None]], how: Resampling) -> Estimate:
    defined = [[number for number in case if number is not None] for case in cases]
    missing = sum(map(len, cases)) - sum(map(len, defined))
    there = np.array([float(bool(case)) for case in defined])
    means = np.array([sum(case) / len(case) if case else 0.0 for case in defined])
    if not there.any():
        return Estimate(name, 0, missing, reason=NOT_MEASURED if cases else NO_PAIRS)
    made = Estimate(name, int(there.sum()), missing, float(means.sum() / there.sum()))

    def mean(times: Floats) -> Floats:
        with np.errstate(invalid="ignore"):
            return np.asarray((times @ means) / (times @ there))

    return resampled(made, mean, len(cases), how)


def _within(size: float, above: float | None, below: float | None) -> bool:
    return (above is None or size >= above) and (below is None or size < below)
