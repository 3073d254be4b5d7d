"""What every statistic returns: a value or the reason why there is none, never nan and never a silent 0."""

from dataclasses import dataclass
from typing import Any

NO_PAIRS = "No case has two reads."
ONE_VALUE = "Every read gives the same value: there is nothing that chance could not explain."
ONE_PATIENT = "Only one patient: there is nothing to resample."
NEVER_DEFINED = "The coefficient is undefined in every resample."


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval and how it was made; `undefined_draws` resamples had no value and were left out."""

    low: float
    high: float
    method: str
    level: float = 0.95
    undefined_draws: int = 0


@dataclass(frozen=True, slots=True)
class Estimate:
    """One statistic of one table.

    n: cases that entered. missing: missing reads in the whole table. marginals: reads per category.
    observed, expected: observed and chance agreement (for α: disagreement), where the statistic has them.
    interval: by resampling patients, or exact where every case is unanimous. se, analytic: the paper's own.
    """

    statistic: str
    n: int
    missing: int
    value: float | None = None
    reason: str | None = None
    interval: Interval | None = None
    interval_reason: str | None = None
    marginals: tuple[tuple[Any, int], ...] = ()
    observed: float | None = None
    expected: float | None = None
    se: float | None = None
    analytic: Interval | None = None

    @property
    def prevalence(self) -> tuple[tuple[Any, float], ...]:
        """The share of reads that gave each category; empty without a read."""
        reads = sum(number for _, number in self.marginals)
        return tuple((category, number / reads) for category, number in self.marginals) if reads else ()
