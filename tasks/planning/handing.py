"""From how many of each group to which: nobody twice in a case, and who has a reservation keeps it if they can."""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from .groups import Counts, Floats, Groups
from .question import OpenTask, Question

Case = Sequence[tuple[int, OpenTask]]
# Weights of a match, each beyond any sum of the next: must be now, stays where it is.
MUST, STAYS = 1e6, 1e3


def handed(question: Question, groups: Groups, given: Counts) -> dict[str, str]:
    """Task id → person id, with exactly the counts given, P × G.

    Within a set of n like cases nobody has more than n tasks, and no group more than n a slot. So there is a
    way to hand them out case by case (König: a bipartite graph of greatest degree n falls into n matchings);
    it is found by always matching those people, and that many slots, that the remaining cases can't hold.
    """
    place = {person.id: number for number, person in enumerate(question.people)}
    found: dict[str, str] = {}
    for cases in groups.members:
        for task, number in _of_set(cases, given, place):
            found[task.id] = question.people[number].id
    return found


def _of_set(cases: Sequence[Case], given: Counts, place: dict[str, int]) -> Iterator[tuple[OpenTask, int]]:
    columns = [group for group, _ in cases[0]]
    people = np.nonzero(given[:, columns].sum(1))[0]
    row = {int(person): number for number, person in enumerate(people)}
    rest = given[people]
    if len(columns) == 1:
        yield from ((task, int(people[n])) for task, n in _single(cases, rest[:, columns[0]], place, row))
        return
    for done, case in enumerate(cases):
        for slot, number in _matched(case, columns, rest, len(cases) - done, place, row):
            rest[number, columns[slot]] -= 1
            yield case[slot][1], int(people[number])


def _single(
    cases: Sequence[Case], counts: Counts, place: dict[str, int], row: dict[int, int]
) -> Iterator[tuple[OpenTask, int]]:
    """One task a case: reservations first, then person after person."""
    rest, others = counts.copy(), []
    for [(_, task)] in cases:
        number = row.get(place.get(task.reserved_for or "", -1))
        if number is not None and rest[number] > 0:
            rest[number] -= 1
            yield task, number
        else:
            others.append(task)
    takers = np.repeat(np.arange(len(rest)), rest).tolist()
    # Where not all can be given out, the first of the seeded order are.
    yield from zip(others, takers, strict=False)


def _matched(
    case: Case, columns: list[int], rest: Counts, remaining: int, place: dict[str, int], row: dict[int, int]
) -> list[tuple[int, int]]:
    """Who takes which task of one case: all people, and as many slots, that the remaining cases can't hold."""
    counts = rest[:, columns]
    person = np.where(rest[:, list(set(columns))].sum(1) >= remaining, MUST, 0.0)
    weight: Floats = counts / (1 + counts.sum(1, keepdims=True)) + person[:, None] + 1.0
    must = {group: int(rest[:, group].sum()) - columns.count(group) * (remaining - 1) for group in columns}
    for slot, (group, task) in enumerate(case):
        weight[:, slot] += MUST if must[group] > 0 else 0.0
        must[group] -= 1
        number = row.get(place.get(task.reserved_for or "", -1))
        if number is not None:
            weight[number, slot] += STAYS
    weight = np.where(counts > 0, weight, 0.0)
    numbers, at = linear_sum_assignment(weight, maximize=True)
    return [(int(s), int(n)) for n, s in zip(numbers, at, strict=True) if counts[n, s] > 0]
