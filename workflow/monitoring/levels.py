"""How likely a false alarm may be: one stated rate for everything watched, spent over tests and looks."""

from dataclasses import dataclass
from math import comb, pi

LEAST_CASES = 50


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """The chance that anything alarms while all is in control, at most `rate`, over `tests` tests and all looks.

    Each look at each test gets a part of the rate, and by Bonferroni's inequality the parts bound the whole. With
    `looks` planned they are equal; without, look k gets 6/(π² k²) of it, which adds up to 1 however long one looks.
    """

    rate: float = 0.05
    tests: int = 1
    looks: int | None = None

    def __post_init__(self) -> None:
        """ValueError for a rate that is none, or nothing to test."""
        if not 0 < self.rate < 1 or self.tests < 1 or (self.looks is not None and self.looks < 1):
            raise ValueError("A false-alarm rate lies between 0 and 1, over at least one test and one look.")

    def level(self, look: int) -> float:
        """The level of one test at its look number `look`, from 1; 0, so no alarm, beyond the looks planned."""
        if self.looks is None:
            return self.rate / self.tests * 6 / (pi * look) ** 2
        return self.rate / self.tests / self.looks if look <= self.looks else 0.0

    @property
    def stated(self) -> str:
        """In words."""
        spent = f"over {self.looks} planned looks" if self.looks else "spent as 6/(π² k²) at look k"
        return f"at most {100 * self.rate:g} % for {self.tests} tests together (Bonferroni), {spent}"


def more_than_rest(found: int, of: int, rest: int, of_rest: int) -> float:
    """The chance of `found` or more of `of`, if drawn from the same cases as the rest (Fisher 1935, exact)."""
    total, all_found = of + of_rest, found + rest
    ways = sum(
        comb(all_found, x) * comb(total - all_found, of - x) for x in range(found, min(of, all_found) + 1)
    )
    return ways / comb(total, of)


def at_least(found: int, of: int, share: float) -> float:
    """The chance of `found` or more of `of` when each has the chance `share` (binomial, exact)."""
    if not found:
        return 1.0
    from scipy.special import bdtrc

    return float(bdtrc(found - 1, of, share))
