"""Bodies of several parts (RFC 2387, multipart/related), written as they are read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its media type, its body in pieces, and the address at which it can be had alone."""

    media_type: str
    body: Iterable[bytes]
    location: str = ""


def multipart(parts: Iterable[Part], boundary: str) -> Iterator[bytes]:
    """The body of a message; `boundary` must be nothing that a part could hold by chance."""
    begin = f"--{boundary}\r\n"
    for part in parts:
        where = f"Content-Location: {part.location}\r\n" if part.location else ""
        yield f"{begin}Content-Type: {part.media_type}\r\n{where}\r\n".encode()
        yield from part.body
        begin = f"\r\n--{boundary}\r\n"
    yield f"\r\n--{boundary}--\r\n".encode()


def message_type(part_type: str, boundary: str, syntax: str = "") -> str:
    """The Content-Type of such a message."""
    told = f"; transfer-syntax={syntax}" if syntax else ""
    return f'multipart/related; type="{part_type}"; boundary={boundary}{told}'
