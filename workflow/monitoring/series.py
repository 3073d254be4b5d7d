"""The planned double reads of one field in the order in which they came in, cut into windows."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from workflow.agreement.distances import Level
from workflow.agreement.tables import Table
from workflow.monitoring.levels import LEAST_CASES

Coefficient = Literal["alpha", "kappa", "ac1", "ac2", "icc"]


@dataclass(frozen=True, slots=True)
class PlannedCase:
    """A case with its planned, independent first reads of one field as submitted: reader → value; None is missing."""

    id: str
    patient: Hashable
    reads: Mapping[str, Any]
    subgroups: tuple[str, ...] = ()

    @property
    def given(self) -> dict[str, Any]:
        """The values that were given, by reader."""
        return {reader: value for reader, value in sorted(self.reads.items()) if value is not None}

    @property
    def unanimous(self) -> bool:
        """Whether all values are the same."""
        return len(set(self.given.values())) == 1


@dataclass(frozen=True, slots=True)
class Series:
    """What is watched: a field, of a subgroup or of all, its cases in the order in which their reads were complete.

    bound: the value of `coefficient` below which agreement is too low, fixed in the protocol; None where it fixes
    none. Kappa is Fleiss', ac2 and kappa of an ordered scale have quadratic weights, and icc is ICC(1,1).
    """

    field: str
    level: Level
    cases: tuple[PlannedCase, ...]
    bound: float | None = None
    subgroup: str | None = None
    categories: tuple[Any, ...] | None = None
    coefficient: Coefficient = "alpha"

    @property
    def double(self) -> tuple[PlannedCase, ...]:
        """The cases with two reads or more: no other enters a window."""
        return tuple(case for case in self.cases if len(case.given) > 1)

    def windows(self, size: int) -> Iterator[tuple[PlannedCase, ...]]:
        """Consecutive windows of `size` double-read cases that share none; an unfilled last one is left out."""
        if size < LEAST_CASES:
            raise ValueError(f"A window holds at least {LEAST_CASES} double-read cases.")
        double = self.double
        for start in range(0, len(double) - size + 1, size):
            yield double[start : start + size]

    def of_subgroups(self) -> tuple["Series", ...]:
        """The same field in each subgroup: exploratory, like every subgroup."""
        names = sorted({name for case in self.cases for name in case.subgroups})
        return tuple(
            replace(self, subgroup=name, cases=tuple(c for c in self.cases if name in c.subgroups))
            for name in names
        )


def table_of(cases: Sequence[PlannedCase], categories: Sequence[Any] | None = None) -> Table:
    """The table of cases × readers; readers in the order of their ids."""
    readers = sorted({reader for case in cases for reader in case.given})
    return Table.of([[case.given.get(reader) for reader in readers] for case in cases], categories)
