"""What Fleiss' κ, Gwet's AC1/AC2 and Brennan–Prediger share: observed agreement, corrected by some chance.

Notation of Gwet (2014, Handbook of Inter-Rater Reliability, ch. 2, 3 and 5): r_ik reads of case i gave
category k, r_i reads in all; n cases have a read, n′ of them two or more; w_kl are agreement weights and
r*_ik = Σ_l w_kl r_il. The equations:

    p_a = (1/n′) Σ_{r_i ≥ 2} Σ_k r_ik (r*_ik − 1) / (r_i (r_i − 1))
    π_k = (1/n) Σ_i r_ik / r_i
    κ   = (p_a − p_e) / (1 − p_e)

Missing reads need no imputation: a case with one read enters π, not p_a. With the same number of reads
everywhere and identity weights these are the estimators of Fleiss (1971).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from workflow.agreement.exact import standard_error, student
from workflow.agreement.resampling import Resampling, with_interval
from workflow.agreement.results import NO_PAIRS, ONE_VALUE, Estimate, Interval
from workflow.agreement.tables import Floats, Table
from workflow.agreement.weights import Weighting, weight_matrix

TINY = 1e-12
MOST = 500
TOO_MANY = f"More than {MOST} different values: a coefficient of categories says nothing of measurements."


class Chance(Protocol):
    """A model of chance agreement."""

    def expected(self, shares: Floats) -> Floats:
        """p_e from the shares of the categories, (draws, categories) → (draws,)."""

    def per_case(self, shares: Floats, overall: Floats) -> Floats:
        """Each case's part in p_e, for the variance: (cases, categories), (categories,) → (cases,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """The parts of each case: agreement p_a|i (0 without two reads), shares r_ik / r_i (0 without a read)."""

    agreeing: Floats
    pairable: Floats
    shares: Floats
    rated: Floats

    @classmethod
    def of(cls, table: Table, weights: Floats) -> "Ratings":
        """The parts of each case of a table under agreement weights (categories, categories)."""
        counts, reads = table.counts(), table.reads.astype(float)
        pairs = np.where(reads >= 2, reads * (reads - 1), 1)
        # Written with Σ_k w_kk r_ik, which is r_i for any weights that are 1 on the diagonal.
        alike = ((counts @ weights.T) * counts).sum(1) - counts @ np.diag(weights)
        agreeing = np.where(reads >= 2, alike / pairs, 0.0)
        shares = counts / np.maximum(reads, 1)[:, None]
        return cls(agreeing, (reads >= 2).astype(float), shares, (reads >= 1).astype(float))

    def observed(self, times: Floats) -> Floats:
        """p_a when case i counts times[draw, i] times, (draws,); nan where no case has two reads."""
        with np.errstate(invalid="ignore"):
            return np.asarray((times @ self.agreeing) / (times @ self.pairable))

    def overall(self, times: Floats) -> Floats:
        """π when case i counts times[draw, i] times, (draws, categories)."""
        with np.errstate(invalid="ignore"):
            return np.asarray((times @ self.shares) / (times @ self.rated)[:, None])


def corrected(
    name: str, table: Table, weighting: Weighting, chance_of: Callable[[Floats], Chance], how: Resampling
) -> Estimate:
    """The coefficient with its variance, its t interval and its interval by resampling.

    chance_of makes the model of chance from the agreement weights, (categories, categories).
    """
    reason = undefined(table)
    n, marginals = int((table.reads >= 1).sum()), table.marginals
    if reason:
        return Estimate(name, n, table.missing, reason=reason, marginals=marginals)
    weights = weight_matrix(table.categories, weighting)
    ratings, chance = Ratings.of(table, weights), chance_of(weights)

    def coefficient(times: Floats) -> Floats:
        return kappa(ratings.observed(times), chance.expected(ratings.overall(times)))

    once = np.ones((1, table.n_cases))
    observed, expected = ratings.observed(once)[0], chance.expected(ratings.overall(once))[0]
    made = Estimate(
        name, n, table.missing, marginals=marginals, observed=float(observed), expected=float(expected)
    )
    if not 1 - expected > TINY:
        return replace(made, reason=ONE_VALUE)
    value = float(coefficient(once)[0])
    se = None if table.unanimous or n < 2 else linearised_se(ratings, chance, value, made.expected or 0.0)
    analytic = None if se is None else t_interval(value, se, n, how.level)
    worst = (1 - float(weights.min())) / (1 - float(expected))
    return with_interval(replace(made, value=value, se=se, analytic=analytic), table, coefficient, worst, how)


def undefined(table: Table) -> str | None:
    """Why no coefficient of categories exists for a table, whatever its model of chance."""
    if len(table.categories) > MOST:
        return TOO_MANY
    if not table.pairable.any():
        return NO_PAIRS
    return ONE_VALUE if len(table.categories) < 2 else None


def kappa(observed: Floats, expected: Floats) -> Floats:
    """(p_a − p_e) / (1 − p_e), nan where chance explains everything; 1 exactly where p_a is."""
    return np.asarray(1 - (1 - observed) / np.where(1 - expected > TINY, 1 - expected, np.nan))


def linearised_se(ratings: Ratings, chance: Chance, value: float, expected: float) -> float:
    """√v of Gwet (2008, Br J Math Stat Psychol 61:29, eq. 26; 2014, ch. 5), sampling fraction f = 0:

    v = Σ_i (κ*_i − κ)² / (n (n − 1)), κ*_i = κ_i − 2 (1 − κ)(p_e|i − p_e) / (1 − p_e) and
    κ_i = (n/n′)(p_a|i − p_e) / (1 − p_e), which is 0 for a case without two reads.
    """
    n, pairable = ratings.rated.sum(), ratings.pairable.sum()
    overall = ratings.shares.sum(0) / n
    own = (n / pairable) * (ratings.agreeing - expected * ratings.pairable) / (1 - expected)
    part = chance.per_case(ratings.shares, overall)
    pseudo = own - 2 * (1 - value) * (part - expected) / (1 - expected)
    return standard_error(float((((pseudo - value) ** 2) * ratings.rated).sum()), int(n))


def t_interval(value: float, se: float, n: int, level: float) -> Interval:
    """value ± t(n − 1) · se, cut at 1."""
    low, high = student(value, se, n - 1, level)
    return Interval(low, min(1.0, high), "linearised variance (Gwet), Student's t", level)
