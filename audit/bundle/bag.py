"""A BagIt 1.0 bag (RFC 8493) that is written in one pass: each file is hashed as it goes by."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from .archive import Output
from .spill import Spill

_PAYLOAD = "data/"


class Container(Protocol):
    """What a bag is written into: an archive or a folder."""

    def add(self, path: str, data: bytes) -> None:
        """Write a file whose bytes are at hand."""

    def stream(self, path: str) -> AbstractContextManager[Output]:
        """Write a file piece by piece."""

    def close(self) -> None:
        """End it."""


class Bag:
    """A bag that is being filled."""

    def __init__(self, into: Container) -> None:
        self._into = into
        self._payload, self._tags = Spill(), Spill()
        self.octets = self.files = 0
        self.add("bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")

    def add(self, path: str, data: bytes) -> None:
        """Put in a file whose bytes are at hand."""
        self._into.add(path, data)
        self._list(path, hashlib.sha256(data).hexdigest(), len(data))

    @contextmanager
    def stream(self, path: str) -> Iterator["Hashed"]:
        """Put in a file piece by piece."""
        with self._into.stream(path) as out:
            hashed = Hashed(out)
            yield hashed
        self._list(path, hashed.hexdigest(), hashed.size)

    def finish(self, info: Sequence[tuple[str, str]]) -> None:
        """Write `bag-info.txt` with Payload-Oxum as its fourth line, then the manifests."""
        oxum = ("Payload-Oxum", f"{self.octets}.{self.files}")
        lines = [*info[:3], oxum, *info[3:]]
        self.add("bag-info.txt", "".join(f"{name}: {value}\n" for name, value in lines).encode())
        with self._into.stream("manifest-sha256.txt") as out:
            hashed = Hashed(out)
            for line in self._payload:
                hashed.write(_stated(line))
        self._list("manifest-sha256.txt", hashed.hexdigest(), hashed.size)
        self._into.add("tagmanifest-sha256.txt", b"".join(map(_stated, self._tags)))
        self._into.close()

    def close(self) -> None:
        """Forget what was to be listed."""
        self._payload.close()
        self._tags.close()

    def _list(self, path: str, digest: str, size: int) -> None:
        if path.startswith(_PAYLOAD):
            self.octets, self.files = self.octets + size, self.files + 1
        (self._payload if path.startswith(_PAYLOAD) else self._tags).add(f"{path}\t{digest}".encode())


class Hashed:
    """An output that hashes and counts what goes through it."""

    def __init__(self, out: Output) -> None:
        self._out, self._hash, self.size = out, hashlib.sha256(), 0

    def write(self, data: bytes) -> None:
        """Pass it on."""
        self._hash.update(data)
        self.size += len(data)
        self._out.write(data)

    def hexdigest(self) -> str:
        """The SHA-256 of everything so far."""
        return self._hash.hexdigest()


def _stated(line: bytes) -> bytes:
    path, digest = line.split(b"\t")
    return digest + b"  " + path + b"\n"
