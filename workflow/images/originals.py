"""Files as they came, kept only where a project says so, and sealed.

Each piece of a MiB is sealed by AES-256-GCM under its number and whether it is the last, so that pieces can't be
exchanged, repeated or cut off (Hoang, Reyhanitabar, Rogaway and Vizár, 2015: STREAM).
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .keys import NotOpened, derived
from .places import original

_PIECE: Final = 1024 * 1024
_TAG: Final = 16
_PREFIX: Final = 7  # bytes of a random beginning of the nonces, which end with the piece's number and "last"


def keep_original(project_id: UUID, instance_id: UUID, source: Path) -> None:
    """Seal a file as it came beside the stored one; atomically."""
    target = original(project_id, instance_id)
    part, prefix = target.with_suffix(".part"), os.urandom(_PREFIX)
    key = AESGCM(derived("originals", project_id))
    with source.open("rb") as file, part.open("wb") as out:
        out.write(prefix)
        for number, piece, last in _pieces(file.fileno(), _PIECE):
            out.write(key.encrypt(_nonce(prefix, number, last), piece, instance_id.bytes))
        out.flush()
        os.fsync(out.fileno())
    part.replace(target)


def opened_original(project_id: UUID, instance_id: UUID) -> Iterator[bytes]:
    """The pieces of a file as it came; NotOpened by another key, or if it was changed or cut off."""
    key = AESGCM(derived("originals", project_id))
    with original(project_id, instance_id).open("rb") as file:
        prefix = os.read(file.fileno(), _PREFIX)
        for number, piece, last in _pieces(file.fileno(), _PIECE + _TAG):
            try:
                yield key.decrypt(_nonce(prefix, number, last), piece, instance_id.bytes)
            except InvalidTag:
                raise NotOpened() from None


def _pieces(file: int, size: int) -> Iterator[tuple[int, bytes, bool]]:
    number, piece = 0, _read(file, size)
    while True:
        following = _read(file, size)
        yield number, piece, not following
        if not following:
            return
        number, piece = number + 1, following


def _read(file: int, size: int) -> bytes:
    found = b""
    while len(found) < size and (more := os.read(file, size - len(found))):
        found += more
    return found


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])
