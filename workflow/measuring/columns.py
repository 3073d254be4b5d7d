"""One field over many cases, as a table of cases × readers.

Where the same few readers read every case, each has a column of their own. Where readers differ from case to
case, the columns are the planned reads: no statistic that names readers is computed from those.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workflow.agreement.tables import Table
from workflow.consensus.answers import ABSENT, NOT_ASSESSABLE, Unanswered, Value, decoded
from workflow.measuring.study import FirstRead, StudiedCase

Answer = Callable[[FirstRead], Any]  # the stored value of a read, None where it has none


@dataclass(frozen=True, slots=True)
class Column:
    """A field's answers: `rows` one per case, in the comparable form, None where a read has none.

    `fixed`: each column is one and the same reader. `unassessable` counts answers "not assessable"; `unplanned`
    the places in rows of cases that had fewer reads planned than others: no read is missing there.
    """

    kind: str
    rows: tuple[tuple[Value | None, ...], ...]
    patients: tuple[str, ...]
    fixed: bool
    unassessable: int = 0
    asked: int = 0
    unplanned: int = 0

    def table(self, of: Callable[[Value], Hashable], categories: Sequence[Hashable] | None = None) -> Table:
        """The table of the answers, each as `of` gives it."""
        rows = [[None if value is None else of(value) for value in row] for row in self.rows]
        return Table.of(rows, categories)

    def numbers(self) -> list[list[float | None]]:
        """The answers to a number as floats."""
        return [[None if value is None else float(value) for value in row] for row in self.rows]


def column_of(kind: str, cases: Sequence[StudiedCase], answer: Answer) -> Column:
    """The answers of these cases to one question."""
    readers = sorted({read.reader for case in cases for read in case.reads})
    width = max((case.planned for case in cases), default=0)
    fixed = len(readers) == width
    place = {reader: n for n, reader in enumerate(readers)}
    made = [_row(kind, case, answer, place if fixed else None, width) for case in cases]
    return Column(
        kind,
        tuple(tuple(None if isinstance(v, Unanswered) else v for v in row) for row in made),
        tuple(case.patient for case in cases),
        fixed,
        sum(value is NOT_ASSESSABLE for row in made for value in row),
        sum(len(case.reads) for case in cases),
        sum(width - case.planned for case in cases),
    )


def _row(
    kind: str, case: StudiedCase, answer: Answer, place: Mapping[str, int] | None, width: int
) -> list[Value | Unanswered]:
    row: list[Value | Unanswered] = [ABSENT] * width
    for n, read in enumerate(sorted(case.reads, key=lambda read: read.slot)):
        row[n if place is None else place[read.reader]] = decoded(kind, answer(read), case.scale)
    return row
