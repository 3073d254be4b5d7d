"""The coefficients of one table side by side: no single one of them tells enough."""

from dataclasses import asdict
from typing import Any

from workflow.agreement.chance import MOST
from workflow.agreement.cohen import cohen_kappa
from workflow.agreement.distances import Level
from workflow.agreement.fleiss import fleiss_kappa
from workflow.agreement.gwet import gwet_ac1, gwet_ac2
from workflow.agreement.krippendorff import krippendorff_alpha
from workflow.agreement.percent import observed_agreement
from workflow.agreement.resampling import Resampling
from workflow.agreement.results import Estimate
from workflow.agreement.tables import Table


def estimates(table: Table, level: Level, weighting: str | None, how: Resampling) -> tuple[Estimate, ...]:
    """Percent agreement, α at its level, Fleiss' κ, AC1 (with weights AC2) and, for two readers, Cohen's κ.

    Weights apply to every coefficient that takes them: both kappas and AC2.
    """
    weights = weighting or "identity"
    found = [
        observed_agreement(table, how),
        krippendorff_alpha(table, level, how),
        fleiss_kappa(table, weights, how),
        gwet_ac2(table, weights, how) if weighting else gwet_ac1(table, how),
    ]
    if table.n_readers == 2:
        found.append(cohen_kappa(table, weights, how))
    return tuple(found)


def as_json(table: Table, found: tuple[Estimate, ...]) -> dict[str, Any]:
    """One object: each value with its interval beside it, and under `details` how each was made."""
    out: dict[str, Any] = {"n_units": table.n_cases, "n_readers": table.n_readers, "missing": table.missing}
    for one in found:
        between = one.interval
        out |= {one.statistic: one.value, f"{one.statistic}_ci95": between and [between.low, between.high]}
    prevalence = [{"value": value, "share": share} for value, share in _prevalence(table)]
    return out | {"prevalence": prevalence, "details": {one.statistic: _detail(one) for one in found}}


def _prevalence(table: Table) -> list[tuple[Any, float]]:
    reads = sum(number for _, number in table.marginals)
    if not reads or len(table.categories) > MOST:
        return []
    return [(value, number / reads) for value, number in table.marginals]


def _detail(one: Estimate) -> dict[str, Any]:
    kept = ("n", "reason", "observed", "expected", "se", "interval", "interval_reason", "analytic")
    return {name: value for name, value in asdict(one).items() if name in kept and value is not None}
