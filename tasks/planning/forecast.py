"""When will the study end, and which tier holds it up: what open work still calls for, against people's time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from workflow.calendars import Calendar

from .chain import follow_ups, kinds_of
from .question import Person
from .solving import Program

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a forecast is made from.

    open: tasks by kind, begun or not. usual: minutes for a usual task of each kind. chain: finished kind →
    kind that follows → how many on average (a read makes 1 review, a review 0.1 arbitrations). draws, seed: of
    the simulation. spread: coefficient of variation of one task's minutes.
    """

    people: tuple[Person, ...]
    open: Mapping[str, int]
    usual: Mapping[str, float]
    chain: Mapping[str, Mapping[str, float]]
    calendar: Calendar
    draws: int = 200
    seed: int = 0
    spread: float = 0.7


@dataclass(frozen=True, slots=True)
class Tier:
    """One kind: tasks still to come (expected), people who may do them, hours needed at their mean pace, hours a
    working day that they have if they do nothing else, and its share in when the study ends (all sum to 1)."""

    kind: str
    tasks: float
    people: int
    hours_needed: float
    hours_a_day: float
    holds_up: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """Expected working days, the end, and its 90 % interval; or None and why it never ends."""

    days: float | None
    ends: datetime | None
    between: tuple[datetime, datetime] | None
    bottleneck: str | None
    tiers: tuple[Tier, ...]
    never: str


def forecast(outlook: Outlook, now: datetime) -> Forecast:
    """When the study ends if people spend their time where it is needed.

    Raises ValueError if a kind has no usual minutes. A lower bound: nobody waits for anybody. The interval is
    the 5th to the 95th percentile of seeded draws of how many tasks still come (Poisson around the
    expectation, beyond those that are open) and of everybody's pace (log-normal, narrower the more they do);
    the same draws whatever the capacity, so that more of it never moves the end back.
    """
    kinds = sorted(set(outlook.open) | kinds_of(outlook.chain))
    if missing := set(kinds) - set(outlook.usual):
        raise ValueError(f"No usual minutes are given for {min(missing)}.")
    coming = _coming(outlook, kinds)
    if coming is None:
        return _never("Never: each finished task makes as many again.")
    if stuck := [k for k, n in zip(kinds, coming, strict=True) if n > 0 and not _able(outlook.people, k)]:
        return _never(
            f"Never, because nobody with time may do: {', '.join(stuck)}.", _tiers(outlook, kinds, coming)
        )
    days, holds = _fluid(outlook, kinds, coming, _minutes(outlook, kinds))
    low, high = np.quantile(_drawn(outlook, kinds, coming), [0.05, 0.95], method="inverted_cdf").tolist()
    tiers = _tiers(outlook, kinds, coming, holds)
    bottleneck = max(tiers, key=lambda tier: tier.holds_up).kind if days else None
    ends, low, high = (_end(outlook, now, one) for one in (days, min(low, days), max(high, days)))
    return Forecast(days, ends, (low, high), bottleneck, tiers, "")


def _coming(outlook: Outlook, kinds: Sequence[str]) -> Floats | None:
    """Expected tasks of each kind until nothing is open; None if the chain feeds itself without end."""
    grow = follow_ups(outlook.chain, kinds)
    begun = np.array([outlook.open.get(kind, 0) for kind in kinds], dtype=float)
    return None if grow is None else np.asarray(grow @ begun)


def _able(people: Sequence[Person], kind: str) -> list[Person]:
    return [p for p in people if kind in p.kinds and p.minutes_per_day > 0]


def _minutes(outlook: Outlook, kinds: Sequence[str]) -> Floats:
    """What a task takes each person, P × K; infinite where they don't do the kind."""
    return np.array(
        [[p.pace.get(k, outlook.usual[k]) if k in p.kinds else np.inf for k in kinds] for p in outlook.people]
    ).reshape(len(outlook.people), len(kinds))


def _fluid(outlook: Outlook, kinds: Sequence[str], tasks: Floats, minutes: Floats) -> tuple[float, Floats]:
    """The fewest days in which all tasks can be done, and each kind's share in that.

    The dual of "least days such that all is done": prices of kinds such that a day of nobody earns more than
    their part of 1; by duality their earnings are the days.
    """
    if not tasks.any():
        return 0.0, np.zeros(len(kinds))
    time = np.array([p.minutes_per_day for p in outlook.people], dtype=float)
    program = Program()
    price = program.columns(-tasks, np.full(len(kinds), np.inf))
    earned = program.columns(np.zeros(len(time)), np.full(len(time), np.inf))
    who, what = np.nonzero(np.isfinite(minutes) & (time > 0)[:, None] & (tasks > 0)[None, :])
    rows = program.below.open(np.zeros(len(who)))
    program.below.put(rows, price[what], 1.0)
    program.below.put(rows, earned[who], -minutes[who, what])
    total = program.equal.open([1.0])
    program.equal.put(np.repeat(total, len(time)), earned, time)
    unused = program.equal.open(np.zeros(int((tasks <= 0).sum())))
    program.equal.put(unused, price[tasks <= 0], 1.0)
    idle = program.equal.open(np.zeros(int((time <= 0).sum())))
    program.equal.put(idle, earned[time <= 0], 1.0)
    worth = program.solved()[price] * tasks
    return float(worth.sum()), worth / worth.sum()


def _drawn(outlook: Outlook, kinds: Sequence[str], coming: Floats) -> list[float]:
    chance, minutes = np.random.default_rng(outlook.seed), _minutes(outlook, kinds)
    begun = np.array([outlook.open.get(kind, 0) for kind in kinds], dtype=float)
    each = np.maximum(coming / np.array([max(len(_able(outlook.people, k)), 1) for k in kinds]), 1.0)
    sigma = np.sqrt(np.log1p(outlook.spread**2 / each))
    found = []
    for _ in range(outlook.draws):
        tasks = begun + chance.poisson(np.maximum(coming - begun, 0.0))
        factor = np.exp(chance.normal(size=minutes.shape) * sigma - sigma**2 / 2)
        found.append(_fluid(outlook, kinds, tasks, minutes * factor)[0])
    return found


def _tiers(
    outlook: Outlook, kinds: Sequence[str], coming: Floats, holds: Floats | None = None
) -> tuple[Tier, ...]:
    shares = np.zeros(len(kinds)) if holds is None else holds
    return tuple(
        _tier(outlook, kind, float(n), float(h)) for kind, n, h in zip(kinds, coming, shares, strict=True)
    )


def _tier(outlook: Outlook, kind: str, tasks: float, holds_up: float) -> Tier:
    able = _able(outlook.people, kind)
    time = sum(p.minutes_per_day for p in able)
    # Tasks a day by all of them, and so the mean minutes of a task.
    rate = sum(p.minutes_per_day / p.pace.get(kind, outlook.usual[kind]) for p in able)
    minutes = time / rate if rate else outlook.usual[kind]
    return Tier(kind, tasks, len(able), tasks * minutes / 60, time / 60, holds_up)


def _end(outlook: Outlook, now: datetime, days: float) -> datetime:
    return outlook.calendar.due(now, timedelta(seconds=days * outlook.calendar.day().total_seconds()))


def _never(why: str, tiers: tuple[Tier, ...] = ()) -> Forecast:
    return Forecast(None, None, None, None, tiers, why)
