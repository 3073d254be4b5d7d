"""Cohen's κ: two named readers, each with their own shares; plain or weighted."""

from dataclasses import replace
from math import sqrt

import numpy as np

from workflow.agreement.chance import TINY, kappa, undefined
from workflow.agreement.exact import normal
from workflow.agreement.resampling import Resampling, with_interval
from workflow.agreement.results import ONE_VALUE, Estimate, Interval
from workflow.agreement.tables import Codes, Floats, Table, among, totals
from workflow.agreement.weights import Weighting, weight_matrix

NOT_TWO = "Cohen's kappa compares two readers: take two, or Fleiss' kappa."


def cohen_kappa(table: Table, weighting: Weighting = "identity", how: Resampling | None = None) -> Estimate:
    """κ (Cohen 1960, Educ Psychol Meas 20:37) or weighted κ (Cohen 1968) over the cases that both read.

    se and analytic: the large-sample variance of Fleiss, Cohen & Everitt (1969), with normal quantiles.
    """
    how, both = how or Resampling(), table.pairable
    n, reason = int(both.sum()), NOT_TWO if table.n_readers != 2 else undefined(table)
    made = Estimate("cohen_kappa", n, table.missing, reason=reason, marginals=table.marginals)
    if reason:
        return made
    weights, codes = weight_matrix(table.categories, weighting), table.codes[both]

    def coefficient(times: Floats) -> Floats:
        return kappa(*agreement(codes, weights, among(times, both)))

    observed, expected = (float(one[0]) for one in agreement(codes, weights, np.ones((1, n))))
    made = replace(made, observed=observed, expected=expected)
    if not 1 - expected > TINY:
        return replace(made, reason=ONE_VALUE)
    value = (observed - expected) / (1 - expected)
    made = replace(made, value=1.0 if table.unanimous else value)
    if not table.unanimous:
        se = large_sample_se(joint_shares(codes, len(weights)), weights, n)
        method = "large-sample variance (Fleiss, Cohen & Everitt 1969), normal"
        made = replace(made, se=se, analytic=Interval(*normal(value, se, how.level), method, how.level))
    return with_interval(made, table, coefficient, (1 - float(weights.min())) / (1 - expected), how)


def large_sample_se(shares: Floats, weights: Floats, n: int) -> float:
    """√ of the variance of κ, not assuming κ = 0 (Fleiss, Cohen & Everitt 1969, Psychol Bull 72:323, eq. 9).

    shares: the joint shares p_ij, (categories, categories), of n cases.
    """
    row, column = shares.sum(1), shares.sum(0)
    observed, expected = float((weights * shares).sum()), float(row @ weights @ column)
    mean = (weights @ column)[:, None] + (row @ weights)[None, :]
    spread = float((shares * (weights * (1 - expected) - mean * (1 - observed)) ** 2).sum())
    variance = spread - (observed * expected - 2 * expected + observed) ** 2
    return sqrt(max(variance, 0.0) / n) / (1 - expected) ** 2


def joint_shares(codes: Codes, size: int) -> Floats:
    """The contingency table as shares, (categories, categories), of codes (cases, 2) without gaps."""
    cells = np.bincount(codes[:, 0] * size + codes[:, 1], minlength=size * size)
    return np.asarray(cells.reshape(size, size) / len(codes), float)


def agreement(codes: Codes, weights: Floats, times: Floats) -> tuple[Floats, Floats]:
    """Observed and expected agreement, (draws,) each, when case i counts times[draw, i] times.

    Expected: Σ_ij w_ij p_i. p_.j, each reader with their own shares (Cohen 1968, eq. 8).
    """
    with np.errstate(invalid="ignore"):
        times = times / times.sum(1, keepdims=True)
    first, second = (totals(codes[:, [reader]], times, len(weights)) for reader in (0, 1))
    return times @ weights[codes[:, 0], codes[:, 1]], ((first @ weights) * second).sum(1)
