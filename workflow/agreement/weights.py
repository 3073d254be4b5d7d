"""Agreement weights of two categories, 1 for the same and 0 for the farthest apart, as a square matrix."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from workflow.agreement.tables import Floats, positions

Weighting = str | Floats


def weight_matrix(categories: Sequence[Any], weighting: Weighting = "identity") -> Floats:
    """The weights of categories, (categories, categories), by name, or a matrix of one's own as it is.

    identity: 1 on the diagonal. linear: 1 − |x − y| / range (Cicchetti & Allison 1971). quadratic: the same
    squared (Fleiss & Cohen 1973). ordinal: 1 − C(|rank difference| + 1, 2) / its maximum (Gwet 2014, ch. 3);
    it is not Krippendorff's ordinal metric. x is the category's number, or its rank if it has none.
    Raises ValueError for another name and for a matrix of another size.
    """
    if not isinstance(weighting, str):
        if weighting.shape != (len(categories),) * 2:
            raise ValueError("A weight matrix needs one row and one column for each category.")
        return np.asarray(weighting, float)
    if weighting not in _APART:
        raise ValueError(f"Weights are one of {', '.join(_APART)}.")
    apart = _APART[weighting](positions(categories))
    return np.asarray(1 - apart / max(float(apart.max(initial=0)), np.finfo(float).tiny))


def from_disagreement(matrix: Sequence[Sequence[float]]) -> Floats:
    """Agreement weights from disagreement weights v: 1 − v / max v (Cohen 1968, Psychol Bull 70:213)."""
    apart = np.asarray(matrix, float)
    return np.asarray(1 - apart / apart.max())


def _difference(at: Floats) -> Floats:
    return np.abs(at[:, None] - at[None, :])


def _ranks(at: Floats) -> Floats:
    steps = _difference(np.arange(len(at), dtype=float))
    return steps * (steps + 1) / 2


_APART: dict[str, Callable[[Floats], Floats]] = {
    "identity": lambda at: 1 - np.eye(len(at)),
    "linear": _difference,
    "quadratic": lambda at: _difference(at) ** 2,
    "ordinal": _ranks,
}
