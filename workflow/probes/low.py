"""When a reader's scores are low: the Wilson upper bound lies below what is asked for. Pure.

Looking after each score would raise false alarms if the bound were a plain 95 % one: `false_alarm` gives the chance
of any alarm in a run of so many showings exactly, and the bound's level is chosen so that it stays small.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from statistics import NormalDist
from typing import Final

WINDOW: Final = 60  # the newest scores that count
FEWEST: Final = 20  # scores before anything is said
LEVEL: Final = 0.99  # of the two-sided interval: its upper bound fails with .005


@dataclass(frozen=True, slots=True)
class Standing:
    """`agreed` of `of` showings, with the Wilson interval of the share (None before the first), and what is asked."""

    agreed: int
    of: int
    asked: Decimal

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's score interval (Wilson 1927, JASA 22:209) at LEVEL."""
        return wilson(self.agreed, self.of) if self.of else None

    @property
    def low(self) -> bool:
        """Whether even the interval's upper bound lies below what is asked."""
        interval = self.interval
        return interval is not None and self.of >= FEWEST and interval[1] < float(self.asked)

    def document(self) -> dict[str, object]:
        """As an event states it; shares in parts per million, as no event holds floats."""
        ppm = None if self.interval is None else [round(1_000_000 * bound) for bound in self.interval]
        about = {"agreed": self.agreed, "of": self.of, "asked_ppm": int(self.asked * 1_000_000)}
        return {**about, "interval_ppm": ppm, "level_ppm": round(LEVEL * 1_000_000), "low": self.low}

    def sentence(self) -> str:
        """In words, for managers."""
        if self.interval is None:
            return "No control was scored yet."
        low, high = (f"{100 * bound:.0f}" for bound in self.interval)
        interval = f"{low} to {high} %, {100 * LEVEL:.0f} % interval"
        return f"{self.agreed} of the last {self.of} controls as known ({interval})."


def standing_of(passed: Sequence[bool], asked: Decimal) -> Standing:
    """How a reader stands by their scores, the newest first."""
    newest = passed[:WINDOW]
    return Standing(sum(newest), len(newest), asked)


def wilson(successes: int, trials: int, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's score interval of a proportion."""
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share, spread = successes / trials, z * z / trials
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * sqrt(share * (1 - share) / trials + spread / trials / 4)
    return max(0.0, middle - half), min(1.0, middle + half)


def chance_of_alarm(share: float, asked: Decimal, showings: int) -> float:
    """The chance that a reader who agrees with this share is called low at any look in so many showings, exactly.

    At most WINDOW showings, looked at after each from FEWEST on: the walk over (showings, agreed) that never alarmed.
    """
    if not 0 < showings <= WINDOW:
        raise ValueError(f"The run is of 1 to {WINDOW} showings.")
    quiet = [1.0]  # by agreed: the chance to be here without an alarm so far
    for of in range(1, showings + 1):
        moved = [0.0] * (of + 1)
        for agreed, chance in enumerate(quiet):
            moved[agreed] += chance * (1 - share)
            moved[agreed + 1] += chance * share
        quiet = [0.0 if Standing(n, of, asked).low else chance for n, chance in enumerate(moved)]
    return 1 - sum(quiet)
