"""Stand-ins for identifiers: HMAC-SHA-256 under a project's key, each kind in a domain of its own."""

import hmac
from base64 import b32encode

SHORTEST_KEY = 32  # bytes
DAYS_BACK = 3650


class Pseudonyms:
    """Deterministic under one key; nothing of the original can be read from them without it."""

    def __init__(self, key: bytes) -> None:
        if len(key) < SHORTEST_KEY:
            raise ValueError(f"The key of the pseudonyms needs {SHORTEST_KEY} bytes.")
        self._key = bytes(key)

    def __repr__(self) -> str:
        return "Pseudonyms(key hidden)"

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("The key of the pseudonyms is not written anywhere.")

    def _digest(self, kind: str, *parts: str) -> bytes:
        # Every part is led by its length, so that no two lists of parts are one message.
        spoken = [part.encode("utf-8", "surrogatepass") for part in (kind, *parts)]
        message = b"".join(len(part).to_bytes(8, "big") + part for part in spoken)
        return hmac.digest(self._key, b"consilium/deid/1\0" + message, "sha256")

    def uid(self, original: str) -> str:
        """`2.25.` and 128 bits as a decimal number (PS3.5 B.2): a valid UID of at most 44 characters."""
        return f"2.25.{int.from_bytes(self._digest('uid', original.strip(chr(0) + ' '))[:16], 'big')}"

    def patient(self, id: str, issuer: str = "") -> str:
        """`P-` and 16 characters of base 32 (80 bits) for a patient's identifier and who issued it."""
        return f"P-{self._short('patient', id.strip(), issuer.strip())}"

    def text(self, kind: str, value: str) -> str:
        """16 characters of base 32 (80 bits) for any value, apart from every other kind's."""
        return self._short(f"text/{kind}", value.strip())

    def days(self, patient: str) -> int:
        """By how many days all dates of a patient (the pseudonym) are moved: -3650..-1."""
        return -1 - int.from_bytes(self._digest("days", patient)[:8], "big") % DAYS_BACK

    def _short(self, kind: str, *parts: str) -> str:
        return b32encode(self._digest(kind, *parts)[:10]).decode("ascii")
