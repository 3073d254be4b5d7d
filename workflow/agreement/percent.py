"""Raw agreement: how often two reads of a case say the same. Says nothing of chance; never alone in a report."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from workflow.agreement.resampling import Resampling, share_with_interval
from workflow.agreement.results import NO_PAIRS, Estimate
from workflow.agreement.tables import MISSING, Floats, Table


@dataclass(frozen=True, slots=True)
class Percent:
    """Agreeing pairs of reads over all pairs, and over how many cases; `share` is None without a pair."""

    agreeing: int
    pairs: int
    cases: int

    @property
    def share(self) -> float | None:
        """The share of pairs that agree, 0 to 1."""
        return self.agreeing / self.pairs if self.pairs else None


def percent_agreement(
    cases: Sequence[Sequence[Any]], same: Callable[[Any, Any], bool] = lambda a, b: bool(a == b)
) -> Percent:
    """Pairwise agreement over cases, each the values of its reads; None stands for a missing value."""
    agreeing = pairs = counted = 0
    for values in cases:
        given = [value for value in values if value is not None]
        counted += len(given) > 1
        for a, b in combinations(given, 2):
            pairs += 1
            agreeing += same(a, b)
    return Percent(agreeing, pairs, counted)


def observed_agreement(table: Table, how: Resampling | None = None) -> Estimate:
    """The share of agreeing pairs of reads of a case, averaged over the cases that have two (Fleiss 1971, eq. 2).

    A case counts once, however many read it; `percent_agreement` pools the pairs instead. With the same
    number of reads everywhere they are equal.
    """
    share, paired = pair_shares(table)
    n = int(paired.sum())
    if not n:
        return Estimate("percent_agreement", n, table.missing, reason=NO_PAIRS, marginals=table.marginals)

    def mean(times: Floats) -> Floats:
        with np.errstate(invalid="ignore"):
            return np.asarray((times @ share) / (times @ paired))

    value = float(share.sum() / n)
    made = Estimate("percent_agreement", n, table.missing, value, marginals=table.marginals)
    return share_with_interval(made, paired > 0, mean, how or Resampling())


def specific_agreement(table: Table, how: Resampling | None = None) -> tuple[Estimate, ...]:
    """For each category: given that one read says it, how often another read of the case does too.

    Σ_i r_ik (r_ik − 1) / Σ_i r_ik (r_i − 1). Two readers and two categories: positive and negative agreement,
    2a / (2a + b + c) (Cicchetti & Feinstein 1990, J Clin Epidemiol 43:551).
    """
    how, reads, found = how or Resampling(), table.reads, []
    for code, (category, _) in enumerate(table.marginals):
        given = (table.codes == code).sum(1)
        found.append(_specific(table, category, given * (given - 1.0), given * (reads - 1.0), how))
    return tuple(found)


def pair_shares(table: Table) -> tuple[Floats, Floats]:
    """Each case's share of agreeing pairs (0 without a pair), and 1 where it has a pair, (cases,) each."""
    alike = np.zeros(table.n_cases)
    for a, b in combinations(table.codes.T, 2):
        alike += (a == b) & (a != MISSING)
    pairs = table.reads * (table.reads - 1) / 2
    return np.where(pairs > 0, alike / np.maximum(pairs, 1), 0.0), (pairs > 0).astype(float)


def _specific(table: Table, category: Any, agreeing: Floats, chances: Floats, how: Resampling) -> Estimate:
    name, n = f"specific agreement on {category}", int((chances > 0).sum())
    if not n:
        return Estimate(name, n, table.missing, reason="No case with two reads has this category.")

    def share(times: Floats) -> Floats:
        with np.errstate(invalid="ignore"):
            return np.asarray((times @ agreeing) / (times @ chances))

    made = Estimate(name, n, table.missing, float(agreeing.sum() / chances.sum()), marginals=table.marginals)
    return share_with_interval(made, chances > 0, share, how)
