"""Opens a ZIP that may be hostile: its members by number, never by name, and never more bytes than the limits allow."""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from struct import error as StructError
from typing import IO, Final

from .limits import Limits
from .refusals import Refused

CHUNK: Final = 1 << 20
LEAST_RATIO_BYTES: Final = 64 << 20  # what is smaller harms nobody, however well it packs
ENCRYPTED: Final = 0x1
METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ARCHIVES: Final = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")
CENTRAL_ENTRY, END_OF_DIRECTORY = 46, 22
DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True)
class Member:
    """One file of an archive: its place among the files (from 1), and how to have its bytes.

    size: as the archive claims. refused: why it is not to be read, or None.
    """

    number: int
    size: int
    refused: Refused | None
    _archive: "_Archive" = field(repr=False)
    _info: zipfile.ZipInfo = field(repr=False)  # it has the name

    def chunks(self) -> Iterator[bytes]:
        """The member's bytes, piece by piece; raises Refused: for this member alone, or for the archive."""
        if self.refused is not None:
            raise self.refused
        return self._archive.chunks(self._info)


def members(path: Path, limits: Limits) -> Iterator[Member]:
    """The files of an archive, directories left out; raises Refused for an archive as a whole.

    Its members can be read until the next one is asked for. What they unpack to is counted over all of them.
    """
    size = path.stat().st_size
    if not size:
        raise Refused("empty")
    with path.open("rb") as file:
        _count_before_reading(file, size, limits)
        try:
            unpacked = zipfile.ZipFile(file)
        except (*DAMAGED, StructError, UnicodeError):
            raise Refused("archive_corrupt") from None
        with unpacked:
            archive = _Archive(unpacked, size, limits)
            # Not is_dir(), which fails on a name of no letters.
            files = [info for info in unpacked.infolist() if not info.filename.endswith("/")]
            if len(files) > limits.files:
                raise Refused("too_many")
            for number, info in enumerate(files, start=1):
                yield Member(number, info.file_size, _refused(info, limits), archive, info)


def unpack(path: Path, folder: Path, limits: Limits) -> list[dict[str, int | str | None]]:
    """Write the members to files 000001, 000002, … of a folder; raises Refused and then leaves none.

    One row per member: {"number", "size" in bytes, "refused": the code or None}; a refused member leaves no file.
    """
    rows: list[dict[str, int | str | None]] = []
    try:
        for member in members(path, limits):
            rows.append(_written(member, folder / f"{member.number:06}"))
    except BaseException:
        for row in rows:
            (folder / f"{row['number']:06}").unlink(missing_ok=True)
        raise
    return rows


def _written(member: Member, target: Path) -> dict[str, int | str | None]:
    size, file = 0, target.open("xb")
    try:
        with file:
            for data in member.chunks():
                size += file.write(data)
    except BaseException as error:
        target.unlink(missing_ok=True)
        if not isinstance(error, Refused) or error.code in ("archive_bomb", "too_many"):
            raise
        return {"number": member.number, "size": 0, "refused": error.code}
    return {"number": member.number, "size": size, "refused": None}


class _Archive:
    """Counts what comes out: headers may lie, and members may lie upon each other."""

    def __init__(self, unpacked: zipfile.ZipFile, size: int, limits: Limits) -> None:
        self._unpacked, self._limits, self._out = unpacked, limits, 0
        self._most = min(limits.archive_bytes, max(LEAST_RATIO_BYTES, size * limits.archive_ratio))

    def chunks(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        most = min(
            self._limits.file_bytes,
            max(LEAST_RATIO_BYTES, info.compress_size * self._limits.archive_ratio),
        )
        out = 0
        with suppress(StopIteration), self._opened(info) as file:
            while data := self._read(file):
                if not out and data.startswith(ARCHIVES):
                    raise Refused("archive_nested")
                out += len(data)
                self._out += len(data)
                if out > most or self._out > self._most:
                    raise Refused("archive_bomb")
                yield data

    def _opened(self, info: zipfile.ZipInfo) -> IO[bytes]:
        try:
            return self._unpacked.open(info)
        except (*DAMAGED, StructError, UnicodeError):
            raise Refused("archive_corrupt") from None

    def _read(self, file: IO[bytes]) -> bytes:
        try:
            return file.read(CHUNK)
        except (*DAMAGED, StructError):
            raise Refused("archive_corrupt") from None


def _count_before_reading(file: IO[bytes], size: int, limits: Limits) -> None:
    """Refuse a directory of too many entries before it is read into memory."""
    try:
        end = zipfile._EndRecData(file)  # type: ignore[attr-defined]  # the only reader of it there is
    except (*DAMAGED, StructError):
        end = None
    if not end:
        raise Refused("archive_corrupt")
    directory = int(end[zipfile._ECD_SIZE])  # type: ignore[attr-defined]
    if directory > size:
        raise Refused("archive_corrupt")
    if directory // CENTRAL_ENTRY > 2 * limits.files and directory > limits.header_bytes:
        raise Refused("too_many")
    file.seek(0)


def _refused(info: zipfile.ZipInfo, limits: Limits) -> Refused | None:
    if leads_out(info.filename) or stat.S_ISLNK(info.external_attr >> 16):
        return Refused("archive_path")
    if info.flag_bits & ENCRYPTED:
        return Refused("archive_encrypted")
    if info.compress_type not in METHODS:
        return Refused("archive_corrupt")
    if info.file_size > limits.file_bytes:
        return Refused("too_large")
    return None


def leads_out(name: str) -> bool:
    """Whether a path is absolute, goes up, or is written for another system's roots."""
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or "\0" in name or name[1:2] == ":"
