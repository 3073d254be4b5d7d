"""What a sample of agreed cases, read blind by a senior, says of all agreed cases: the joint error of the readers.

Two readers who are wrong together look like two who are right. Only cases drawn at random from the agreed ones,
and read by the senior before anything is revealed, bound how often that happens.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from workflow.agreement.exact import clopper_pearson

NOT_BLIND = "Not available, because the senior's reads were not blind."
NOTHING_READ = "Not available, because no agreed case was sampled and read."
NO_CASES = "Not available, because no case was agreed."
METHOD = (
    "exact one-sided bound in each stratum (Clopper & Pearson 1934), weighted by its agreed cases, each at a level "
    "that lets all hold together (Bonferroni; Dunn 1961, J Am Stat Assoc 56:52)"
)


@dataclass(frozen=True, slots=True)
class Stratum:
    """A stratum of agreed cases: how many there are, how many of them a senior read blind, how many were overturned."""

    name: str
    concordant: int
    sampled: int
    overturned: int

    def __post_init__(self) -> None:
        """ValueError for counts that cannot be."""
        if not 0 <= self.overturned <= self.sampled <= self.concordant:
            raise ValueError(
                f"In {self.name}, overturned may not exceed sampled, nor sampled the agreed cases; none is below zero."
            )

    @property
    def weight(self) -> float | None:
        """How many agreed cases a sampled one stands for: the inverse of its chance to be drawn; None without one."""
        return self.concordant / self.sampled if self.sampled else None


@dataclass(frozen=True, slots=True)
class StratumBound:
    """What is known of one stratum alone: the share overturned, its exact 95 % interval and its one-sided bound."""

    name: str
    concordant: int
    sampled: int
    overturned: int
    weight: float | None
    share: float | None
    interval: tuple[float, float] | None
    upper: float


@dataclass(frozen=True, slots=True)
class JointError:
    """The joint error over all strata: the weighted share, and the bound below which it lies with `level`."""

    level: float
    strata: tuple[StratumBound, ...] = ()
    share: float | None = None
    share_reason: str | None = None
    upper: float | None = None
    reason: str | None = None
    method: str = METHOD

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def joint_error(strata: Sequence[Stratum], *, blind: bool, level: float = 0.95) -> JointError:
    """The bound on the joint error of agreed cases; none, with the reason, unless the senior's reads were blind.

    One stratum: the exact bound, so that no error in 59, 149 or 299 cases bounds the share by 5, 2 or 1 %.
    Several: Σ N_h U_h / N, U_h at 1 − (1 − level)/H over the H strata that were not read in full. It never covers
    less than `level`, and mostly more: draws without replacement vary less than the binomial. An unread stratum
    counts as all wrong. Cases of one patient are taken for independent.
    """
    strata = sorted(strata, key=lambda one: one.name)
    total = sum(one.concordant for one in strata)
    reason = _why_not(strata, total, blind)
    if reason:
        return JointError(level, reason=reason)
    unknown = sum(one.sampled < one.concordant for one in strata)
    shared = 1 - (1 - level) / max(unknown, 1)
    upper = sum(one.concordant * upper_bound(one, shared) for one in strata) / total
    bounds = tuple(_bound(one, level) for one in strata)
    unread = [one.name for one in strata if one.concordant and not one.sampled]
    if unread:
        why = f"Nothing was read in {', '.join(unread)}."
        return JointError(level, bounds, share_reason=why, upper=upper)
    share = sum(one.overturned * (one.weight or 0.0) for one in strata) / total
    return JointError(level, bounds, share, upper=upper)


def upper_bound(stratum: Stratum, level: float) -> float:
    """The one-sided exact bound of one stratum: its share if all was read, 1 if nothing was."""
    if stratum.sampled == stratum.concordant:
        return stratum.overturned / stratum.sampled if stratum.sampled else 0.0
    if not stratum.sampled:
        return 1.0
    return clopper_pearson(stratum.overturned, stratum.sampled, 2 * level - 1).high


def _bound(one: Stratum, level: float) -> StratumBound:
    given = one.name, one.concordant, one.sampled, one.overturned, one.weight
    if not one.sampled:
        return StratumBound(*given, share=None, interval=None, upper=upper_bound(one, level))
    both = clopper_pearson(one.overturned, one.sampled, level)
    return StratumBound(*given, one.overturned / one.sampled, (both.low, both.high), upper_bound(one, level))


def _why_not(strata: Sequence[Stratum], total: int, blind: bool) -> str | None:
    if len({one.name for one in strata}) < len(strata):
        raise ValueError("Two strata have the same name.")
    if not blind:
        return NOT_BLIND
    if not total:
        return NO_CASES
    return None if any(one.sampled for one in strata) else NOTHING_READ
