"""Fleiss' κ: many interchangeable readers, chance from the shares that all of them gave together."""

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from workflow.agreement.chance import corrected
from workflow.agreement.resampling import Resampling
from workflow.agreement.results import Estimate
from workflow.agreement.tables import Floats, Table
from workflow.agreement.weights import Weighting


@dataclass(frozen=True, slots=True, eq=False)
class PooledChance:
    """p_e = Σ_kl w_kl π_k π_l (Fleiss 1971, Psychol Bull 76:378, eq. 6; weighted: Gwet 2014, ch. 3)."""

    weights: Floats

    def expected(self, shares: Floats) -> Floats:
        """p_e of each draw."""
        return np.asarray(((shares @ self.weights) * shares).sum(1))

    def per_case(self, shares: Floats, overall: Floats) -> Floats:
        """Each case's part: its shares against all shares, the weights made symmetric."""
        return np.asarray(shares @ ((self.weights + self.weights.T) / 2 @ overall))


def fleiss_kappa(table: Table, weighting: Weighting = "identity", how: Resampling | None = None) -> Estimate:
    """Fleiss' κ (1971, eq. 7), generalised to missing reads and weights as in Gwet (2014).

    Two readers: Scott's π. se: Gwet's linearised variance, not the variance of 1971, which is wrong.
    """
    return corrected("fleiss_kappa", table, weighting, PooledChance, how or Resampling())


def fleiss_per_category(table: Table, how: Resampling | None = None) -> tuple[Estimate, ...]:
    """κ of each category against all others (Fleiss 1971, eq. 18; equal to κ of the collapsed table)."""
    found = []
    for code, category in enumerate(table.categories):
        collapsed = np.where(table.codes < 0, table.codes, (table.codes == code).astype(np.int64))
        one = fleiss_kappa(Table(collapsed, (f"not {category}", category)), how=how)
        found.append(replace(one, statistic=f"fleiss_kappa of {category}"))
    return tuple(found)


def fleiss_null_se(table: Table) -> float | None:
    """The standard error of κ if readers only guess (Fleiss, Nee & Landis 1979, Psychol Bull 86:974, eq. 12).

    For a test of κ = 0, never for an interval. None where cases differ in reads, or all reads are alike.
    """
    reads = set(table.reads.tolist())
    if len(reads) != 1 or (m := reads.pop()) < 2:
        return None
    share = table.counts().sum(0) / (table.n_cases * m)
    spread = float((share * (1 - share)).sum())
    if spread <= 0:
        return None
    skew = float((share * (1 - share) * (1 - 2 * share)).sum())
    return sqrt(2 * (spread**2 - skew)) / (spread * sqrt(table.n_cases * m * (m - 1)))
