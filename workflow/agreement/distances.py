"""How far two values are apart, as Krippendorff's α needs it: δ², 0 for the same value."""

from collections.abc import Callable, Sequence, Set
from typing import Any, Literal

import numpy as np

from workflow.agreement.tables import Floats

Level = Literal["nominal", "ordinal", "interval", "ratio"]
LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval", "ratio")
Distance = Callable[[Any, Any], float]


def jaccard(a: Set[Any], b: Set[Any]) -> float:
    """1 − |a ∩ b| / |a ∪ b|; 0 for two empty sets (Jaccard 1912)."""
    return 1 - len(a & b) / len(a | b) if a | b else 0.0


def masi(a: Set[Any], b: Set[Any]) -> float:
    """1 − J · M: Jaccard's similarity times M, 1 for equal sets, 2/3 where one holds the other, 1/3 where they meet.

    Passonneau 2006, Measuring Agreement on Set-valued Items (MASI), LREC. Tools differ: some give
    (1 − J) · M, some 0.67 and 0.33. Two empty sets are 0 apart.
    """
    if a == b:
        return 0.0
    return 1 - len(a & b) / len(a | b) * (2 / 3 if a <= b or b <= a else 1 / 3)


def nominal(a: Floats, b: Floats) -> Floats:
    """1 where the values differ (Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, p. 5)."""
    return np.asarray(a != b, float)


def interval(a: Floats, b: Floats) -> Floats:
    """(a − b)²; of mid-ranks it is the ordinal metric."""
    return np.asarray((a - b) ** 2)


def ratio(a: Floats, b: Floats) -> Floats:
    """((a − b) / (a + b))², 0 for two zeros; for values of zero or more."""
    either = a + b
    return np.asarray(((a - b) / np.where(either > 0, either, 1)) ** 2)


def distance_matrix(categories: Sequence[Any], distance: Distance) -> Floats:
    """A distance of one's own between all categories, (categories, categories)."""
    return np.array([[distance(a, b) for b in categories] for a in categories], float)


def mid_ranks(totals: Floats) -> Floats:
    """The mean rank of each category's reads, (draws, categories), from how many reads gave it.

    Their differences are Krippendorff's ordinal metric: Σ_{g=c}^{k} n_g − (n_c + n_k)/2.
    """
    return np.asarray(np.cumsum(totals, axis=1) - totals / 2)
