"""The table of what was written: each file with the case, the version and the papers that it came from."""

import csv
import hashlib
import io
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from typing import IO, Any, Final

from audit.bundle.bag import Container

COLUMNS: Final = (
    *("file", "sha256", "kind", "set", "path", "series", "case", "split", "synthetic", "label_version"),
    *("label_status", "label_digest", "label_event", "settled_by", "slot", "revision", "read_digest"),
    *("guideline_version", "guideline_digest", "protocol_version", "protocol_digest"),
)
LEFT_OUT: Final = ("case", "path", "version", "what", "why")


class Table:
    """Rows of CSV (RFC 4180, LF) that wait in a temporary file: their number costs no memory."""

    def __init__(self, columns: Iterable[str], until: ExitStack) -> None:
        self._columns = list(columns)
        self._file: IO[bytes] = until.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        self.write(dict(zip(self._columns, self._columns, strict=True)))

    def write(self, row: dict[str, Any]) -> None:
        """The next row; columns that it lacks are empty."""
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerow([_cell(row.get(name)) for name in self._columns])
        self._file.write(text.getvalue().encode())

    def copy(self, into: Container, path: str) -> None:
        """Write the table as a member."""
        self._file.seek(0)
        with into.stream(path) as out:
            shutil.copyfileobj(self._file, _Writer(out))


class Files:
    """The members of an export, each with its row in the index."""

    def __init__(self, into: Container, until: ExitStack) -> None:
        self.into, self._index, self._left_out = into, Table(COLUMNS, until), Table(LEFT_OUT, until)

    def add(self, path: str, data: bytes, about: dict[str, Any]) -> None:
        """A file whose bytes are at hand."""
        self.into.add(path, data)
        self._index.write({**about, "file": path, "sha256": hashlib.sha256(data).hexdigest()})

    def stream(self, path: str, pieces: Iterable[bytes], about: dict[str, Any]) -> None:
        """A file piece by piece."""
        hashed = hashlib.sha256()
        with self.into.stream(path) as out:
            for piece in pieces:
                hashed.update(piece)
                out.write(piece)
        self._index.write({**about, "file": path, "sha256": hashed.hexdigest()})

    def leave_out(self, case: str, what: str, why: str, path: str = "", version: str = "reference") -> None:
        """Say that something was not written, and why."""
        self._left_out.write({"case": case, "path": path, "version": version, "what": what, "why": why})

    def finish(self) -> None:
        """Write the two tables."""
        self._index.copy(self.into, "index.csv")
        self._left_out.copy(self.into, "left_out.csv")


class _Writer:
    """An output as shutil wants it."""

    def __init__(self, out: Any) -> None:
        self._out = out

    def write(self, data: bytes) -> int:
        self._out.write(data)
        return len(data)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "" if value is None else str(value)
    # A spreadsheet would take such a text for a formula.
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
