"""Means and ratios over cases with intervals from drawing patients; exact where every case is the same."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from workflow.agreement.resampling import Resampling, exact, percentile
from workflow.agreement.results import Estimate, Interval
from workflow.agreement.tables import Floats

BY_DESIGN = "fixed by the design"
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """The cases that enter: how many of the project's cases each stands for, (cases,), and how to draw patients."""

    weights: Floats
    how: Resampling

    @property
    def n(self) -> int:
        """How many cases enter."""
        return len(self.weights)

    def mean(self, name: str, values: Floats, ends: tuple[float, float]) -> Estimate:
        """The weighted mean of values that lie between `ends`, (cases,)."""
        low, high = ends
        whole = self.weights * values
        made = Estimate(name, self.n, 0, float(whole.sum() / self.weights.sum()))
        if low == high:
            return replace(made, value=low, interval=Interval(low, low, BY_DESIGN, self.how.level))
        for end, share in ((low, 0), (high, 1)):
            if (values == end).all():
                bound = exact(np.ones(self.n, bool), share, self.how)
                least, most = (low + (high - low) * at for at in (bound.low, bound.high))
                return replace(made, value=end, interval=replace(bound, low=least, high=most))
        return self.drawn(made, lambda times: _ratio(times @ whole, times @ self.weights))

    def drawn(self, made: Estimate, statistic: Callable[[Floats], Floats]) -> Estimate:
        """An estimate with the percentile interval of a statistic of the weights of the draws."""
        found = percentile(statistic, self.n, self.how)
        return (
            replace(made, interval_reason=found) if isinstance(found, str) else replace(made, interval=found)
        )

    def share(self, name: str, part: Floats, whole: Floats) -> Estimate:
        """Σ part / Σ whole, (cases,) each; exact over the patients that enter where the share is 0 or 1."""
        part, whole = self.weights * part, self.weights * whole
        value = float(part.sum() / whole.sum())
        made = Estimate(name, int((whole > 0).sum()), 0, value)
        if value in (0, 1):
            return replace(made, interval=exact(whole > 0, int(value), self.how))
        return self.drawn(made, lambda times: _ratio(times @ part, times @ whole))


def none(name: str, n: int, reason: str) -> Estimate:
    """A quantity that these reads do not tell, and why."""
    return Estimate(name, n, 0, reason=reason)


def scaled(one: Estimate, name: str, factor: float, offset: float = 0.0) -> Estimate:
    """offset + factor × an estimate, its interval with it; factor is zero or more."""
    if one.value is None:
        return replace(one, statistic=name)
    between = one.interval and replace(
        one.interval, low=offset + factor * one.interval.low, high=offset + factor * one.interval.high
    )
    return replace(one, statistic=name, value=offset + factor * one.value, interval=between)


def plain(one: Estimate) -> dict[str, object]:
    """An estimate as plain values, for JSON."""
    between = one.interval
    return {
        "value": one.value,
        "ci95": None if between is None else [between.low, between.high],
        "n": one.n,
        "reason": one.reason or one.interval_reason,
        "method": None if between is None else between.method,
    }


def _ratio(part: Floats, whole: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(part / whole)
