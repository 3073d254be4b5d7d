"""Two methods or readers that measure the same: bias, limits of agreement, repeatability."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

from workflow.agreement.exact import student
from workflow.agreement.results import Interval

TOO_FEW = "Limits of agreement need two cases that both measured."
NO_SPREAD = "The differences do not vary: there is nothing to estimate an interval from."


@dataclass(frozen=True, slots=True)
class Limits:
    """Bias (first − second), standard deviation of the differences, limits bias ± multiplier · sd."""

    n: int
    missing: int
    multiplier: float
    means: tuple[float, float] | None = None
    bias: float | None = None
    sd: float | None = None
    lower: float | None = None
    upper: float | None = None
    bias_interval: Interval | None = None
    lower_interval: Interval | None = None
    upper_interval: Interval | None = None
    reason: str | None = None


def bland_altman(
    first: Sequence[float | None],
    second: Sequence[float | None],
    multiplier: float = 1.96,
    level: float = 0.95,
) -> Limits:
    """Bias and limits with their intervals (Bland & Altman 1986, Lancet i:307; 1999, Stat Methods Med Res 8:135).

    The standard error of a limit is sd · √((1 + z²/2) / n), z the multiplier: with z = 1.96 the 1.71 sd/√n of
    1999 (p. 142), with z = 2 the √(3 sd²/n) of 1986. Intervals use t with n − 1 degrees of freedom.
    Raises ValueError when the two sequences differ in length.
    """
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if a is not None and b is not None]
    n, missing = len(pairs), sum(list(side).count(None) for side in (first, second))
    if n < 2:
        return Limits(n, missing, multiplier, reason=TOO_FEW)
    differences = [a - b for a, b in pairs]
    bias, sd, means = (
        fmean(differences),
        stdev(differences),
        (fmean(a for a, _ in pairs), fmean(b for _, b in pairs)),
    )
    lower, upper = bias - multiplier * sd, bias + multiplier * sd
    if sd == 0:
        return Limits(n, missing, multiplier, means, bias, sd, lower, upper, reason=NO_SPREAD)
    at_bias, at_limit = sd / sqrt(n), sd * sqrt((1 + multiplier**2 / 2) / n)

    def around(value: float, se: float) -> Interval:
        return Interval(*student(value, se, n - 1, level), "Bland & Altman 1999, Student's t", level)

    return Limits(
        n, missing, multiplier, means, bias, sd, lower, upper,
        around(bias, at_bias), around(lower, at_limit), around(upper, at_limit),
    )  # fmt: skip


def within_sd(repeats: Sequence[Sequence[float]]) -> float | None:
    """The within-case standard deviation of repeated measurements; None without a case measured twice.

    s_w² is the mean square within cases of a one-way analysis of variance (Bland & Altman 1999, p. 144).
    """
    twice = [case for case in repeats if len(case) > 1]
    if not twice:
        return None
    squares = sum(sum((x - fmean(case)) ** 2 for x in case) for case in twice)
    return sqrt(squares / sum(len(case) - 1 for case in twice))


def repeatability(repeats: Sequence[Sequence[float]], multiplier: float = 1.96) -> float | None:
    """z · √2 · s_w: 95 % of two measurements by one reader differ by less (z = 2 in the paper of 1986)."""
    spread = within_sd(repeats)
    return None if spread is None else multiplier * sqrt(2) * spread
