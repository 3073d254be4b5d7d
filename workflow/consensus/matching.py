"""Which marks of different reads are the same finding: optimal one-to-one matching by IoU.

Written rule for emptiness: two empty sets of marks agree (F1 = 1); one empty set disagrees (F1 = 0).
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

from workflow.consensus.boxes import Box, iou

Pair = tuple[int, int]
Place = tuple[int, int]  # (read, mark), by position


def matched(a: Sequence[Box], b: Sequence[Box], at_least: Fraction) -> dict[Pair, Fraction]:
    """The one-to-one pairs (index in a, index in b) of greatest total IoU among pairs ≥ `at_least`."""
    overlaps = {(i, j): iou(one, other) for i, one in enumerate(a) for j, other in enumerate(b)}
    candidates = {pair: overlap for pair, overlap in overlaps.items() if overlap >= at_least}
    if _already_one_to_one(candidates):
        return candidates
    return {pair: candidates[pair] for pair in _assigned(candidates, len(a), len(b)) if pair in candidates}


def f1(a: Sequence[Box], b: Sequence[Box], at_least: Fraction) -> Fraction:
    """2 × matched pairs / all marks; 1 when both are empty (Everingham 2010 for the matching at IoU)."""
    if not a and not b:
        return Fraction(1)
    return Fraction(2 * len(matched(a, b, at_least)), len(a) + len(b))


def joined(reads: Sequence[Sequence[Box]], at_least: Fraction) -> list[list[Place]]:
    """The connected components of all pairwise matches, as sorted places.

    A component with two marks of one read is not one finding: the caller must send it up.
    The result depends on geometry alone: reads and marks are put in geometric order before matching.
    """
    order = [sorted((box, mark) for mark, box in enumerate(marks)) for marks in reads]
    ranked = sorted(range(len(reads)), key=lambda read: [box for box, _ in order[read]])
    parents = {(read, mark): (read, mark) for read in ranked for _, mark in order[read]}
    for one, other in combinations(ranked, 2):
        a, b = order[one], order[other]
        for i, j in matched([box for box, _ in a], [box for box, _ in b], at_least):
            parents[_root(parents, (one, a[i][1]))] = _root(parents, (other, b[j][1]))
    groups: dict[Place, list[Place]] = {}
    for place in sorted(parents):
        groups.setdefault(_root(parents, place), []).append(place)
    return sorted(groups.values())


def _already_one_to_one(candidates: dict[Pair, Fraction]) -> bool:
    rows, columns = {i for i, _ in candidates}, {j for _, j in candidates}
    return len(rows) == len(columns) == len(candidates)


def _assigned(candidates: dict[Pair, Fraction], rows: int, columns: int) -> list[Pair]:
    # Imported here: most cases need no assignment, and the import costs about a second.
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    gain = np.zeros((rows, columns))
    for pair, overlap in candidates.items():
        gain[pair] = float(overlap)
    found_rows, found_columns = linear_sum_assignment(gain, maximize=True)
    return list(zip(found_rows.tolist(), found_columns.tolist(), strict=True))


def _root(parents: dict[Place, Place], place: Place) -> Place:
    while parents[place] != place:
        place = parents[place]
    return place
