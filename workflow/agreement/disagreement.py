"""Observed and expected disagreement of Krippendorff's α for many weightings of the cases at once."""

from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

import numpy as np

from workflow.agreement.distances import Level, interval, mid_ranks, nominal, ratio
from workflow.agreement.tables import MISSING, Codes, Floats, totals

BLOCK = 256  # columns of a distance matrix made at once
SMALL = 24  # up to so many ranks, the pairs of each case are kept as a matrix


class Disagreement(Protocol):
    """What α needs of the cases with two reads or more."""

    def both(self, times: Floats) -> tuple[Floats, Floats]:
        """D_o and D_e, (draws,) each, when case i counts times[draw, i] times; D_e is nan where undefined."""

    def largest(self) -> float:
        """The largest δ² between two values that occur."""


@dataclass(frozen=True, slots=True, eq=False)
class FixedDisagreement:
    """For metrics that do not depend on the shares: nominal, interval, ratio, or a matrix.

    codes (cases, readers); at: where the categories lie, (categories,); per_case: Σ δ² / (m − 1), (cases,).
    """

    codes: Codes
    at: Floats
    per_case: Floats
    metric: Level | Floats

    @classmethod
    def of(cls, codes: Codes, at: Floats, metric: Level | Floats) -> "FixedDisagreement":
        """The parts of cases that have two reads or more each."""
        at = at - at.mean() if isinstance(metric, str) and metric == "interval" else at
        reads = (codes != MISSING).sum(1)
        total = np.zeros(len(codes))
        for a, b in combinations(codes.T, 2):
            total += np.where((a != MISSING) & (b != MISSING), _apart(metric, at, a, b), 0)
        return cls(codes, at, 2 * total / (reads - 1), metric)

    def both(self, times: Floats) -> tuple[Floats, Floats]:
        """D_o = Σ_u w_u d_u / n and D_e = Σ_ck n_c n_k δ²_ck / (n (n − 1))."""
        given = totals(self.codes, times, len(self.at))
        return _means(times @ self.per_case, self._chance(given), given)

    def largest(self) -> float:
        """The largest δ² between two values that occur."""
        used = np.unique(self.codes[self.codes != MISSING])
        if not isinstance(self.metric, str):
            return float(self.metric[np.ix_(used, used)].max())
        ends = used[[self.at[used].argmin(), self.at[used].argmax()]]
        return float(_apart(self.metric, self.at, ends[:1], ends[1:])[0])

    def _chance(self, given: Floats) -> Floats:
        """Σ_ck n_c n_k δ²_ck of each draw, in closed form where there is one."""
        n = given.sum(1)
        if isinstance(self.metric, str) and self.metric == "nominal":
            return np.asarray(n**2 - (given**2).sum(1))
        if isinstance(self.metric, str) and self.metric == "interval":
            return np.asarray(2 * (n * (given @ self.at**2) - (given @ self.at) ** 2))
        codes, total = np.arange(len(self.at)), np.zeros(len(given))
        for start in range(0, len(codes), BLOCK):
            block = codes[start : start + BLOCK]
            apart = _apart(self.metric, self.at, codes[:, None], block[None, :])
            total += ((given @ apart) * given[:, block]).sum(1)
        return total


@dataclass(frozen=True, slots=True, eq=False)
class RankDisagreement:
    """For the ordinal metric, whose distances depend on the shares and so change with every draw.

    pairs: Σ of a case's pairs of codes / (m − 1), (cases, categories²), kept only for few categories.
    """

    codes: Codes
    size: int
    pairs: Floats | None

    @classmethod
    def of(cls, codes: Codes, size: int) -> "RankDisagreement":
        """The parts of cases that have two reads or more each."""
        if size > SMALL:
            return cls(codes, size, None)
        counts = np.stack([(codes == code).sum(1) for code in range(size)], 1, dtype=float)
        pairs = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(size)
        pairs /= (counts.sum(1) - 1)[:, None, None]
        return cls(codes, size, pairs.reshape(len(codes), -1))

    def both(self, times: Floats) -> tuple[Floats, Floats]:
        """D_o and D_e on the mid-ranks of each draw."""
        given = totals(self.codes, times, self.size)
        ranks, n = mid_ranks(given), given.sum(1)
        chance = 2 * (n * (given * ranks**2).sum(1) - ((given * ranks).sum(1)) ** 2)
        return _means(self._observed(times, ranks), chance, given)

    def largest(self) -> float:
        """The square of the widest distance of mid-ranks that occur."""
        given = totals(self.codes, np.ones((1, len(self.codes))), self.size)
        ranks = mid_ranks(given)[given > 0]
        return float((ranks.max() - ranks.min()) ** 2)

    def _observed(self, times: Floats, ranks: Floats) -> Floats:
        if self.pairs is not None:
            apart = interval(ranks[:, :, None], ranks[:, None, :]).reshape(len(ranks), -1)
            return np.asarray(((times @ self.pairs) * apart).sum(1))
        given, reads = self.codes != MISSING, (self.codes != MISSING).sum(1)
        found = np.empty(len(times))
        for draw, (time, rank) in enumerate(zip(times, ranks, strict=True)):
            at = np.where(given, rank[self.codes] - rank.mean(), 0)
            spread = reads * (at**2).sum(1) - at.sum(1) ** 2
            found[draw] = time @ (2 * spread / (reads - 1))
        return found


def _apart(metric: Level | Floats, at: Floats, a: Codes, b: Codes) -> Floats:
    """δ² between codes a and b, broadcast."""
    if not isinstance(metric, str):
        return np.asarray(metric[a, b])
    return {"nominal": nominal, "interval": interval, "ratio": ratio}[metric](at[a], at[b])


def _means(observed: Floats, chance: Floats, given: Floats) -> tuple[Floats, Floats]:
    """D_o and D_e; D_e is nan where fewer than two values occur, or all are 0 apart."""
    n = given.sum(1)
    several = ((given > 0).sum(1) > 1) & (chance > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return observed / n, np.where(several, chance / (n * (n - 1)), np.nan)
