"""How often the protocol itself would call two planned reads the same: its comparator and its cut-offs."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np

from workflow.agreement.resampling import Resampling, resampled, share_with_interval
from workflow.agreement.results import NO_PAIRS, Estimate
from workflow.agreement.tables import Floats
from workflow.consensus.answers import Value
from workflow.consensus.boxes import Box
from workflow.consensus.comparators import compared
from workflow.consensus.fields import crossed_cutoff
from workflow.consensus.likeness import Likeness
from workflow.consensus.rules import Rule
from workflow.measuring.columns import Column

WITH_AREA = ("ellipse", "polygon", "mask")


@dataclass(frozen=True, slots=True)
class Pairs:
    """Every pair of answers of every case, compared once: the case's place, whether they agree, the numbers."""

    cases: int
    places: tuple[int, ...]
    likenesses: tuple[Likeness, ...]
    sizes: tuple[float, ...]

    def mean_per_case(self, values: Sequence[float | None]) -> tuple[Floats, Floats]:
        """The mean of the pairs' values by case, and whether a case has one, each (cases,)."""
        total, count = np.zeros(self.cases), np.zeros(self.cases)
        for place, value in zip(self.places, values, strict=True):
            if value is not None:
                total[place] += value
                count[place] += 1
        has = count > 0
        return np.divide(total, count, out=np.zeros(self.cases), where=has), has.astype(float)


def pairs_of(column: Column, rule: Rule) -> Pairs:
    """Each pair of answers compared as the protocol compares them, a crossed cut-off disagreeing."""
    places: list[int] = []
    found: list[Likeness] = []
    sizes: list[float] = []
    for place, row in enumerate(column.rows):
        for a, b in combinations([value for value in row if value is not None], 2):
            places.append(place)
            found.append(_compared(rule, a, b))
            sizes.append((_size(a) + _size(b)) / 2)
    return Pairs(len(column.rows), tuple(places), tuple(found), tuple(sizes))


def _compared(rule: Rule, a: Value, b: Value) -> Likeness:
    like = compared(rule.comparator, a, b)
    if like.agree and crossed_cutoff(rule, [a, b]) is not None:
        return Likeness(False, like.number, like.measures)
    return like


def _size(value: Any) -> float:
    """The area or volume of a mark in its own units (thousandths of pixels, voxels); 0 for what has none."""
    if isinstance(value, Box):
        return float(value.size)
    return float(value.region.size) if getattr(value, "mark", {}).get("kind") in WITH_AREA else 0.0


def protocol_agreement(pairs: Pairs, missing: int, how: Resampling) -> Estimate:
    """The share of pairs of reads of a case that the protocol counts as the same, averaged over cases."""
    share, paired = pairs.mean_per_case([float(like.agree) for like in pairs.likenesses])
    return _mean("protocol_agreement", share, paired, missing, how, is_share=True)


def mean_number(
    name: str, pairs: Pairs, values: Sequence[Fraction | None], missing: int, how: Resampling
) -> Estimate:
    """The mean of a measured number (an overlap, a distance) over the pairs of a case, averaged over cases."""
    given = [None if value is None else float(value) for value in values]
    mean, has = pairs.mean_per_case(given)
    return _mean(name, mean, has, missing, how, is_share=False)


def _mean(
    name: str, per_case: Floats, counted: Floats, missing: int, how: Resampling, *, is_share: bool
) -> Estimate:
    n = int(counted.sum())
    if not n:
        return Estimate(name, 0, missing, reason=NO_PAIRS)

    def mean(times: Floats) -> Floats:
        with np.errstate(invalid="ignore"):
            return np.asarray((times @ per_case) / (times @ counted))

    made = Estimate(name, n, missing, float(per_case.sum() / n))
    if is_share:
        return share_with_interval(made, counted > 0, mean, how)
    return resampled(made, mean, len(per_case), how)
