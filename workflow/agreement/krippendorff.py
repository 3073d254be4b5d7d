"""Krippendorff's α: any number of readers, missing reads, any level of measurement, sets.

Krippendorff (2011), Computing Krippendorff's Alpha-Reliability: α = 1 − D_o / D_e, over cases of two reads
or more; case u has m_u reads and adds Σ_{pairs} δ² / (m_u − 1) to the observed disagreement (p. 3, 6).
"""

import numpy as np

from workflow.agreement.disagreement import Disagreement, FixedDisagreement, RankDisagreement
from workflow.agreement.distances import Distance, Level, distance_matrix
from workflow.agreement.resampling import Resampling, with_interval
from workflow.agreement.results import NO_PAIRS, ONE_VALUE, Estimate
from workflow.agreement.tables import Floats, Table, among, positions

NEGATIVE = "Ratios need values of zero or more."


def krippendorff_alpha(table: Table, level: Level | Distance, how: Resampling | None = None) -> Estimate:
    """α of a table at a level of measurement, or under a distance of one's own (`jaccard` for sets).

    n counts the cases with two reads or more: no other enters. observed and expected are D_o and D_e.
    Undefined (None with a reason) where all reads are alike, or no case has two.
    """
    n, missing, marginals = int(table.pairable.sum()), table.missing, table.marginals
    if not n:
        return Estimate("krippendorff_alpha", n, missing, reason=NO_PAIRS, marginals=marginals)
    if level == "ratio" and positions(table.categories).min() < 0:
        return Estimate("krippendorff_alpha", n, missing, reason=NEGATIVE, marginals=marginals)
    parts = disagreement(table, level)

    def coefficient(times: Floats) -> Floats:
        observed, expected = parts.both(among(times, table.pairable))
        return 1 - observed / expected

    observed, expected = (float(one[0]) for one in parts.both(np.ones((1, n))))
    if not expected > 0:
        return Estimate("krippendorff_alpha", n, missing, reason=ONE_VALUE, marginals=marginals)
    value = 1 - observed / expected
    made = Estimate(
        "krippendorff_alpha", n, missing, value, marginals=marginals, observed=observed, expected=expected
    )
    return with_interval(made, table, coefficient, parts.largest() / expected, how or Resampling())


def disagreement(table: Table, level: Level | Distance) -> Disagreement:
    """The parts of D_o and D_e of a table's pairable cases."""
    codes, at = table.codes[table.pairable], positions(table.categories)
    if callable(level):
        return FixedDisagreement.of(codes, at, distance_matrix(table.categories, level))
    if level == "ordinal":
        return RankDisagreement.of(codes, len(at))
    return FixedDisagreement.of(codes, np.arange(len(at), dtype=float) if level == "nominal" else at, level)
