"""The straightforward bootstrap of Krippendorff's α, one draw after another: what ours is measured beside."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import numpy as np

Row = tuple[int, ...]
Matrix = Sequence[Sequence[float]]


def alpha_by_pairs(rows: Sequence[Row], level: str, draws: int) -> list[float]:
    """α of each draw in plain Python, by the steps of Krippendorff (2011): every pair into the matrix."""
    chance, found = np.random.default_rng(1), []
    for _ in range(draws):
        drawn = [rows[place] for place in chance.integers(0, len(rows), len(rows)).tolist()]
        found.append(_alpha(_coincidences(drawn), level))
    return found


def alpha_by_counting(rows: Sequence[Row], level: str, draws: int) -> list[float]:
    """α of each draw in numpy: counts of the drawn cases, and their coincidences by one product."""
    chance, table, found = np.random.default_rng(1), np.array(rows), []
    for _ in range(draws):
        drawn = table[chance.integers(0, len(table), len(table))]
        counts = np.stack([(drawn == grade).sum(1) for grade in range(1, 6)], 1).astype(float)
        paired = (counts.T @ counts - np.diag(counts.sum(0))) / (table.shape[1] - 1)
        found.append(_alpha(paired.tolist(), level))
    return found


def _coincidences(cases: Sequence[Row]) -> list[list[float]]:
    matrix = [[0.0] * 5 for _ in range(5)]
    for reads in cases:
        for a, b in permutations(reads, 2):
            matrix[a - 1][b - 1] += 1 / (len(reads) - 1)
    return matrix


def _alpha(matrix: Matrix, level: str) -> float:
    totals = [sum(row) for row in matrix]
    places = [(a, b) for a in range(5) for b in range(5)]
    observed = sum(matrix[a][b] * _apart(totals, a, b, level) for a, b in places)
    expected = sum(totals[a] * totals[b] * _apart(totals, a, b, level) for a, b in places)
    return 1 - (sum(totals) - 1) * observed / expected


def _apart(totals: Sequence[Any], a: int, b: int, level: str) -> float:
    if level == "nominal":
        return float(a != b)
    low, high = min(a, b), max(a, b)
    return float((sum(totals[low : high + 1]) - (totals[a] + totals[b]) / 2) ** 2)
