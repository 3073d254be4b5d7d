"""Gwet's AC1 and AC2: chance agreement that stays small when one category is rare."""

from dataclasses import dataclass, replace

import numpy as np

from workflow.agreement.chance import corrected
from workflow.agreement.resampling import Resampling
from workflow.agreement.results import Estimate
from workflow.agreement.tables import Floats, Table
from workflow.agreement.weights import Weighting


@dataclass(frozen=True, slots=True, eq=False)
class GwetChance:
    """p_e = T_w / (q (q − 1)) · Σ_k π_k (1 − π_k), T_w the sum of the weights (Gwet 2008, eq. 19; 2014, ch. 3)."""

    factor: float

    def expected(self, shares: Floats) -> Floats:
        """p_e of each draw."""
        return np.asarray(self.factor * (shares * (1 - shares)).sum(1))

    def per_case(self, shares: Floats, overall: Floats) -> Floats:
        """Each case's part."""
        return np.asarray(self.factor * (shares * (1 - overall)).sum(1))


def gwet_ac1(table: Table, how: Resampling | None = None) -> Estimate:
    """AC1 (Gwet 2008, Br J Math Stat Psychol 61:29): any number of readers, missing reads, variance eq. 26.

    It depends on the number of categories q of the scale: declare them in the table if some went unused.
    """
    return replace(gwet_ac2(table, "identity", how), statistic="gwet_ac1")


def gwet_ac2(table: Table, weighting: Weighting, how: Resampling | None = None) -> Estimate:
    """AC2 (Gwet 2014, ch. 3 and 5): AC1 with weights for ordered categories."""
    return corrected("gwet_ac2", table, weighting, _chance, how or Resampling())


def _chance(weights: Floats) -> GwetChance:
    q = len(weights)
    return GwetChance(float(weights.sum()) / (q * (q - 1)))
