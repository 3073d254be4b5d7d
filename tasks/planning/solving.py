"""A linear program built up by columns and rows, solved by HiGHS through scipy."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(slots=True)
class Rows:
    """Rows of a sparse matrix with their right-hand sides."""

    rows: list[Places] = field(default_factory=list)
    columns: list[Places] = field(default_factory=list)
    values: list[Floats] = field(default_factory=list)
    sides: list[Floats] = field(default_factory=list)
    count: int = 0

    def open(self, sides: ArrayLike) -> Places:
        """New rows with these right-hand sides; their numbers."""
        new = np.asarray(sides, dtype=float)
        self.sides.append(new)
        self.count += len(new)
        return np.arange(self.count - len(new), self.count)

    def put(self, rows: Places, columns: Places, values: ArrayLike) -> None:
        """Add values × columns to rows."""
        self.rows.append(rows)
        self.columns.append(columns)
        self.values.append(np.broadcast_to(np.asarray(values, dtype=float), columns.shape))

    def matrix(self, width: int) -> tuple[Any, Floats | None]:
        """The sparse matrix and the right-hand sides; none if there are no rows."""
        if not self.count:
            return None, None
        at = (np.concatenate(self.rows), np.concatenate(self.columns))
        entries = coo_array((np.concatenate(self.values), at), shape=(self.count, width))
        return entries.tocsr(), np.concatenate(self.sides)


@dataclass(slots=True)
class Program:
    """Minimise Σ cost × column, columns between 0 and their most, with rows that equal or stay below."""

    costs: list[Floats] = field(default_factory=list)
    mosts: list[Floats] = field(default_factory=list)
    equal: Rows = field(default_factory=Rows)
    below: Rows = field(default_factory=Rows)
    width: int = 0

    def columns(self, costs: ArrayLike, mosts: ArrayLike) -> Places:
        """New columns; their numbers."""
        most = np.asarray(mosts, dtype=float)
        self.costs.append(np.broadcast_to(np.asarray(costs, dtype=float), most.shape))
        self.mosts.append(most)
        self.width += len(most)
        return np.arange(self.width - len(most), self.width)

    def solved(self) -> Floats:
        """The columns' values at a corner of what is allowed; the same for the same program.

        Raises ArithmeticError if there is no answer.
        """
        most = np.concatenate(self.mosts)
        below, ceilings = self.below.matrix(self.width)
        equal, sides = self.equal.matrix(self.width)
        bounds: Any = np.column_stack([np.zeros_like(most), most])
        # The dual simplex ends at a corner: few fractions are left to be rounded.
        done: Any = linprog(
            np.concatenate(self.costs), A_ub=below, b_ub=ceilings, A_eq=equal, b_eq=sides,
            bounds=bounds, method="highs-ds",
        )  # fmt: skip
        if done.x is None:
            raise ArithmeticError(f"The linear program has no answer: {done.message}")
        return np.asarray(done.x, dtype=float)
