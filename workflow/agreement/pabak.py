"""Brennan–Prediger's coefficient; with two categories it is PABAK, κ adjusted for prevalence and bias."""

from dataclasses import dataclass

import numpy as np

from workflow.agreement.chance import corrected
from workflow.agreement.resampling import Resampling
from workflow.agreement.results import Estimate
from workflow.agreement.tables import Floats, Table
from workflow.agreement.weights import Weighting


@dataclass(frozen=True, slots=True, eq=False)
class EvenChance:
    """p_e = T_w / q²: as if every category were equally likely; 1/q without weights."""

    share: float

    def expected(self, shares: Floats) -> Floats:
        """p_e of each draw: always the same."""
        return np.full(len(shares), self.share)

    def per_case(self, shares: Floats, overall: Floats) -> Floats:
        """Each case's part: always the same."""
        return np.full(len(shares), self.share)


def pabak(table: Table, weighting: Weighting = "identity", how: Resampling | None = None) -> Estimate:
    """(p_a − 1/q) / (1 − 1/q) (Brennan & Prediger 1981); 2 p_a − 1 for q = 2 (Byrt, Bishop & Carlin 1993).

    q is the number of categories of the scale, used or not. se: Gwet's linearised variance.
    """
    return corrected(
        "pabak", table, weighting, lambda weights: EvenChance(float(weights.mean())), how or Resampling()
    )
