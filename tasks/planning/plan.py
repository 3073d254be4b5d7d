"""A plan that can be shown before it is applied: who would have what, what moves, what nobody can take."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from .coming import with_coming
from .eligibility import KIND, SHARE, TIME, obstacle
from .groups import grouped
from .handing import handed
from .limits import Limits
from .program import shares
from .question import OpenTask, Person, Question, digest
from .rounding import whole


@dataclass(frozen=True, slots=True)
class Load:
    """One person before and after: tasks, minutes, both with what they have in hand, and the share of their time
    that these fill (1 is all of it; None without time)."""

    person: str
    tasks_before: int
    tasks_after: int
    minutes_before: float
    minutes_after: float
    filled_before: float | None
    filled_after: float | None


@dataclass(frozen=True, slots=True)
class Move:
    """A reserved task that would change hands, or lose its holder (`to` is None)."""

    task: str
    giver: str
    to: str | None


@dataclass(frozen=True, slots=True)
class Left:
    """A task without a taker, and how many people each rule keeps from it (the words of `eligibility`)."""

    task: str
    reasons: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """Task id → person id for all that is given out, and what a preview shows. digest: of the question."""

    digest: str
    assignment: Mapping[str, str]
    people: tuple[Load, ...]
    moves: tuple[Move, ...]
    left: tuple[Left, ...]

    @property
    def reasons(self) -> Mapping[str, int]:
        """Over all tasks that are left: how many have at least one person kept by each rule but by none before it.

        A task counts under the last rule that somebody reaches: if time alone is missing, then under `time`.
        """
        return Counter(_nearest(left.reasons) for left in self.left)


def balance(question: Question) -> Plan:
    """Share open tasks out by capacity and pace, within all hard rules, with few changes of present reservations.

    Pure: the same question, in any order of people and tasks, gives the same plan.
    """
    ordered = question.in_order()
    asked = with_coming(ordered)
    groups = grouped(asked)
    limits = Limits.of(asked, groups)
    wanted, paced = shares(groups, limits)
    given = handed(asked, groups, whole(groups, paced, wanted))
    return planned(ordered, {task.id: given[task.id] for task in ordered.tasks if task.id in given})


def soon(question: Question, assignment: Mapping[str, str], minutes: Mapping[str, float]) -> dict[str, str]:
    """The part of an assignment that each should begin with: in the question's order, until so many minutes of
    theirs are filled (their last task may exceed them). What else they would have may stay in the pool."""
    left = dict(minutes)
    people = {person.id: person for person in question.people}
    found = {}
    for task in question.tasks:
        who = assignment.get(task.id, "")
        if left.get(who, 0.0) > 0:
            left[who] -= question.minutes(people[who], task.kind, task.size)
            found[task.id] = who
    return found


def planned(question: Question, assignment: Mapping[str, str]) -> Plan:
    """What an assignment means for everybody, beside the present reservations."""
    tasks = sorted(question.tasks, key=lambda task: task.id)
    before = {task.id: task.reserved_for for task in tasks if task.reserved_for}
    moves = [Move(t, who, assignment.get(t)) for t, who in before.items() if assignment.get(t) != who]
    loads = _loads(question, before), _loads(question, assignment)
    people = sorted(question.people, key=lambda person: person.id)
    return Plan(
        digest(question),
        dict(sorted(assignment.items())),
        tuple(_load(question, person, *loads) for person in people),
        tuple(moves),
        tuple(_left(question, tasks, assignment, loads[1])),
    )


_Loads = Mapping[str, tuple[int, float]]


def _loads(question: Question, assignment: Mapping[str, str]) -> _Loads:
    loads = {person.id: (person.in_hand, person.in_hand_minutes) for person in question.people}
    people = {person.id: person for person in question.people}
    for task in question.tasks:
        if (person := people.get(assignment.get(task.id, ""))) is not None:
            count, minutes = loads[person.id]
            loads[person.id] = count + 1, minutes + question.minutes(person, task.kind, task.size)
    return loads


def _load(question: Question, person: Person, before: _Loads, after: _Loads) -> Load:
    time = question.limit(person)
    (tasks_before, minutes_before), (tasks_after, minutes_after) = before[person.id], after[person.id]
    filled = (minutes_before / time, minutes_after / time) if time else (None, None)
    return Load(person.id, tasks_before, tasks_after, minutes_before, minutes_after, *filled)


def _left(
    question: Question, tasks: list[OpenTask], assignment: Mapping[str, str], loads: _Loads
) -> list[Left]:
    in_case: dict[str, set[str]] = {}
    for task in tasks:
        if task.id in assignment:
            in_case.setdefault(task.case, set()).add(assignment[task.id])
    known: dict[object, Left] = {}
    found = []
    for task in (one for one in tasks if one.id not in assignment):
        taken = task.parts | in_case.get(task.case, set())
        key = (task.kind, task.needs, task.site, taken, task.size)
        if key not in known:
            known[key] = Left(task.id, _why(question, task, frozenset(taken), loads))
        found.append(Left(task.id, known[key].reasons))
    return found


def _why(question: Question, task: OpenTask, taken: frozenset[str], loads: _Loads) -> Mapping[str, int]:
    asked = OpenTask(task.id, task.kind, task.case, task.needs, task.site, taken, task.size)
    reasons = (
        obstacle(person, asked) or _full(question, person, loads[person.id][0]) for person in question.people
    )
    return dict(sorted(Counter(reasons).items()))


def _full(question: Question, person: Person, tasks: int) -> str:
    room = question.room(person)
    return SHARE if room is not None and tasks - person.in_hand >= room else TIME


_ORDER = (TIME, SHARE, "part", "site", "need", KIND)


def _nearest(reasons: Mapping[str, int]) -> str:
    return next((word for word in _ORDER if word in reasons), "nobody")
