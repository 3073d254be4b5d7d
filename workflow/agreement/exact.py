"""Exact and quantile-based intervals: Clopper–Pearson, normal, Student."""

from math import sqrt
from statistics import NormalDist

from workflow.agreement.results import Interval


def clopper_pearson(successes: int, trials: int, level: float = 0.95) -> Interval:
    """The exact two-sided interval of a proportion (Clopper & Pearson 1934, Biometrika 26:404)."""
    if not 0 <= successes <= trials or trials < 1:
        raise ValueError("A proportion needs at least one trial, and no more successes than trials.")
    tail = (1 - level) / 2
    low = 0.0 if successes == 0 else _beta(tail, successes, trials - successes + 1)
    high = 1.0 if successes == trials else _beta(1 - tail, successes + 1, trials - successes)
    return Interval(low, high, "exact (Clopper–Pearson)", level)


def student(value: float, se: float, df: float, level: float = 0.95) -> tuple[float, float]:
    """value ± t(df) · se."""
    half = t_quantile(0.5 + level / 2, df) * se
    return value - half, value + half


def normal(value: float, se: float, level: float = 0.95) -> tuple[float, float]:
    """value ± z · se."""
    half = NormalDist().inv_cdf(0.5 + level / 2) * se
    return value - half, value + half


def t_quantile(p: float, df: float) -> float:
    """The p quantile of Student's t with df degrees of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(df, p))


def f_quantile(p: float, numerator: float, denominator: float) -> float:
    """The p quantile of F; degrees of freedom need not be whole."""
    from scipy.special import fdtri

    return float(fdtri(numerator, denominator, p))


def standard_error(deviations: float, n: int) -> float:
    """√(Σ deviations² / (n (n − 1))), given the sum of squares."""
    return sqrt(deviations / (n * (n - 1)))


def _beta(p: float, a: float, b: float) -> float:
    # Closed where it can be, so that the unanimous case needs no scipy.
    if b == 1:
        return float(p ** (1 / a))
    if a == 1:
        return float(1 - (1 - p) ** (1 / b))
    from scipy.special import betaincinv

    return float(betaincinv(a, b, p))
