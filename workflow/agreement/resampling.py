"""Intervals by drawing patients with replacement: a case of a drawn patient counts as often as the patient.

The bootstrap of Krippendorff's own software resamples pairs of reads with the expected disagreement held
fixed, and covers far too little (Zapf et al. 2016, BMC Med Res Methodol 16:93): cases are drawn here, and
patients where cases share one.
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from workflow.agreement.exact import clopper_pearson
from workflow.agreement.results import NEVER_DEFINED, ONE_PATIENT, Estimate, Interval
from workflow.agreement.tables import Codes, Floats, Table

Statistic = Callable[[Floats], Floats]  # weights (draws, cases) → values (draws,), nan where undefined
BATCH = 4_000_000  # weights held at once, about 32 MB


@dataclass(frozen=True, slots=True)
class Resampling:
    """How often to draw, from which seed, and which patient each case belongs to (None: each its own)."""

    draws: int = 1000
    seed: int = 1
    patients: tuple[Hashable, ...] | None = None
    level: float = 0.95

    @property
    def drawn(self) -> str:
        """What is drawn: cases or patients."""
        return "cases" if self.patients is None else "patients"

    def groups(self, n: int) -> Codes:
        """The patient of each case as a number, (cases,), in the order of first appearance."""
        if self.patients is None:
            return np.arange(n)
        if len(self.patients) != n:
            raise ValueError("There must be one patient for each case.")
        number: dict[Hashable, int] = {}
        return np.array([number.setdefault(patient, len(number)) for patient in self.patients], np.int64)

    def weights(self, n: int) -> Iterator[Floats]:
        """How often each case counts in each draw, (draws, cases), in batches."""
        group = self.groups(n)
        size = int(group.max(initial=-1)) + 1
        random, step = np.random.default_rng(self.seed), max(1, BATCH // max(n, 1))
        for start in range(0, self.draws, step):
            draws = min(step, self.draws - start)
            drawn = random.integers(0, size, (draws, size)) + size * np.arange(draws)[:, None]
            times = np.bincount(drawn.ravel(), minlength=draws * size).reshape(draws, size)
            yield (times if self.patients is None else times[:, group]).astype(float)


def percentile(statistic: Statistic, n: int, how: Resampling) -> Interval | str:
    """The percentile interval over draws of patients (Efron 1979), or the sentence why there is none."""
    if len(set(how.groups(n).tolist())) < 2:
        return ONE_PATIENT
    values = np.concatenate([statistic(weights) for weights in how.weights(n)])
    defined = values[np.isfinite(values)]
    if not len(defined):
        return NEVER_DEFINED
    tail = (1 - how.level) / 2
    low, high = np.quantile(defined, [tail, 1 - tail]).tolist()
    method = f"percentile bootstrap over {how.drawn}, {how.draws} draws, seed {how.seed}"
    return Interval(low, high, method, how.level, len(values) - len(defined))


def with_interval(
    estimate: Estimate, table: Table, statistic: Statistic, worst: float, how: Resampling
) -> Estimate:
    """A coefficient with its interval: exact where every case is unanimous, by resampling otherwise.

    Unanimous cases give a bootstrap of [1, 1], as if they had proved perfection. Instead the share of
    concordant patients is bounded exactly, and a discordant one is taken to cost the coefficient `worst`:
    what it would fall by if every case were as far apart as the scale allows, with chance as observed.
    """
    if not table.unanimous:
        return resampled(estimate, statistic, table.n_cases, how)
    bound = exact(table.pairable, 1, how)
    return replace(estimate, interval=replace(bound, low=max(-1.0, 1 - (1 - bound.low) * worst)))


def share_with_interval(
    estimate: Estimate, entering: npt.NDArray[np.bool_], statistic: Statistic, how: Resampling
) -> Estimate:
    """A share with its interval: exact over the patients entering where it is 1 or 0, by resampling otherwise."""
    if estimate.value in (0, 1):
        return replace(estimate, interval=exact(entering, int(estimate.value), how))
    return resampled(estimate, statistic, len(entering), how)


def resampled(estimate: Estimate, statistic: Statistic, n: int, how: Resampling) -> Estimate:
    """The estimate with its percentile interval, or with the reason why there is none."""
    found = percentile(statistic, n, how)
    if isinstance(found, str):
        return replace(estimate, interval_reason=found)
    return replace(estimate, interval=found)


def exact(entering: npt.NDArray[np.bool_], share: int, how: Resampling) -> Interval:
    """The exact interval of a share of 1 or 0 over the patients of the cases that enter, (cases,)."""
    patients = len(set(how.groups(len(entering))[entering].tolist()))
    bound = clopper_pearson(share * patients, patients, how.level)
    return replace(bound, method=f"{bound.method} over {patients} {how.drawn}")
