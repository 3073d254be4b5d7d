"""Intraclass correlations: the six forms of Shrout & Fleiss (1979, Psychol Bull 86:420) with F-based intervals.

(1, ·): each target has its own judges. (2, ·): the same judges, drawn from many: readers are interchangeable.
(3, ·): these judges and no others. (·, 1): one judge's value; (·, k): the mean of the k judges.
Intervals: Shrout & Fleiss 1979, p. 424–426; McGraw & Wong 1996, Psychol Methods 1:30, table 7.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workflow.agreement.exact import f_quantile
from workflow.agreement.results import Estimate, Interval
from workflow.agreement.tables import Floats

TOO_SMALL = "An intraclass correlation needs two cases that two readers or more all read."
NO_VARIATION = "The values do not vary: there is nothing to attribute to cases or readers."
SAME_MEANS = "The cases' means do not differ: the reliability of a mean is undefined."
NO_ERROR = "Readers agree to the last digit: the F ratio is infinite."
NO_DEGREES = "The judges' and the error's variance cancel: the interval's degrees of freedom are undefined."


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """The two-way table's mean squares over n targets and k judges, in the paper's letters."""

    n: int
    k: int
    bms: float
    wms: float
    jms: float
    ems: float


@dataclass(frozen=True, slots=True)
class Intraclass:
    """The six forms by name, "ICC(1,1)" to "ICC(3,k)"; reader_means are the marginals of measurements."""

    forms: tuple[Estimate, ...]
    mean_squares: MeanSquares | None
    reader_means: tuple[float, ...]
    dropped: int

    def form(self, name: str) -> Estimate:
        """The form of that name; KeyError for another."""
        return {one.statistic: one for one in self.forms}[name]


def intraclass(rows: Sequence[Sequence[float | None]], level: float = 0.95) -> Intraclass:
    """The six correlations of targets × judges; a target with a missing read is dropped, and counted.

    Raises ValueError for rows of different lengths and for values that are not finite.
    """
    if len({len(row) for row in rows}) > 1 or not all(
        np.isfinite([x for row in rows for x in row if x is not None])
    ):
        raise ValueError("Measurements are rows of the same length, finite, None where one is missing.")
    whole = np.array([row for row in rows if None not in row], float)
    missing, dropped = sum(list(row).count(None) for row in rows), len(rows) - len(whole)
    if len(whole) < 2 or whole.shape[1] < 2:
        return Intraclass(_none(len(whole), missing, TOO_SMALL), None, (), dropped)
    found, means = mean_squares(whole), tuple(whole.mean(0).tolist())
    if np.ptp(whole) == 0:
        return Intraclass(_none(len(whole), missing, NO_VARIATION), found, means, dropped)
    return Intraclass(tuple(_estimate(name, found, missing, level) for name in NAMES), found, means, dropped)


def mean_squares(values: Floats) -> MeanSquares:
    """Between targets, within targets, between judges and residual mean squares of a full table."""
    n, k = values.shape
    centred = values - values.mean()
    target, judge = centred.mean(1, keepdims=True), centred.mean(0, keepdims=True)
    return MeanSquares(
        n,
        k,
        bms=float(k * (target**2).sum() / (n - 1)),
        wms=float(((centred - target) ** 2).sum() / (n * (k - 1))),
        jms=float(n * (judge**2).sum() / (k - 1)),
        ems=float(((centred - target - judge) ** 2).sum() / ((n - 1) * (k - 1))),
    )


def _estimate(name: str, ms: MeanSquares, missing: int, level: float) -> Estimate:
    kind, mean = int(name[4]), name[6] == "k"
    value = _single(kind, ms)
    if value is None or (mean and _has_no_mean(value, ms.k)):
        return Estimate(name, ms.n, missing, reason=NO_VARIATION if value is None else SAME_MEANS)
    error = ms.wms if kind == 1 else ms.ems
    if error <= TINY * max(ms.bms, ms.jms):
        return Estimate(name, ms.n, missing, _of_mean(value, ms.k, mean), interval_reason=NO_ERROR)
    single = BOUNDS[kind](ms, level)
    if single is None:
        return Estimate(name, ms.n, missing, _of_mean(value, ms.k, mean), interval_reason=NO_DEGREES)
    if mean and any(_has_no_mean(bound, ms.k) for bound in single):
        return Estimate(name, ms.n, missing, _of_mean(value, ms.k, mean), interval_reason=SAME_MEANS)
    low, high = (_of_mean(bound, ms.k, mean) for bound in single)
    method = f"F distribution ({'Shrout & Fleiss 1979' if kind != 2 else 'McGraw & Wong 1996, table 7'})"
    return Estimate(
        name, ms.n, missing, _of_mean(value, ms.k, mean), interval=Interval(low, high, method, level)
    )


def _single(kind: int, ms: MeanSquares) -> float | None:
    """ICC(kind, 1), Shrout & Fleiss p. 423–424; None where nothing varies between the targets and within."""
    error = ms.wms if kind == 1 else ms.ems
    readers = ms.k * (ms.jms - ms.ems) / ms.n if kind == 2 else 0.0
    all_of_it = ms.bms + (ms.k - 1) * error + readers
    # What is left of a difference of equal squares is rounding, and depends on the order of the rows.
    rounding = TINY * max(ms.bms, ms.wms, ms.jms, ms.ems)
    return (ms.bms - error) / all_of_it if all_of_it > rounding else None


def _has_no_mean(single: float, k: int) -> bool:
    """Whether one judge's value is the lowest there can be, −1/(k−1): the mean's would lie at −∞."""
    return 1 + (k - 1) * single <= LEAST


def _of_mean(single: float, k: int, mean: bool) -> float:
    """The reliability of the mean of k judges from that of one: Spearman–Brown."""
    return k * single / (1 + (k - 1) * single) if mean else single


def _one_way(ms: MeanSquares, level: float) -> tuple[float, float]:
    return _f_bounds(ms.bms / ms.wms, ms.n - 1, ms.n * (ms.k - 1), ms.k, level)


def _fixed(ms: MeanSquares, level: float) -> tuple[float, float]:
    return _f_bounds(ms.bms / ms.ems, ms.n - 1, (ms.n - 1) * (ms.k - 1), ms.k, level)


def _f_bounds(ratio: float, above: int, below: int, k: int, level: float) -> tuple[float, float]:
    p = 0.5 + level / 2
    low, high = ratio / f_quantile(p, above, below), ratio * f_quantile(p, below, above)
    return (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)


def _two_way(ms: MeanSquares, level: float) -> tuple[float, float] | None:
    """With Satterthwaite's degrees of freedom v for the mean square of judges and error together; None without."""
    n, k, p = ms.n, ms.k, 0.5 + level / 2
    single = _single(2, ms) or 0.0
    a, b = k * single / (n * (1 - single)), 1 + k * single * (n - 1) / (n * (1 - single))
    parts = (a * ms.jms) ** 2 / (k - 1) + (b * ms.ems) ** 2 / ((n - 1) * (k - 1))
    if parts <= (TINY * max(ms.jms, ms.ems)) ** 2:
        return None
    v = (a * ms.jms + b * ms.ems) ** 2 / parts
    upper, lower = f_quantile(p, n - 1, v), f_quantile(p, v, n - 1)
    rest = k * ms.jms + (k * n - k - n) * ms.ems
    low = n * (ms.bms - upper * ms.ems) / (upper * rest + n * ms.bms)
    return low, n * (lower * ms.bms - ms.ems) / (rest + n * lower * ms.bms)


def _none(n: int, missing: int, reason: str) -> tuple[Estimate, ...]:
    return tuple(Estimate(name, n, missing, reason=reason) for name in NAMES)


TINY = 1e-12
LEAST = 1e-9
NAMES = ("ICC(1,1)", "ICC(2,1)", "ICC(3,1)", "ICC(1,k)", "ICC(2,k)", "ICC(3,k)")
BOUNDS = {1: _one_way, 2: _two_way, 3: _fixed}
