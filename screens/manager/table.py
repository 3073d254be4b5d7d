"""Cases out of a CSV file: read row by row, every fault told with its line."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from workflow.errors import InvalidInput
from workflow.intake import MOST_AT_ONCE, NewCase
from workflow.reasons import fault

NEEDED: Final = ("external_ref", "patient_key", "split")
OPTIONAL: Final = ("priority", "needs", "wave", "control")
LARGEST = 2 * 1024 * 1024
MOST_COLUMNS = 40


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file: its line there, and the case or what is wrong with it."""

    number: int
    case: NewCase
    faults: tuple[str, ...] = ()


def decoded(content: bytes) -> str:
    """The text of an uploaded file; InvalidInput if it is too large or no UTF-8 text."""
    if len(content) > LARGEST:
        raise _unfit(f"The file has more than {LARGEST // 1024 // 1024} MiB. Import it in parts.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unfit("The file is not UTF-8 text. Save it as CSV in UTF-8, then try again.") from None


def lines_of(text: str) -> list[Line]:
    """The cases of a CSV text with a head line; InvalidInput if its head is wrong, or it has too many rows."""
    rows = _rows(text)
    head = [name.strip() for name in next(rows, (0, []))[1]]
    _check_head(head)
    found = [_line(number, head, cells) for number, cells in rows if any(cell.strip() for cell in cells)]
    if not 1 <= len(found) <= MOST_AT_ONCE:
        raise _unfit(f"The file has {len(found) or 'no'} rows; import from 1 to {MOST_AT_ONCE} at once.")
    return found


def strata_of(text: str) -> list[str]:
    """The columns that become strata."""
    head = [name.strip() for name in next(_rows(text), (0, []))[1]]
    return [name for name in head if name not in (*NEEDED, *OPTIONAL)]


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    delimiter = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise _unfit(f"Line {reader.line_num} can't be read as CSV: {error}.") from None


def _check_head(head: list[str]) -> None:
    missing = [name for name in NEEDED if name not in head]
    if missing:
        raise _unfit(f"The first line must name the columns; {' and '.join(missing)} {_is(missing)} missing.")
    if len(set(head)) < len(head) or len(head) > MOST_COLUMNS:
        raise _unfit(f"Each column needs a name of its own, and there may be at most {MOST_COLUMNS}.")
    wrong = [name for name in head if not (name.isascii() and name.isidentifier())]
    if wrong:
        raise _unfit(f"Columns are named in plain letters, digits and underscores, not “{wrong[0]}”.")


def _is(missing: list[str]) -> str:
    return "is" if len(missing) == 1 else "are"


def _line(number: int, head: list[str], cells: list[str]) -> Line:
    given = dict(zip(head, (cell.strip() for cell in cells), strict=False))
    faults = () if len(cells) == len(head) else (f"It has {len(cells)} cells, the head line {len(head)}.",)
    priority = given.get("priority") or "0"
    if not (priority.removeprefix("-").isdecimal() and priority.isascii() and len(priority) < 5):
        faults = (*faults, "Priority is a whole number from -100 to 100.")
        priority = "0"
    control = given.get("control") or "no"
    if control not in ("yes", "no"):
        faults = (*faults, "Control is yes or no.")
    strata = {name: given[name] for name in head if name not in (*NEEDED, *OPTIONAL) and given.get(name)}
    reference, patient, split = (given.get(name, "") for name in NEEDED)
    more: dict[str, Any] = {"needs": tuple(given.get("needs", "").split()), "wave": given.get("wave", "")}
    case = NewCase(reference, patient, split, strata, int(priority), control=control == "yes", **more)
    return Line(number, case, faults)


def _unfit(message: str) -> InvalidInput:
    return InvalidInput([fault("/table", "unfit", message)], message)
