"""Frames of a stored file: one read of a range of bytes each, as they are stored or decoded (decision 0018)."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

JPEG_LS: Final = "1.2.840.10008.1.2.4.80"
PLAIN_SYNTAX: Final = "1.2.840.10008.1.2.1"
_ITEM: Final = b"\xfe\xff\x00\xe0"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A stored file and the [offset, length] of each of its frames, in bytes.

    single_bits: how many pixels a frame has where each is one bit; 0 otherwise.
    """

    path: Path
    ranges: Sequence[Sequence[int]]
    single_bits: int = 0


@contextmanager
def reading(file: StoredFile) -> Iterator["Frames"]:
    """Its frames, while it is open; FileNotFoundError if it is gone."""
    descriptor = os.open(file.path, os.O_RDONLY)
    try:
        yield Frames(file, descriptor)
    finally:
        os.close(descriptor)


def stored_syntax(file: StoredFile) -> str:
    """The transfer syntax of a stored file; FileNotFoundError if it is gone."""
    with reading(file) as frames:
        return frames.syntax


class Frames:
    """The frames of an open file, counted from 1."""

    def __init__(self, file: StoredFile, descriptor: int) -> None:
        self._file, self._descriptor = file, descriptor
        # Before the first frame stands the item that holds it, or the end of the pixel element's own head.
        before = os.pread(descriptor, 8, file.ranges[0][0] - 8)
        self.syntax = JPEG_LS if before[:4] == _ITEM else PLAIN_SYNTAX

    def stored(self, number: int) -> bytes:
        """A frame's bytes as they lie in the file; of single bits, from its own first bit on."""
        offset, length = self._file.ranges[number - 1]
        data = os.pread(self._descriptor, length, offset)
        if len(data) != length:
            raise FileNotFoundError(self._file.path)  # it was cut off
        return _aligned(data, number - 1, self._file.single_bits) if self._file.single_bits else data

    def plain(self, number: int) -> bytes | bytearray:
        """A frame's values as explicit little-endian has them."""
        data = self.stored(number)
        return decoded(data) if self.syntax == JPEG_LS else data

    def given(self, number: int, syntax: str) -> bytes | bytearray:
        """A frame in a transfer syntax: as it is stored, or decoded."""
        return self.stored(number) if syntax == self.syntax else self.plain(number)


def decoded(coded: bytes) -> bytearray:
    """The values of a JPEG-LS frame that we coded: little-endian, colours by pixel."""
    import jpeg_ls  # when used: most processes of the service decode nothing

    values: bytearray = jpeg_ls.decode_pixel_data(coded)[0]
    return values


def _aligned(data: bytes, index: int, pixels: int) -> bytes:
    """Single bits run on from frame to frame: what a frame shares with its neighbours is taken away."""
    first = index * pixels % 8
    if not first and not pixels % 8:
        return data
    import numpy as np

    bits: Any = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")
    return bytes(np.packbits(bits[first : first + pixels], bitorder="little").tobytes())
