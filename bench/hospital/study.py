"""A made-up study: who reads, when they work, how well, and which cases come when. All chance is drawn here."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from workflow.calendars import Calendar

Floats = NDArray[np.float64]
KINDS = ("annotate", "review", "arbitrate")
USUAL = {"annotate": 10.0, "review": 6.0, "arbitrate": 15.0}  # minutes
DUE_HOURS = {"annotate": 120, "review": 24, "arbitrate": 40}  # working hours from when a task opens
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
DAY, WEEK = 1440, 7 * 1440  # minutes
MOST_DAYS = 1000  # after which a run is given up: something starves
OFFICE = Calendar("UTC", {day: ((time(8), time(16)),) for day in range(5)})
# Of all cases, how many need what; of the people in each role, how many have it.
NEEDS = {"": 0.70, "chest": 0.15, "abdomen": 0.08, "neuro": 0.04, "cardiac": 0.03}
HELD = {"chest": 0.5, "abdomen": 0.35, "neuro": 0.25, "cardiac": 0.15}
RAREST, SCARCE = "cardiac", frozenset({"neuro", "cardiac"})
# Roles by share of the people.
STAFF = ((0.57, "annotate"), (0.10, "annotate review"), (0.23, "review"), (0.10, "review arbitrate"))
# Minutes a day, and on how many days a week.
HOURS = ((60, 5), (120, 5), (180, 4), (240, 5), (240, 3), (360, 4), (360, 5), (480, 2))
SITES = 10


@dataclass(frozen=True, slots=True)
class Reader:
    """A person. pace: minutes by usual minutes, for each kind. wrong: how often they err in a case of usual
    difficulty. shifts: weekday → first minute and minutes. leave is known to all, sick days to nobody before."""

    id: str
    ring: UUID
    kinds: frozenset[str]
    tags: frozenset[str]
    conflict: str
    pace: Mapping[str, float]
    wrong: float
    shifts: Mapping[int, tuple[int, int]]
    leave: frozenset[int]
    sick: frozenset[int]

    def shift(self, day: int) -> tuple[int, int] | None:
        """The first minute of the day and the minutes that they mean to work on it."""
        return None if day in self.leave else self.shifts.get(day % 7)


@dataclass(frozen=True, slots=True)
class Case:
    """What comes. arrives: minutes. hard: its difficulty. size: what each of its tasks takes, by
    the usual minutes of a kind. chance: a row of draws, the same under every policy."""

    number: int
    name: UUID
    needs: str
    site: str
    arrives: int
    priority: int
    hard: float
    size: float
    chance: Floats


@dataclass(frozen=True, slots=True)
class Study:
    """People and cases of one seed; the cases in the order in which they come."""

    seed: int
    readers: tuple[Reader, ...]
    cases: tuple[Case, ...]


def make(seed: int, readers: int, cases: int) -> Study:
    """Draw a study."""
    chance = random.Random(seed)  # noqa: S311
    staff = _staff(chance, readers)
    return Study(seed, staff, _cases(chance, seed, cases, _days_of_work(staff, cases)))


def _staff(chance: random.Random, count: int) -> tuple[Reader, ...]:
    roles = [kinds for share, kinds in reversed(STAFF) for _ in range(max(round(share * count), 4))][:count]
    roles += ["annotate"] * (count - len(roles))
    holders = {tag: _holders(chance, roles, share) for tag, share in HELD.items()}
    return tuple(
        _reader(chance, n, kinds, frozenset(tag for tag, who in holders.items() if n in who))
        for n, kinds in enumerate(roles)
    )


def _holders(chance: random.Random, roles: list[str], share: float) -> set[int]:
    """In every role somebody, so that each case finds enough distinct people: four who read, three who review."""
    found: set[int] = set()
    for kind, least in (("annotate", 4), ("review", 4), ("arbitrate", 4)):
        able = [n for n, kinds in enumerate(roles) if kind in kinds.split()]
        have = [n for n in able if n in found]
        wanted = min(len(able), max(least, round(share * len(able)))) - len(have)
        found |= set(chance.sample([n for n in able if n not in found], max(wanted, 0)))
    return found


def _reader(chance: random.Random, number: int, kinds: str, tags: frozenset[str]) -> Reader:
    minutes, days = chance.choice(HOURS)
    start = chance.randrange(7 * 60, 11 * 60, 30) if minutes > 240 else chance.randrange(7 * 60, 18 * 60, 30)
    weekdays = sorted(chance.sample(range(5), days))
    quick = chance.lognormvariate(0, 0.25)
    off = chance.randrange(MOST_DAYS // 7) * 7 if chance.random() < 0.8 else None
    return Reader(
        f"reader-{number}",
        UUID(int=chance.getrandbits(128), version=4),
        frozenset(kinds.split()),
        tags,
        f"site-{chance.randrange(SITES)}" if chance.random() < 0.5 and not tags & SCARCE else "",
        {kind: quick * chance.lognormvariate(0, 0.15) for kind in KINDS},
        chance.betavariate(2, 18),
        dict.fromkeys(weekdays, (start, minutes)),
        frozenset(range(off % 56, off % 56 + 7)) if off is not None else frozenset(),
        frozenset(day for day in range(MOST_DAYS) if chance.random() < 0.02),
    )


def _days_of_work(staff: tuple[Reader, ...], cases: int) -> float:
    """About how many days of the week all of it takes, at 38 usual minutes a case."""
    a_week = sum(minutes / np.mean(list(p.pace.values())) for p in staff for _, minutes in p.shifts.values())
    return float(7 * cases * 38 / a_week)


def _cases(chance: random.Random, seed: int, count: int, days: float) -> tuple[Case, ...]:
    """A fifth lies there at the start; the rest comes in uneven batches on the working days of nine tenths of
    the time that all of it takes."""
    mornings = [day for day in range(max(round(0.9 * days), 1)) if day % 7 < 5]
    weights = [chance.gammavariate(4, 0.25) for _ in mornings]
    drawn = np.random.default_rng(seed)
    late = chance.choices(mornings, weights, k=count - count // 5)
    arrivals = sorted([0] * (count // 5) + late)
    needs = chance.choices(list(NEEDS), list(NEEDS.values()), k=count)
    draws, noise = drawn.random((count, 24)), drawn.lognormal(-0.11, 0.47, count)
    return tuple(
        Case(
            n,
            UUID(int=chance.getrandbits(128), version=4),
            needs[n],
            f"site-{chance.randrange(SITES)}",
            day * DAY + 4 * 60,
            int(chance.random() < 0.05),
            chance.betavariate(1.5, 1.5) * 2,
            float(noise[n]),
            draws[n],
        )
        for n, day in enumerate(arrivals)
    )
