"""How many double-read cases a confidence interval of a wanted width needs."""

from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

from workflow.agreement.results import Estimate

METHOD = (
    "the width now, times the square root of the cases now over the cases then: the standard error of a mean over "
    "independent patients falls with 1/√n. It supposes further cases like these, as many to a patient"
)
ALL_ALIKE = "All cases agree so far, or none do: nothing is known yet of how they vary."
NO_VALUE = "The coefficient has no interval yet."


@dataclass(frozen=True, slots=True)
class Precision:
    """The width now and wanted, the cases now and needed in all; `needed` is None with a reason where unknown."""

    statistic: str
    wanted: float
    width: float | None = None
    cases: int = 0
    needed: int | None = None
    reason: str | None = None
    method: str = METHOD

    @property
    def further(self) -> int | None:
        """How many cases are still to be read twice."""
        return None if self.needed is None else max(0, self.needed - self.cases)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {**asdict(self), "further": self.further}


def cases_needed(estimate: Estimate, width: float) -> Precision:
    """How many cases the interval of an estimate needs to be at most `width` wide (upper less lower end).

    n′ = n (w / w′)², from the observed interval of n cases. Exact intervals of unanimous cases do not fall so, and
    give no answer. Raises ValueError for a width that is not above zero.
    """
    if not width > 0:
        raise ValueError("The width of an interval is above zero.")
    name, n = estimate.statistic, estimate.n
    if estimate.interval is None:
        return Precision(name, width, cases=n, reason=estimate.reason or estimate.interval_reason or NO_VALUE)
    now = estimate.interval.high - estimate.interval.low
    if estimate.interval.method.startswith("exact") or not now > 0:
        return Precision(name, width, now, n, reason=ALL_ALIKE)
    # Rounded first: a width that is already reached needs no case more by the last bit of a double.
    return Precision(name, width, now, n, ceil(round(n * (now / width) ** 2, 6)))
