"""Open tasks that are alike, counted together: the planner decides how many of each, not which."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .eligibility import obstacle
from .question import OpenTask, Question

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]
# What is only coming is left first: it still costs more than anybody's minute.
COMING = 0.3
# What tells apart tasks that different people may do, or that weigh differently.
_Likeness = tuple[str, float, float, bytes]


@dataclass(frozen=True, slots=True)
class Groups:
    """P people × G groups, and C sets of cases that are alike.

    may: who may do it. minutes: how long each takes. reserved: tasks reserved at present for people who may.
    sizes: tasks in a group. usual: minutes of one task at the usual pace;
    urgency: 1 + priority, less for what is only coming. set_of: the set that a group is in;
    cases: how many a set has. tasks: of each group; members: of each set, its cases with their tasks by group.
    """

    may: Flags
    minutes: Floats
    reserved: Counts
    sizes: Counts
    usual: Floats
    urgency: Floats
    set_of: Counts
    cases: Counts
    tasks: tuple[tuple[OpenTask, ...], ...]
    members: tuple[tuple[tuple[tuple[int, OpenTask], ...], ...], ...]


def grouped(question: Question) -> Groups:
    """Group a question's tasks: alike are tasks of equal kind, size, priority and people, in cases that are alike."""
    sorts = _sorts(question)
    number: dict[tuple[int, _Likeness], int] = {}
    members = []
    for of_sort, cases in enumerate(sorts.values()):
        members.append(
            tuple(
                tuple((number.setdefault((of_sort, like), len(number)), task) for like, task in case)
                for case in cases
            )
        )
    return _counted(question, [like for _, like in number], [of for of, _ in number], members)


def _sorts(question: Question) -> dict[tuple[_Likeness, ...], list[list[tuple[_Likeness, OpenTask]]]]:
    cases: dict[str, list[tuple[_Likeness, OpenTask]]] = defaultdict(list)
    seen: dict[tuple[Any, ...], bytes] = {}
    for task in question.tasks:
        key = (task.kind, task.needs, task.site, task.parts)
        if key not in seen:
            seen[key] = bytes(obstacle(person, task) is None for person in question.people)
        cases[task.case].append(((task.kind, task.size, _urgency(task), seen[key]), task))
    sorts: dict[tuple[_Likeness, ...], list[list[tuple[_Likeness, OpenTask]]]] = defaultdict(list)
    for case in cases.values():
        case.sort(key=lambda one: one[0])
        sorts[tuple(like for like, _ in case)].append(case)
    return sorts


def _urgency(task: OpenTask) -> float:
    return COMING if task.coming else 1.0 + task.priority


def _counted(
    question: Question, likes: Sequence[_Likeness], set_of: Sequence[int], members: Sequence[Any]
) -> Groups:
    people = question.people
    tasks: list[list[OpenTask]] = [[] for _ in likes]
    for cases in members:
        for case in cases:
            for group, task in case:
                tasks[group].append(task)
    shape = (len(people), len(likes))
    minutes = [[question.minutes(p, name, size) for name, size, _, _ in likes] for p in people]
    may = np.array([list(who) for *_, who in likes], dtype=bool).reshape(len(likes), len(people)).T.copy()
    may &= np.array([p.minutes_per_day > 0 for p in people], dtype=bool).reshape(-1, 1)
    urgency = np.array([urgent for _, _, urgent, _ in likes], dtype=float)
    usual = np.array([question.usual[name] * size for name, size, _, _ in likes], dtype=float)
    return Groups(
        may,
        np.array(minutes, dtype=float).reshape(shape),
        _reserved(question, tasks, may),
        np.array([len(group) for group in tasks], dtype=np.int64),
        usual,
        urgency,
        np.array(set_of, dtype=np.int64),
        np.array([len(cases) for cases in members], dtype=np.int64),
        tuple(map(tuple, tasks)),
        tuple(members),
    )


def _reserved(question: Question, tasks: Sequence[Sequence[OpenTask]], may: Flags) -> Counts:
    place = {person.id: number for number, person in enumerate(question.people)}
    counts = np.zeros(may.shape, dtype=np.int64)
    for group, alike in enumerate(tasks):
        for task in alike:
            if task.reserved_for in place:
                counts[place[task.reserved_for], group] += 1
    return np.where(may, counts, 0)
