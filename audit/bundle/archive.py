"""ZIP files whose bytes depend on nothing but their members: stored, dateless, written in one pass, ZIP64.

The format is PKWARE's APPNOTE 6.3. A member of unknown size is followed by a data descriptor, so that the output need
not be seekable. The central directory waits in a temporary file: memory doesn't grow with the number of members.
"""

import shutil
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Protocol
from zlib import crc32

_DATE = 0x0021  # 1980-01-01, the earliest there is
_DATE_AND_TIME = _DATE << 16
_MODE = 0o100644 << 16
_UNIX = 3 << 8
_SIZES_FOLLOW = 0x0008
_PLAIN, _ZIP64 = 20, 45  # the version of the format that a reader needs
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF


class Output(Protocol):
    """Whatever takes bytes in order."""

    def write(self, data: bytes, /) -> object:
        """Take them."""


class Archive:
    """A ZIP file that is being written; every member is in the folder `top`."""

    def __init__(self, out: Output, top: str) -> None:
        self._out, self._top, self._at, self._count = out, top, 0, 0
        self._directory: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_: object) -> None:
        self._directory.close()

    def add(self, path: str, data: bytes) -> None:
        """Write a member whose bytes are at hand."""
        name, begin, crc = self._name(path), self._at, crc32(data)
        self._write(_local(name, _PLAIN, 0, crc, len(data)))
        self._write(data)
        self._list(name, _PLAIN, 0, crc, len(data), begin)

    @contextmanager
    def stream(self, path: str) -> Iterator[Output]:
        """Write a member piece by piece."""
        name, begin = self._name(path), self._at
        self._write(_local(name, _ZIP64, _SIZES_FOLLOW, 0, _FULL32))
        member = _Member(self)
        yield member
        self._write(struct.pack("<4sLQQ", b"PK\x07\x08", member.crc, member.size, member.size))
        self._list(name, _ZIP64, _SIZES_FOLLOW, member.crc, member.size, begin)

    def close(self) -> None:
        """Write the directory; nothing can be added any more."""
        begin, size = self._at, self._directory.tell()
        self._directory.seek(0)
        shutil.copyfileobj(self._directory, self._out)
        self._at += size
        self._write(_end(self._count, size, begin))

    def _name(self, path: str) -> bytes:
        return f"{self._top}/{path}".encode("ascii")

    def _write(self, data: bytes) -> None:
        self._out.write(data)
        self._at += len(data)

    def _list(self, name: bytes, version: int, flags: int, crc: int, size: int, begin: int) -> None:
        large = [n for n in (size, size, begin) if n >= _FULL32]
        extra = struct.pack(f"<HH{len(large)}Q", 1, 8 * len(large), *large) if large else b""
        version = _ZIP64 if large else version
        size, begin = min(size, _FULL32), min(begin, _FULL32)
        head = (b"PK\x01\x02", _UNIX | version, version, flags, 0, _DATE_AND_TIME, crc, size, size)
        rest = (len(name), len(extra), 0, 0, 0, _MODE, begin)
        self._directory.write(struct.pack("<4sHHHHLLLLHHHHHLL", *head, *rest) + name + extra)
        self._count += 1


class _Member:
    """A member that is being written."""

    def __init__(self, archive: Archive) -> None:
        self._archive, self.crc, self.size = archive, 0, 0

    def write(self, data: bytes) -> None:
        self.crc, self.size = crc32(data, self.crc), self.size + len(data)
        self._archive._write(data)


def _local(name: bytes, version: int, flags: int, crc: int, size: int) -> bytes:
    extra = struct.pack("<HHQQ", 1, 16, 0, 0) if version == _ZIP64 else b""
    fields = (b"PK\x03\x04", version, flags, 0, _DATE_AND_TIME, crc, size, size, len(name), len(extra))
    return struct.pack("<4sHHHLLLLHH", *fields) + name + extra


def _end(count: int, size: int, begin: int) -> bytes:
    found = b""
    if count >= _FULL16 or size >= _FULL32 or begin >= _FULL32:
        found = struct.pack(
            "<4sQHHLLQQQQ", b"PK\x06\x06", 44, _UNIX | _ZIP64, _ZIP64, 0, 0, count, count, size, begin
        )
        found += struct.pack("<4sLQL", b"PK\x06\x07", 0, begin + size, 1)
    count, size, begin = min(count, _FULL16), min(size, _FULL32), min(begin, _FULL32)
    return found + struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, count, count, size, begin, 0)
