"""Raw agreement: how often two reads of a case say the same. Says nothing of chance; never alone in a report."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any


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
