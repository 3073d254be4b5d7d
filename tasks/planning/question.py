"""What the planner is asked: people, open tasks, and how far ahead; everything as plain values."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from math import floor, isfinite

from .chain import Chain, follow_ups, kinds_of


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may be given work.

    minutes_per_day: declared capacity. pace: measured minutes for a usual task of a kind; kinds without one
    take `Question.usual`. in_hand, in_hand_minutes: tasks that stay with them whatever is planned. tags: what
    they hold, to be matched with `Task.needs`. conflicts: sites whose cases they must not see. share: of the
    dataset's cases, at most (0 to 1); taken: cases in which they already play a part, in_hand among them, the
    tasks of this question not.
    """

    id: str
    kinds: frozenset[str]
    minutes_per_day: float
    pace: Mapping[str, float] = field(default_factory=dict)
    in_hand: int = 0
    in_hand_minutes: float = 0.0
    tags: frozenset[str] = frozenset()
    conflicts: frozenset[str] = frozenset()
    share: float | None = None
    taken: int = 0


@dataclass(frozen=True, slots=True)
class OpenTask:
    """Work that nobody has begun.

    case: names a case's round; a person plays one part in it. parts: people who already do. size: how many
    usual tasks of its kind it is. priority: 0 or more; matters where not all can be given out. reserved_for:
    who has it at present.
    """

    id: str
    kind: str
    case: str
    needs: frozenset[str] = frozenset()
    site: str = ""
    parts: frozenset[str] = frozenset()
    size: float = 1.0
    priority: int = 0
    reserved_for: str | None = None
    coming: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One planning: who, what, over how many working days, of how many cases, in which order ties are broken.

    usual: minutes for a usual task of each kind. worth: a reservation is moved only to somebody whose time is
    less filled, by more than about this share of the mean. seed: orders what is otherwise equal. chain: finished
    kind → kind that follows → how many on average; the time for what will follow is then kept free.
    """

    people: tuple[Person, ...]
    tasks: tuple[OpenTask, ...]
    usual: Mapping[str, float]
    days: float
    cases: int
    seed: int = 0
    worth: float = 0.02
    chain: Chain = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises ValueError with a sentence for values that mean nothing."""
        for named, ids in (("people", self.people), ("tasks", self.tasks)):
            if twice := [i for i, count in Counter(one.id for one in ids).items() if count > 1]:
                raise ValueError(f"Two {named} have the same id: {twice[0]}.")
        kinds = kinds_of(self.chain)
        if missing := ({task.kind for task in self.tasks} | kinds) - set(self.usual):
            raise ValueError(f"No usual minutes are given for {min(missing)}.")
        amounts = [self.days, *self.usual.values(), *(task.size for task in self.tasks)]
        amounts += [pace for person in self.people for pace in person.pace.values()]
        if not all(isfinite(amount) and amount > 0 for amount in amounts):
            raise ValueError("Days, minutes and sizes must be above 0.")
        loads = [self.worth, *(amount for to in self.chain.values() for amount in to.values())]
        loads += [task.priority for task in self.tasks]
        loads += [amount for p in self.people for amount in (p.minutes_per_day, p.in_hand_minutes)]
        if not all(isfinite(amount) and amount >= 0 for amount in loads):
            raise ValueError("Capacity, work in hand, priority, worth and what follows must not be below 0.")
        if follow_ups(self.chain, sorted(kinds)) is None:
            raise ValueError("Each finished task makes as many again: the work would never end.")

    def minutes(self, person: Person, kind: str, size: float) -> float:
        """How long a person takes for a task of a kind and size."""
        return person.pace.get(kind, self.usual[kind]) * size

    def limit(self, person: Person) -> float:
        """The minutes that a person has in the days of the plan."""
        return person.minutes_per_day * self.days

    def room(self, person: Person) -> int | None:
        """How many more cases a person may take part in under their share; None without a cap."""
        if person.share is None:
            return None
        # Lifted by a hair, as 0.29 × 100 is a little less than 29 in floating point.
        return max(0, floor(person.share * self.cases + 1e-9) - person.taken)

    def in_order(self) -> "Question":
        """The same question with people and tasks in the seeded order, whatever order they came in."""
        people = tuple(sorted(self.people, key=lambda one: self._place(one.id)))
        tasks = tuple(sorted(self.tasks, key=lambda one: (-one.priority, self._place(one.id))))
        return replace(self, people=people, tasks=tasks)

    def _place(self, name: str) -> bytes:
        return sha256(f"{self.seed}\0{name}".encode()).digest()


def digest(question: Question) -> str:
    """`sha256:…` of everything asked, in any order: a plan may be applied while it is still the same."""
    asked = [sorted(map(_told, rows)) for rows in (question.people, question.tasks)]
    rest = [sorted(question.usual.items()), question.days, question.cases, question.seed, question.worth]
    rest.append(sorted((kind, sorted(to.items())) for kind, to in question.chain.items()))
    text = json.dumps([*asked, *rest], separators=(",", ":"))
    return f"sha256:{sha256(text.encode()).hexdigest()}"


def _told(row: Person | OpenTask) -> str:
    plain = [
        sorted(value.items() if isinstance(value, Mapping) else value)
        if isinstance(value, frozenset | Mapping)
        else value
        for value in (getattr(row, name) for name in row.__slots__)
    ]
    return json.dumps(plain, separators=(",", ":"))
