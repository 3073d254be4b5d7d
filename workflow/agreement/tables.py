"""A table of reads, cases × readers with gaps: the one input of the statistics of categories."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
MISSING = -1
FEW = 64  # up to so many categories a dense count matrix is quicker than counting draw by draw


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Reads as codes, (cases, readers), −1 where one is missing; a code is a place in `categories`.

    Who is put in is the caller's decision: independent first reads, revision 1, and no conditional third
    reads, or every coefficient here is biased.
    """

    codes: Codes
    categories: tuple[Any, ...]

    @classmethod
    def of(cls, rows: Iterable[Sequence[Any]], categories: Sequence[Hashable] | None = None) -> Self:
        """The table of rows of values, None for a missing read; categories are sorted unless given.

        An ordered scale in words must be given, in its order; a scale with unused ends should be.

        Raises ValueError for rows of different lengths, for NaN and for a value outside `categories`.
        """
        rows = [tuple(row) for row in rows]
        if len({len(row) for row in rows}) > 1:
            raise ValueError("Every case needs one place per reader: the rows differ in length.")
        found = {value for row in rows for value in row if value is not None}
        if any(value != value for value in found):
            raise ValueError("NaN is not a read: give None where a read is missing.")
        scale = tuple(sorted(found, key=_order) if categories is None else categories)
        if not found <= set(scale):
            raise ValueError("A read has a value that is not among the categories.")
        place: dict[Any, int] = {None: MISSING} | {category: code for code, category in enumerate(scale)}
        codes = np.array([[place[value] for value in row] for row in rows], np.int64)
        return cls(_kept(codes.reshape(len(rows), -1 if rows else 0)), scale)

    @classmethod
    def of_counts(cls, counts: Sequence[Sequence[int]], categories: Sequence[Hashable]) -> Self:
        """The table of counts, (cases, categories), as papers print it; the readers are interchangeable."""
        each = np.asarray(counts, np.int64)
        codes = np.full((len(each), int(each.sum(axis=1).max(initial=0))), MISSING)
        for row, one in zip(codes, each, strict=True):
            row[: one.sum()] = np.repeat(np.arange(len(one)), one)
        return cls(_kept(codes), tuple(categories))

    @classmethod
    def of_contingency(cls, cells: Sequence[Sequence[int]], categories: Sequence[Hashable]) -> Self:
        """The table of two readers from their contingency table: rows the first, columns the second."""
        each = np.asarray(cells, np.int64)
        pairs = np.argwhere(each >= 0)
        return cls(_kept(np.repeat(pairs, each.ravel(), axis=0)), tuple(categories))

    @property
    def n_cases(self) -> int:
        """The number of cases, also of those without a read."""
        return int(self.codes.shape[0])

    @property
    def n_readers(self) -> int:
        """The number of readers."""
        return int(self.codes.shape[1])

    @property
    def missing(self) -> int:
        """The number of missing reads."""
        return int((self.codes == MISSING).sum())

    @property
    def reads(self) -> Codes:
        """How many reads each case has, (cases,)."""
        return np.asarray((self.codes != MISSING).sum(axis=1), np.int64)

    @property
    def pairable(self) -> npt.NDArray[np.bool_]:
        """Which cases have two reads or more, (cases,)."""
        return np.asarray(self.reads >= 2)

    @property
    def unanimous(self) -> bool:
        """Whether no case holds two different reads, and at least one holds two."""
        highest = self.codes.max(axis=1, initial=MISSING)
        differs = (self.codes != MISSING) & (self.codes != highest[:, None])
        return bool(self.pairable.any() and not differs.any())

    @property
    def marginals(self) -> tuple[tuple[Any, int], ...]:
        """How many reads gave each category."""
        given = np.bincount(self.codes[self.codes != MISSING], minlength=len(self.categories))
        return tuple(zip(self.categories, given.tolist(), strict=True))

    def counts(self) -> Floats:
        """How many reads of each case gave each category, (cases, categories)."""
        return np.stack(
            [(self.codes == code).sum(axis=1) for code in range(len(self.categories))], 1, dtype=float
        )


def positions(categories: Sequence[Any]) -> Floats:
    """Where categories lie on their scale, (categories,): their values if all are numbers, else 0, 1, 2 …"""
    if all(isinstance(category, Real) for category in categories):
        return np.array([float(category) for category in categories])
    return np.arange(len(categories), dtype=float)


def among(weights: Floats, cases: npt.NDArray[np.bool_]) -> Floats:
    """The weights (draws, cases) of some cases only; not copied where these are all."""
    return weights if cases.all() else weights[:, cases]


def totals(codes: Codes, weights: Floats, size: int) -> Floats:
    """How often each code occurs when case i counts `weights[draw, i]` times, (draws, size).

    `codes` is (cases, readers), `weights` (draws, cases).
    """
    if size <= FEW:
        return np.asarray(
            weights @ np.stack([(codes == code).sum(axis=1) for code in range(size)], 1, dtype=float)
        )
    case, _ = given = np.nonzero(codes != MISSING)
    flat = codes[given]
    return np.array([np.bincount(flat, draw[case], minlength=size) for draw in weights])


def _order(category: Any) -> tuple[int, float, str]:
    if isinstance(category, Real):
        return 0, float(category), ""
    if isinstance(category, frozenset):
        return 1, len(category), repr(sorted(map(repr, category)))
    return 1, 0, str(category)


def _kept(codes: Codes) -> Codes:
    codes.setflags(write=False)
    return codes
