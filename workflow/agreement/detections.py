"""Agreement on where something is: F1 at an overlap over many cases, and counts for a FROC curve."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from workflow.agreement.resampling import Resampling, share_with_interval
from workflow.agreement.results import Estimate
from workflow.agreement.tables import Floats
from workflow.consensus.boxes import Box, iou
from workflow.consensus.matching import matched

NO_MARKS = "Nobody marked anything: there is nothing to find."


@dataclass(frozen=True, slots=True)
class Detection:
    """Marks of two readers over cases: matched pairs, marks of only one, their mean overlap and the F1."""

    matched: int
    only_first: int
    only_second: int
    mean_iou: float | None
    f1: Estimate


@dataclass(frozen=True, slots=True)
class FrocPoint:
    """What is found when marks scored `threshold` or more count: lesions hit, and marks that hit none."""

    threshold: float
    hits: int
    lesions: int
    false_marks: int
    cases: int

    @property
    def sensitivity(self) -> float | None:
        """The share of lesions hit; None without a lesion."""
        return self.hits / self.lesions if self.lesions else None

    @property
    def false_per_case(self) -> float | None:
        """Marks that hit no lesion, per case; None without a case."""
        return self.false_marks / self.cases if self.cases else None


def f1_at_iou(
    cases: Sequence[tuple[Sequence[Box], Sequence[Box]]], at_least: Fraction, how: Resampling | None = None
) -> Detection:
    """Pooled F1 = 2 × matched pairs / all marks, matched one to one at IoU ≥ at_least (Everingham 2010).

    A case without marks by either adds nothing. Where all marks match, or none, the interval is exact
    over the patients with marks; else it comes from resampling patients.
    """
    found = [matched(a, b, at_least) for a, b in cases]
    hits = np.array([len(one) for one in found], float)
    marks = np.array([len(a) + len(b) for a, b in cases], float)
    overlaps = [float(overlap) for one in found for overlap in one.values()]
    total = int(hits.sum())
    return Detection(
        total,
        sum(len(a) for a, _ in cases) - total,
        sum(len(b) for _, b in cases) - total,
        sum(overlaps) / len(overlaps) if overlaps else None,
        pooled_f1(hits, marks, how or Resampling()),
    )


def froc(
    cases: Sequence[tuple[Sequence[tuple[Box, float]], Sequence[Box]]], at_least: Fraction
) -> tuple[FrocPoint, ...]:
    """The points of the FROC curve over (scored marks, lesions) of cases, from the strictest threshold on.

    A mark hits every lesion that it overlaps by IoU ≥ at_least; a lesion has the score of its best mark, and
    a second mark on a lesion is neither a hit nor false (Chakraborty & Berbaum 2004, Med Phys 31:2313).
    """
    best: list[float] = []
    false: list[float] = []
    for marks, lesions in cases:
        on = [[iou(box, lesion) >= at_least for lesion in lesions] for box, _ in marks]
        false += [score for (_, score), hits in zip(marks, on, strict=True) if not any(hits)]
        for number in range(len(lesions)):
            scores = [score for (_, score), hits in zip(marks, on, strict=True) if hits[number]]
            best += [max(scores)] if scores else []
    lesions_in_all = sum(len(lesions) for _, lesions in cases)
    return tuple(
        FrocPoint(at, sum(x >= at for x in best), lesions_in_all, sum(x >= at for x in false), len(cases))
        for at in sorted({score for marks, _ in cases for _, score in marks}, reverse=True)
    )


def pooled_f1(hits: Floats, marks: Floats, how: Resampling) -> Estimate:
    """2 × matched pairs / all marks, from both by case, (cases,) each; None where nobody marked anything."""
    n = len(marks)
    if not marks.sum():
        return Estimate("f1", n, 0, reason=NO_MARKS)

    def pooled(times: Floats) -> Floats:
        with np.errstate(invalid="ignore"):
            return np.asarray(2 * (times @ hits) / (times @ marks))

    made = Estimate("f1", n, 0, float(2 * hits.sum() / marks.sum()))
    return share_with_interval(made, marks > 0, pooled, how)
