"""Dawid & Skene (1979, Appl Stat 28:20): each reader's error rates and each case's likely class, by EM.

A batch audit, never the rule that settles a case: it points at accepted labels to look at again.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workflow.agreement.tables import Floats

Rates = tuple[tuple[tuple[float, ...] | None, ...], ...]
NO_READS = "There is no read to learn from."
PLACES = 12


@dataclass(frozen=True, slots=True)
class DawidSkene:
    """error_rates[reader][true class][given class], None where a class was never likely; posterior[case][class].

    n cases, n_readers readers, and how many of their pairs hold no read (missing). marginals: the shares of
    the classes, by estimate. log_likelihood is that of the reads, without smoothing's penalty.
    """

    classes: tuple[Any, ...]
    n: int
    n_readers: int
    missing: int
    marginals: tuple[float, ...] = ()
    error_rates: Rates = ()
    posterior: tuple[tuple[float, ...], ...] = ()
    log_likelihood: float | None = None
    iterations: int = 0
    converged: bool = False
    reason: str | None = None

    def doubtful(self, accepted: Sequence[Any], below: float = 0.9) -> tuple[int, ...]:
        """The cases (by place) whose accepted class has a posterior under `below`, the least likely first."""
        likely = [p[self.classes.index(label)] for p, label in zip(self.posterior, accepted, strict=True)]
        return tuple(sorted((case for case, p in enumerate(likely) if p < below), key=likely.__getitem__))


def dawid_skene(
    reads: Sequence[Sequence[Sequence[Hashable]]],
    classes: Sequence[Hashable],
    smoothing: float = 1.0,
    tolerance: float = 1e-10,
    most: int = 5000,
) -> DawidSkene:
    """EM over reads[case][reader], the labels that a reader gave a case: none, one, or several.

    It starts from the shares of the votes (eq. 3.1) and has no other start, so it always ends in the same
    place. `smoothing` adds one pseudo-read in all to each row of error rates and to the marginals, spread
    evenly; 0 is the paper. It ends when no posterior moves by more than `tolerance`. Several reads by one
    person count as theirs, not as several voters. Raises ValueError for a label outside the classes.
    """
    counts = _counts(reads, classes)
    n, readers, missing = counts.shape[0], counts.shape[1], int((counts.sum(2) == 0).sum())
    if not counts.sum():
        return DawidSkene(tuple(classes), n, readers, missing, reason=NO_READS)
    votes = counts.sum(1) + 0.0
    votes[votes.sum(1) == 0] = 1.0  # a case without a read says nothing: every class alike
    posterior, step, moved = votes / votes.sum(1, keepdims=True), 0, np.inf
    while moved > tolerance and step < most:
        marginals, rates = _maximised(counts, posterior, smoothing)
        # Rounded, so that the last bits of sums in another order never tip two classes that are equally likely.
        expected = np.round(_expected(counts, marginals, rates)[0], PLACES)
        moved, step, posterior = float(np.abs(expected - posterior).max()), step + 1, expected
    marginals, rates = _maximised(counts, posterior, smoothing)
    return DawidSkene(
        tuple(classes), n, readers, missing, tuple(marginals.tolist()), _rows(rates),
        tuple(map(tuple, posterior.tolist())), _expected(counts, marginals, rates)[1], step, moved <= tolerance,
    )  # fmt: skip


def _counts(reads: Sequence[Sequence[Sequence[Hashable]]], classes: Sequence[Hashable]) -> Floats:
    """n_ijl of the paper: how often reader j gave case i class l, (cases, readers, classes)."""
    place = {label: code for code, label in enumerate(classes)}
    counts = np.zeros((len(reads), max(map(len, reads), default=0), len(classes)))
    for i, case in enumerate(reads):
        for j, labels in enumerate(case):
            for label in labels:
                if label not in place:
                    raise ValueError("A read has a label that is not among the classes.")
                counts[i, j, place[label]] += 1
    return counts


def _maximised(counts: Floats, posterior: Floats, smoothing: float) -> tuple[Floats, Floats]:
    """Eq. 2.3 and 2.4: error rates (readers, true, given), nan in a row never seen, and marginals."""
    pseudo = smoothing / posterior.shape[1]
    rates = np.einsum("it,ijl->jtl", posterior, counts) + pseudo
    with np.errstate(invalid="ignore"):
        rates /= rates.sum(2, keepdims=True)
    marginals = posterior.sum(0) + pseudo
    return marginals / marginals.sum(), rates


def _expected(counts: Floats, marginals: Floats, rates: Floats) -> tuple[Floats, float]:
    """Eq. 2.5 for the posteriors, and the log-likelihood of all reads."""
    with np.errstate(divide="ignore"):
        logs, prior = np.log(np.nan_to_num(rates)), np.log(marginals)
    joint = prior + np.einsum("ijl,jtl->it", counts, np.maximum(logs, -1e4))
    highest = joint.max(1, keepdims=True)
    shares = np.exp(joint - highest)
    total = shares.sum(1, keepdims=True)
    return shares / total, float((highest + np.log(total)).sum())


def _rows(rates: Floats) -> Rates:
    return tuple(
        tuple(None if np.isnan(row).any() else tuple(row.tolist()) for row in reader) for reader in rates
    )
