"""PS3.15 Table E.1-1, edition 2026c: every row, and what it asks for under the chosen options.

The rows lie in table.csv beside this file, one line each, to be read against the standard. Basic actions are those
that dicom-anonymizer 2.1 (BSD-3-Clause) carries for 2026c; a test holds the two against each other. A row whose
option column is empty there is never retained by that option.
"""

import csv
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from imaging.deid.options import Options

EDITION: Final = "2026c"
TABLE: Final = Path(__file__).with_name("table.csv")


class Action(Enum):
    """What is done with an element."""

    REMOVE = "X"
    EMPTY = "Z"
    DUMMY = "D"
    UIDS = "U"  # in sequences: the items stay, their UIDs are replaced
    SHIFT = "dates"
    DEVICE = "device"  # kept, unless it repeats an identifier
    PATIENT = "patient"  # kept by the form of the characteristic
    CLEAN = "clean"


class Row(NamedTuple):
    """One line of table.csv; tag is eight hex digits, x or e for any, and gggg for every odd group."""

    attribute: str
    tag: str
    basic: str
    modified_dates: str
    device: str
    patient_characteristics: str
    clean_descriptors: str


@cache
def rows() -> tuple[Row, ...]:
    """Every row, in the standard's order of names."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        reader = csv.reader(lines)
        next(reader)
        return tuple(Row(*line) for line in reader)


@cache
def _single() -> dict[int, Row]:
    return {int(row.tag, 16): row for row in rows() if not set(row.tag) & set("xge")}


@cache
def _repeating() -> dict[str, Row]:
    return {row.tag: row for row in rows() if set(row.tag) & set("xge")}


def row_of(tag: int) -> Row | None:
    """The row that speaks of a tag (group << 16 | element), or None."""
    group, element = tag >> 16, tag & 0xFFFF
    if group % 2:
        return _single().get(tag) or _repeating()["ggggeeee"]
    if group & 0xFF00 == 0x5000:
        return _repeating()["50xxxxxx"]
    if group & 0xFF00 == 0x6000:
        return _repeating().get(f"60xx{element:04X}")
    return _single().get(tag)


def action_of(row: Row, options: Options) -> Action:
    """What a row asks for. An option goes before the Basic Profile, dates before devices, cleaning before keeping."""
    if options.modified_dates and row.modified_dates:
        return Action.SHIFT
    if options.clean_descriptors and row.clean_descriptors:
        return Action.CLEAN
    if options.patient_characteristics and row.patient_characteristics:
        return Action.PATIENT if row.patient_characteristics == "K" else Action.CLEAN
    if options.device and row.device and not row.modified_dates:
        return Action.DEVICE
    return basic(row)


def basic(row: Row) -> Action:
    """The Basic Profile's action. Of a choice (X/Z, Z/D, X/Z/D…) the last letter: valid whatever the IOD requires."""
    return Action(row.basic.rstrip("*").split("/")[-1])
