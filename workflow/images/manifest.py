"""The manifest of an import: one row of a CSV file for each case, with what its images don't say.

UIDs are turned into pseudonyms and truth is sealed while the text is read: neither is stored as it was written.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from workflow.errors import InvalidInput
from workflow.labels.images_cited import with_images_named
from workflow.reasons import fault

LARGEST: Final = 8 * 1024 * 1024  # bytes
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 60
OWN: Final = (
    *("external_ref", "patient_key", "split", "study", "series", "images", "priors", "clinical_text"),
    *("question_text", "place", "priority", "needs", "wave", "gold", "truth"),
)
_LONGEST_TEXT: Final = 4000
_MOST_IMAGES: Final = 100_000
_GOLD: Final = "Give the known labels as a JSON object, as a read has them."
_PLACE: Final = "Give the place asked about as a JSON object."
Pseudonym = Callable[[str], str]


@dataclass(slots=True)
class WantedCase:
    """A row: the case that it wants, and what is wrong with it."""

    number: int
    external_ref: str
    patient_key: str = ""
    split: str = ""
    priority: int = 0
    wave: str = ""
    needs: list[str] = field(default_factory=list)
    strata: dict[str, str] = field(default_factory=dict)
    shown: dict[str, Any] = field(default_factory=dict)
    images: list[dict[str, Any]] = field(default_factory=list)
    gold: dict[str, Any] | None = None
    truth: str = ""
    faults: list[dict[str, str]] = field(default_factory=list)


def wanted_cases(text: str, uid: Pseudonym) -> list[WantedCase]:
    """The cases that a manifest wants, its UIDs as pseudonyms; InvalidInput names each fault with its line."""
    rows = _rows(text)
    head = [name.strip() for name in next(rows, (0, []))[1]]
    _check_head(head)
    found = [_wanted(number, head, cells, uid) for number, cells in rows if any(c.strip() for c in cells)]
    if not 1 <= len(found) <= MOST_ROWS:
        raise _unfit(f"The manifest has {len(found) or 'no'} rows; it may have from 1 to {MOST_ROWS:,}.")
    faults = [one for row in found for one in row.faults] + list(_twice(found))
    if faults:
        raise InvalidInput(faults[:200])
    return found


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    if len(text.encode()) > LARGEST:
        raise _unfit(f"The manifest has more than {LARGEST // 1024 // 1024} MiB. Import it in parts.")
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",")
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error:
        raise _unfit(f"Line {reader.line_num} can't be read as CSV.") from None


def _check_head(head: Sequence[str]) -> None:
    if "external_ref" not in head or not {"study", "series"} & set(head):
        raise _unfit("The first line must name the columns: external_ref, and study or series.")
    if len(set(head)) < len(head) or len(head) > MOST_COLUMNS:
        raise _unfit(f"Each column needs a name of its own, and there may be at most {MOST_COLUMNS}.")
    if not all(name.isascii() and name.isidentifier() for name in head):
        raise _unfit("Columns are named in plain letters, digits and underscores.")


def _wanted(number: int, head: Sequence[str], cells: Sequence[str], uid: Pseudonym) -> WantedCase:
    given = dict(zip(head, (cell.strip() for cell in cells), strict=False))
    row = WantedCase(number, given.get("external_ref", ""))
    if len(cells) != len(head):
        _tell(row, "", "bad_row", f"It has {len(cells)} cells, the first line has {len(head)}.")
    for name in ("patient_key", "split", "wave", "truth"):
        setattr(row, name, given.get(name, ""))
    row.needs = given.get("needs", "").split()
    texts = {"clinical_text": given.get("clinical_text"), "question": given.get("question_text")}
    row.shown = {name: text for name, text in texts.items() if text}
    row.strata = {name: given[name] for name in head if name not in OWN and given.get(name)}
    row.priority = _priority(row, given.get("priority", ""))
    row.gold = with_images_named(_object(row, "gold", given.get("gold", ""), _GOLD), uid)
    if place := _object(row, "place", given.get("place", ""), _PLACE):
        row.shown["place"] = with_images_named(place, uid)
    row.images = list(_images(given, uid))
    if given.get("images"):
        _expect(row, given["images"])
    _check(row)
    return row


def _images(given: dict[str, str], uid: Pseudonym) -> Iterator[dict[str, Any]]:
    series = [uid(one) for one in given.get("series", "").split()]
    studies = [uid(one) for one in given.get("study", "").split()]
    if len(studies) == 1 or (not studies and series):
        yield {"study": studies[0] if studies else "", "series": series, "role": "current"}
    else:
        yield from ({"study": study, "series": [], "role": "current"} for study in studies)
    for prior in given.get("priors", "").split():
        yield {"study": uid(prior), "series": [], "role": "prior"}


def _expect(row: WantedCase, text: str) -> None:
    """How many images the case's own studies and series must have before it may be one."""
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= _MOST_IMAGES):
        _tell(row, "images", "bad_number", "The number of images is a whole number, 1 or more.")
    elif row.images:
        row.images[0]["count"] = int(text)


def _check(row: WantedCase) -> None:
    if not 1 <= len(row.external_ref) <= 200 or not row.external_ref.isprintable():
        _tell(row, "external_ref", "bad_text", "Give a reference of 1 to 200 printable characters.")
    if len(row.patient_key) > 200 or not row.patient_key.isprintable():
        _tell(row, "patient_key", "bad_text", "A patient key has up to 200 printable characters.")
    if row.split not in ("", "train", "tune", "test"):
        _tell(row, "split", "bad_split", "The split is train, tune or test.")
    if not any(one["role"] == "current" for one in row.images):
        _tell(row, "study", "no_images", "Name the study or the series of this case.")
    if len(row.truth) > _LONGEST_TEXT or any(len(str(text)) > _LONGEST_TEXT for text in row.shown.values()):
        _tell(row, "", "too_long", f"A text has up to {_LONGEST_TEXT:,} characters.")


def _priority(row: WantedCase, text: str) -> int:
    try:
        number = int(text or "0")
    except ValueError:
        number = 1000
    if not -100 <= number <= 100:
        _tell(row, "priority", "bad_priority", "Priority is a whole number from -100 to 100.")
        return 0
    return number


def _object(row: WantedCase, column: str, text: str, message: str) -> dict[str, Any] | None:
    if not text:
        return None
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        _tell(row, column, f"bad_{column}", message)
        return None
    return found


def _twice(rows: Sequence[WantedCase]) -> Iterator[dict[str, str]]:
    seen: set[str] = set()
    for row in rows:
        if row.external_ref in seen:
            yield fault(f"/{row.number}/external_ref", "twice", f"Line {row.number} names its case again.")
        seen.add(row.external_ref)


def _tell(row: WantedCase, column: str, code: str, message: str) -> None:
    row.faults.append(fault(f"/{row.number}/{column}".rstrip("/"), code, f"Line {row.number}: {message}"))


def _unfit(message: str) -> InvalidInput:
    return InvalidInput([fault("/manifest", "unfit", message)], message)
