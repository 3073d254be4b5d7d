"""A picture that a page sends: PNG with nothing in it but pixels, small enough to keep; never decoded here."""

import base64
import binascii
import struct
import zlib
from collections.abc import Iterator
from typing import Final

from workflow.errors import InvalidInput
from workflow.reasons import fault

LARGEST: Final = 2 * 1024 * 1024  # bytes
WIDEST: Final = 8192  # pixels along either side
MAGIC: Final = b"\x89PNG\r\n\x1a\n"
DATA_URL: Final = "data:image/png;base64,"
_SIZE: Final = struct.Struct(">II")
# What shows the pixels, and no text, time, colour profile or anything else that a program may add.
_KEPT: Final = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
NOT_PNG: Final = "The picture is not a PNG file. Send what you saw again, or leave it out."
TOO_LARGE: Final = (
    f"The picture has more than {LARGEST // 1024 // 1024} MiB. Leave it out, and say what one sees."
)


class _Broken(Exception):
    pass


def picture_from(text: str) -> bytes | None:
    """The picture of a `data:` address or of plain base64; None of an empty one; InvalidInput for anything else."""
    encoded = text.removeprefix(DATA_URL)
    if not encoded:
        return None
    if len(encoded) > LARGEST * 4 // 3 + 4:
        raise InvalidInput([fault("/picture", "too_large", TOO_LARGE)])
    try:
        return only_pixels(base64.b64decode(encoded, validate=True))
    except (_Broken, binascii.Error, ValueError):
        raise InvalidInput([fault("/picture", "not_png", NOT_PNG)]) from None


def only_pixels(file: bytes) -> bytes:
    """The same picture without its other chunks."""
    kept = [chunk for name, chunk in _chunks(file) if name in _KEPT]
    return MAGIC + b"".join(kept)


def _chunks(file: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each chunk with its name, whole; broken lengths, sums and orders are refused."""
    if not file.startswith(MAGIC):
        raise _Broken
    at, names = len(MAGIC), list[bytes]()
    while at < len(file):
        length, name = struct.unpack_from(">I4s", file, at) if at + 12 <= len(file) else (len(file), b"")
        whole = file[at : at + 12 + length]
        if len(whole) < 12 + length or zlib.crc32(whole[4:-4]) != int.from_bytes(whole[-4:], "big"):
            raise _Broken
        if not names and (name != b"IHDR" or length != 13 or not _fits(whole)):
            raise _Broken
        names.append(name)
        yield name, whole
        at += len(whole)
        if name == b"IEND":
            break
    if names[-1:] != [b"IEND"] or b"IDAT" not in names or names.count(b"IHDR") != 1 or at != len(file):
        raise _Broken


def _fits(header: bytes) -> bool:
    return all(1 <= side <= WIDEST for side in _SIZE.unpack_from(header, 8))
