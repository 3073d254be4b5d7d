"""An interval as a small picture: places on a line from −0.25 to 1, in hundredths of its width."""

from dataclasses import dataclass
from typing import Any

LOWEST, HIGHEST = -0.25, 1.0


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a value, the ends of its interval, zero and a bound lie on the line, 0 to 100; None: not there."""

    value: float
    low: float | None
    high: float | None
    zero: float
    bound: float | None

    @property
    def width(self) -> float:
        """How long the interval is."""
        return 0.0 if self.low is None or self.high is None else round(self.high - self.low, 2)


def interval_of(statistic: dict[str, Any] | None, bound: str | None = None) -> Interval | None:
    """The picture of a statistic between −1 and 1; None where it has no value or another scale."""
    if statistic is None or statistic["value"] is None or not -1 <= statistic["value"] <= 1:
        return None
    low, high = statistic["ci95"] or (None, None)
    return Interval(
        _place(statistic["value"]),
        None if low is None else _place(low),
        None if high is None else _place(high),
        _place(0),
        None if bound is None else _place(float(bound)),
    )


def _place(value: float) -> float:
    inside = min(max(value, LOWEST), HIGHEST)
    return round(100 * (inside - LOWEST) / (HIGHEST - LOWEST), 2)
