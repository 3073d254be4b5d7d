"""The UIDs under which a reader is shown images: their own in each part they play, so that nobody can compare them.

Two readers of a case, or one who is shown it again, must not be able to tell that it is the same study. A stored UID is
`2.25.` and 128 bits, so a keyed permutation of 128 bits (one block of AES, FIPS 197) makes another such UID of it, and
takes it back without a table. PS3.5 B.2 gives the form.
"""

import hmac
from functools import lru_cache
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from .keys import derived

PREFIX: Final = "2.25."
BITS: Final = 128


class ShownUids:
    """One part's own names for images. `key`: 32 bytes, half for UIDs and half for ETags."""

    def __init__(self, key: bytes) -> None:
        # One block alone, never a message: what ECB must not be used for doesn't arise.
        self._cipher = Cipher(AES(key[:16]), ECB())  # noqa: S305
        self._tags = key[16:]

    def __repr__(self) -> str:
        return "ShownUids(key hidden)"

    def shown(self, stored: str) -> str:
        """The reader's UID for a stored one; UIDs that are no pseudonyms (classes, syntaxes) stay as they are."""
        number = _number(stored)
        return stored if number is None else f"{PREFIX}{int.from_bytes(self._cipher_of(number), 'big')}"

    def stored(self, shown: str) -> str | None:
        """The stored UID behind a reader's; None for what can't be one. That there is such an image isn't said."""
        number = _number(shown)
        if number is None:
            return None
        return f"{PREFIX}{int.from_bytes(self._plain_of(number), 'big')}"

    def etag(self, digest: str) -> str:
        """A mark of the bytes behind a digest that tells nothing to whoever knows another part's."""
        return hmac.digest(self._tags, digest.encode(), "sha256").hex()[:32]

    def _cipher_of(self, number: int) -> bytes:
        return self._cipher.encryptor().update(number.to_bytes(BITS // 8, "big"))

    def _plain_of(self, number: int) -> bytes:
        return self._cipher.decryptor().update(number.to_bytes(BITS // 8, "big"))


@lru_cache(maxsize=256)
def uids_of(case_id: UUID, round_: int, member_id: UUID) -> ShownUids:
    """The names that belong to a part: a person in a case's round. A control is a case of its own here."""
    return ShownUids(derived(f"shown-uids/{case_id}/{round_}", member_id))


def _number(uid: str) -> int | None:
    """The 128 bits of a pseudonymous UID in its one spelling; None for any other."""
    digits = uid.removeprefix(PREFIX)
    if digits == uid or not (digits.isascii() and digits.isdigit()) or len(digits) > 39:
        return None
    number = int(digits)
    return number if number >> BITS == 0 and str(number) == digits else None
