"""Which marks of several readers are the same finding: a written, order-free rule.

Two reads are matched one to one so that the total likeness is greatest (Kuhn 1955). Where several matchings
are equally good (within 1e-9), every pair of any of them is joined: nothing is taken by chance, and the group
then holds two marks of one read, which a senior is asked about. Matches are not transitive (A-B and B-C do
not make A-C): the findings are the connected components of all pairwise matches.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from typing import TypeVar

Pair = tuple[int, int]
Place = tuple[int, int]  # (read, mark), by position
Gains = Mapping[Pair, Fraction]
EQUAL = 1e-9
T = TypeVar("T")


def joined_by(reads: Sequence[Sequence[T]], gain: Callable[[T, T], Fraction | None]) -> list[list[Place]]:
    """The findings as sorted places; `gain` is the likeness (> 0) of two marks, None where they can't be one."""
    places = [(read, mark) for read, marks in enumerate(reads) for mark in range(len(marks))]
    links: list[tuple[Place, Place]] = []
    for (i, one), (j, other) in combinations(enumerate(reads), 2):
        found = {(a, b): gain(x, y) for a, x in enumerate(one) for b, y in enumerate(other)}
        gains = {pair: likeness for pair, likeness in found.items() if likeness is not None}
        links += [((i, a), (j, b)) for a, b in best_pairs(gains)]
    return components(places, links)


def best_pairs(gains: Gains) -> set[Pair]:
    """Every pair that belongs to a one-to-one matching of greatest total gain; one-to-one if it is unique."""
    rows = [(0, i) for i, _ in gains]
    columns = [(1, j) for _, j in gains]
    every = sorted({*rows, *columns})
    best: set[Pair] = set()
    for part in components(every, list(zip(rows, columns, strict=True))):
        own = set(part)
        inside = {(i, j): gain for (i, j), gain in gains.items() if (0, i) in own}
        best |= set(inside) if len(inside) == 1 else _best_of(inside)
    return best


def _best_of(gains: Gains) -> set[Pair]:
    most = _greatest_total(gains)
    return {pair for pair, gain in gains.items() if float(gain) + _without(gains, pair) >= most - EQUAL}


def _without(gains: Gains, pair: Pair) -> float:
    rest = {(i, j): gain for (i, j), gain in gains.items() if i != pair[0] and j != pair[1]}
    return _greatest_total(rest) if rest else 0.0


def _greatest_total(gains: Gains) -> float:
    # Imported here: most cases need no assignment, and the import costs about a second.
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    rows, columns = sorted({i for i, _ in gains}), sorted({j for _, j in gains})
    table = np.zeros((len(rows), len(columns)))
    for (i, j), gain in gains.items():
        table[rows.index(i), columns.index(j)] = float(gain)
    found = linear_sum_assignment(table, maximize=True)
    return float(table[found].sum())


def components(places: Sequence[Place], links: Sequence[tuple[Place, Place]]) -> list[list[Place]]:
    """The connected components, each sorted, in the order of their first places."""
    parents = {place: place for place in places}
    for one, other in links:
        parents[_root(parents, one)] = _root(parents, other)
    groups: dict[Place, list[Place]] = {}
    for place in sorted(places):
        groups.setdefault(_root(parents, place), []).append(place)
    return sorted(groups.values())


def _root(parents: dict[Place, Place], place: Place) -> Place:
    while parents[place] != place:
        place = parents[place]
    return place
