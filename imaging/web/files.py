"""A whole stored file under other names, as it is stored or decoded, in pieces of about a mebibyte."""

from collections.abc import Iterator
from pathlib import Path
from struct import pack
from typing import TYPE_CHECKING, BinaryIO, Final

from .frames import JPEG_LS, StoredFile, reading, stored_syntax
from .guise import PLAIN, Guise, disguise
from .headers import OFFSET_TABLES, Header, header_in, header_of, quiet

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

LONGEST: Final = 0xFFFFFFFE  # bytes of a native pixel element
_AT_ONCE: Final = 1 << 20


class TooLongToDecode(ValueError):
    """Decoded, its pixels would be longer than an element can be."""


def file_as(file: StoredFile, syntax: str, guise: Guise) -> Iterator[bytes]:
    """A DICOM Part 10 file in a transfer syntax: what is stored, or explicit little-endian.

    Raises TooLongToDecode or FileNotFoundError before the first piece is given.
    """
    if syntax != stored_syntax(file):
        header = header_of(file.path)
        return _decoded(file, header, guise, _native_length(file, header.dataset))
    return _copied(file.path, 0) if guise == PLAIN else _renamed(file.path, guise)


def _renamed(path: Path, guise: Guise) -> Iterator[bytes]:
    with path.open("rb") as file:
        header = header_in(file)
        yield _head(header.dataset, guise)
        file.seek(header.begin)
        yield from _rest(file)


def _copied(path: Path, begin: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(begin)
        yield from _rest(file)


def _rest(file: BinaryIO) -> Iterator[bytes]:
    while data := file.read(_AT_ONCE):
        yield data


def _decoded(file: StoredFile, header: Header, guise: Guise, length: int) -> Iterator[bytes]:
    from pydicom.uid import ExplicitVRLittleEndian

    dataset = header.dataset
    for tag in OFFSET_TABLES:
        dataset.pop(tag, None)
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    yield _head(dataset, guise)
    vr = b"OB" if dataset.BitsAllocated <= 8 else b"OW"
    yield b"\xe0\x7f\x10\x00" + vr + b"\0\0" + pack("<L", length + length % 2)
    with reading(file) as frames:
        for number in range(1, len(file.ranges) + 1):
            yield bytes(frames.plain(number))
    yield b"\0" * (length % 2)


def plain_pixels(file: StoredFile) -> Iterator[bytes]:
    """The value of the pixel element as explicit little-endian has it, frame by frame."""
    if stored_syntax(file) == JPEG_LS:
        with reading(file) as frames:
            for number in range(1, len(file.ranges) + 1):
                yield bytes(frames.plain(number))
        return
    with file.path.open("rb") as raw:
        pixels = header_in(raw).pixels
        raw.seek(pixels.offset)
        left = pixels.length
        while left > 0 and (data := raw.read(min(left, _AT_ONCE))):
            left -= len(data)
            yield data


def _native_length(file: StoredFile, dataset: "Dataset") -> int:
    length = dataset.Rows * dataset.Columns * dataset.SamplesPerPixel * dataset.BitsAllocated // 8
    if length * len(file.ranges) > LONGEST:
        raise TooLongToDecode
    return int(length) * len(file.ranges)


def _head(dataset: "Dataset", guise: Guise) -> bytes:
    """Preamble, file meta information and header, up to the pixels."""
    from pydicom.filebase import DicomBytesIO
    from pydicom.filewriter import dcmwrite

    buffer = DicomBytesIO()
    with quiet():
        disguise(dataset, guise)
        dcmwrite(buffer, dataset, implicit_vr=False, little_endian=True, enforce_file_format=True)
    return buffer.getvalue()
