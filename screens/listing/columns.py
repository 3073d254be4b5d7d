"""What a list is made of: its columns, what narrows it, and what one must be allowed to see."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django import forms

from workflow.permissions import Kind

SORT, COLUMNS = "sort", "columns"  # in the address, beside what narrows the list
LONGEST_ADDRESS: Final = 4000


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its label, the fields that it sorts by (none: it doesn't), and whether it holds numbers."""

    key: str
    label: str
    sort: tuple[str, ...] = ()
    number: bool = False
    heads: tuple[str, ...] = ()  # of its cells in a CSV file
    fixed: bool = False  # it leads to what the row is about, so it can't be hidden
    shown: bool = True  # unless somebody chose otherwise


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of a project: the name of its address, its title, what one must be allowed to see, and what it is made of.

    `sort` is how it is sorted where the address doesn't say, `tie` the field that tells any two rows apart.
    """

    name: str
    title: str
    kinds: tuple[Kind, ...]
    columns: tuple[Column, ...]
    sort: str
    form: type[forms.Form]
    tie: str = "pk"

    @property
    def filters(self) -> frozenset[str]:
        """What narrows the list, as the address has it."""
        return frozenset(self.form.base_fields)

    def every(self) -> tuple[str, ...]:
        """All of its columns."""
        return tuple(column.key for column in self.columns)

    def own(self) -> tuple[str, ...]:
        """The columns that it comes with."""
        return self.with_fixed(column.key for column in self.columns if column.shown)

    def with_fixed(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Those of the keys that are columns of this list, with the ones that are never hidden, in the list's order."""
        wanted = set(keys)
        return tuple(column.key for column in self.columns if column.fixed or column.key in wanted)

    def sorted_by(self, asked: str | None) -> str:
        """What was asked for, `key` or `-key`, if the list sorts by it; else how it is sorted at first."""
        known = {column.key for column in self.columns if column.sort}
        return asked if asked and asked.removeprefix("-") in known else self.sort

    def fields(self, sort: str) -> tuple[str, ...]:
        """The fields that a sort orders by; the last one tells any two rows apart."""
        return (*next(c.sort for c in self.columns if c.key == sort.removeprefix("-")), self.tie)
