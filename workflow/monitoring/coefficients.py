"""The coefficient that a protocol fixes for a field, over some cases of its series."""

from collections.abc import Sequence

from workflow.agreement.fleiss import fleiss_kappa
from workflow.agreement.gwet import gwet_ac1, gwet_ac2
from workflow.agreement.icc import intraclass
from workflow.agreement.krippendorff import krippendorff_alpha
from workflow.agreement.resampling import Resampling
from workflow.agreement.results import Estimate
from workflow.monitoring.series import Coefficient, PlannedCase, Series, table_of

NAMES: dict[Coefficient, str] = {"alpha": "α", "kappa": "κ", "ac1": "AC1", "ac2": "AC2", "icc": "ICC(1,1)"}


def coefficient_of(cases: Sequence[PlannedCase], series: Series, level: float, seed: int = 1) -> Estimate:
    """The series' coefficient with its interval at a confidence level: by drawing patients, of an ICC by F."""
    if series.coefficient == "icc":
        return _icc(cases, level)
    table = table_of(cases, series.categories)
    how = Resampling(seed=seed, level=level, patients=tuple(case.patient for case in cases))
    weighting = "identity" if series.level == "nominal" else "quadratic"
    match series.coefficient:
        case "kappa":
            return fleiss_kappa(table, weighting, how)
        case "ac1":
            return gwet_ac1(table, how)
        case "ac2":
            return gwet_ac2(table, weighting, how)
    return krippendorff_alpha(table, series.level, how)


def _icc(cases: Sequence[PlannedCase], level: float) -> Estimate:
    """ICC(1,1), as readers differ from case to case; cases with fewer reads than others are dropped."""
    most = max((len(case.given) for case in cases), default=0)
    rows = [[float(value) for value in case.given.values()] for case in cases]
    return intraclass([[*row, *[None] * (most - len(row))] for row in rows], level).form("ICC(1,1)")
