"""A table of reads from a CSV file: rows are cases, columns are readers, a blank cell is a missing read."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from workflow.agreement.tables import Table

Header = Literal["auto", "yes", "no"]
CASE_COLUMNS = {"", "id"} | {
    name + end
    for name in ("case", "unit", "item", "image", "study", "subject", "target")
    for end in ("", "_id")
}
PATIENT_COLUMNS = {"patient", "patient_id", "patient_key"}
Cell = str | float | None


@dataclass(frozen=True, slots=True)
class Read:
    """What a file holds: the reads, the readers' names, whether a first row was taken as names, the patients."""

    rows: tuple[tuple[Cell, ...], ...]
    readers: tuple[str, ...]
    header: bool
    patients: tuple[str, ...] | None

    def table(self, categories: Sequence[Cell] | None = None) -> Table:
        """The table of these reads."""
        return Table.of(self.rows, categories)


def read_csv(text: str, numbers: bool, header: Header = "auto") -> Read:
    """The reads in a text; `numbers`: every read must be one. ValueError, as one sentence, for anything else.

    With `header` "auto" the first row is names if it is no row of reads: text above numbers, or names that
    are never given as a read. Under a header, a first column called case (see CASE_COLUMNS) and one called
    patient are not readers; patients are what the intervals then resample.
    """
    lines = _lines(text)
    named = _is_header(lines, numbers) if header == "auto" else header == "yes"
    names = lines.pop(0) if named else [f"reader_{n}" for n in range(1, len(lines[0]) + 1)]
    if not lines:
        raise ValueError("The table has names, but no case.")
    readers, patient = _columns(names) if named else (list(range(len(names))), None)
    if len(readers) < 2:
        raise ValueError("Agreement needs two readers: the table has one column of reads.")
    patients = None if patient is None else tuple(line[patient] for line in lines)
    if patients is not None and "" in patients:
        raise ValueError("A case has no patient: name one for each case, or leave the column out.")
    rows = _values([[line[n] for n in readers] for line in lines], numbers)
    return Read(rows, tuple(names[n] for n in readers), named, patients)


def _columns(names: list[str]) -> tuple[list[int], int | None]:
    """Which columns are readers, and which one is the patient, by their names."""
    plain = [re.sub(r"[ -]", "_", name.lower()) for name in names]
    patient = next((n for n, name in enumerate(plain) if name in PATIENT_COLUMNS), None)
    beside = {patient, 0 if plain[0] in CASE_COLUMNS else None}
    return [n for n in range(len(names)) if n not in beside], patient


def number(cell: str) -> float | None:
    """The finite number that a cell holds, or None."""
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if isfinite(value) and "_" not in cell else None


def _lines(text: str) -> list[list[str]]:
    """The cells of the text, stripped, every row as long as the first; ValueError if it is no table."""
    if "\0" in text:
        raise ValueError("This is not a table: it holds binary data.")
    first = text.lstrip("\r\n").partition("\n")[0]
    between = next((mark for mark in (",", ";", "\t") if mark in first), ",")
    try:
        lines = [
            [cell.strip() for cell in row]
            for row in csv.reader(text.splitlines(), delimiter=between, strict=True)
            if row
        ]
    except csv.Error as error:
        raise ValueError(f"This is not a table of comma-separated values: {error}.") from None
    if not lines:
        raise ValueError("The table is empty.")
    for count, line in enumerate(lines, 1):
        if len(line) != len(lines[0]):
            raise ValueError(
                f"This is not a table: row {count} has {len(line)} cells, row 1 has {len(lines[0])}."
            )
    if not any(cell for line in lines for cell in line):
        raise ValueError("The table is empty.")
    return lines


def _is_header(lines: list[list[str]], numbers: bool) -> bool:
    first, rest = lines[0], [cell for line in lines[1:] for cell in line if cell]
    if any(number(cell) is None for cell in first if cell):
        names = [cell for cell in first if cell]
        unlike = len(set(names)) == len(names) and not set(names) & set(rest) and all(first[1:])
        return numbers or unlike or (bool(rest) and all(number(cell) is not None for cell in rest))
    return False


def _values(lines: list[list[str]], numbers: bool) -> tuple[tuple[Cell, ...], ...]:
    """Cells as numbers where all are, so that 1 and 1.0 are the same read; else as text."""
    given = [[number(cell) if cell else None for cell in line] for line in lines]
    if all(
        (value is None) == (not cell)
        for line, row in zip(lines, given, strict=True)
        for cell, value in zip(line, row, strict=True)
    ):
        return tuple(map(tuple, given))
    if numbers:
        place = next(
            cell
            for line, row in zip(lines, given, strict=True)
            for cell, value in zip(line, row, strict=True)
            if cell and value is None
        )
        raise ValueError(f"At this level every read is a number, and {place[:40]!r} is none.")
    return tuple(tuple(cell or None for cell in line) for line in lines)
