"""A piece of a file in the body of a request: taken from the line to the disk, never whole into memory."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Final

from django.http import UnreadablePostError
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request

from .refusals import BadOffset, LengthNeeded, TooLarge

BYTES: Final = "application/octet-stream"
OFFSET: Final = "Upload-Offset"
_AT_ONCE: Final = 256 * 1024  # bytes
_NUMBER: Final = re.compile(r"[0-9]{1,16}")


def offset_of(request: Request) -> int:
    """Where in its file the piece begins, in bytes; BadOffset without the header."""
    text = request.headers.get(OFFSET, "")
    if not _NUMBER.fullmatch(text):
        raise BadOffset()
    return int(text)


@contextmanager
def piece_of(request: Request, most: int) -> Iterator[Iterator[bytes]]:
    """The body's bytes, once all of them are here, or as many as came before the line broke; TooLarge above `most`.

    They wait on the disk, so that a slow line holds no lock.
    """
    if request.content_type.partition(";")[0].strip().lower() != BYTES:
        raise UnsupportedMediaType(request.content_type or "nothing")
    length = request.META.get("CONTENT_LENGTH") or ""
    if not _NUMBER.fullmatch(length):
        raise LengthNeeded()
    if int(length) > most:
        raise TooLarge(f"A piece has up to {most // 1024**2} MiB. Send the rest as further pieces.")
    with tempfile.TemporaryFile() as kept:
        _keep(request, kept)
        kept.seek(0)
        yield iter(lambda: kept.read(_AT_ONCE), b"")


def _keep(request: Request, kept: IO[bytes]) -> None:
    try:
        while some := request._request.read(_AT_ONCE):
            kept.write(some)
    except UnreadablePostError:
        pass  # the line broke: what came is right, and the sender asks how much it was
