"""Writes the stored file: one DICOM file of an image, each frame compressed by itself, so that it is one read away.

Why it looks like this: docs/decisions/0018-the-stored-file.md
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from struct import pack
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import IO, Any, Final, Self

import jpeg_ls
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import dcmwrite
from pydicom.uid import ExplicitVRLittleEndian, JPEGLSLossless

from imaging.refusals import Refused

Frame = NDArray[Any]
IN_MEMORY: Final = 16 << 20
COPIED: Final = 1 << 20
ITEM, SEQUENCE_END = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0\x00\x00\x00\x00"
FIRST_OF_PIXELS: Final = 0x7FE00000
LONGEST_OFFSET: Final = 0xFFFFFFFE
FLOATS: Final = {4: "FloatPixelData", 8: "DoubleFloatPixelData"}
TAGS: Final = {
    "PixelData": b"\xe0\x7f\x10\x00",
    "FloatPixelData": b"\xe0\x7f\x08\x00",
    "DoubleFloatPixelData": b"\xe0\x7f\x09\x00",
}
VRS: Final = {"FloatPixelData": b"OF", "DoubleFloatPixelData": b"OD"}


class TooWide(Exception):
    """A pixel needs more bits than the header says: the file is to be stored anew with all that are allocated."""


class Incompressible(Exception):
    """A frame would grow by compression: the file is to be stored anew without."""


class Store:
    """Takes the frames of one image in their order, then writes the file.

    bits_stored: how many bits the values need. Values of 8 or 16 bits allocated are compressed unless that is
    not wished; all others are stored as they are.
    """

    def __init__(self, folder: Path, bits_allocated: int, bits_stored: int, compress: bool = True) -> None:
        self._spool: IO[bytes] = SpooledTemporaryFile(IN_MEMORY, dir=str(folder))  # noqa: SIM115
        self._allocated, self._bits, self._compress = bits_allocated, bits_stored, compress
        self._lengths: list[int] = []
        self._first: Frame | None = None  # its shape and type, not its pixels
        self._pixels = 0
        self._carry = np.empty(0, np.uint8)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._spool.close()

    @property
    def compressed(self) -> bool:
        """Whether the frames are JPEG-LS."""
        integers = self._first is None or self._first.dtype.kind in "ui"
        return self._compress and self._allocated in (8, 16) and integers

    def add(self, frame: Frame) -> None:
        """One more frame of the same shape and type; raises TooWide or Incompressible."""
        if self._first is None:
            self._first, self._pixels = np.empty((0, *frame.shape[1:]), frame.dtype), frame.size
            if self.compressed:
                self._bits = precision(self._allocated, self._bits, frame.dtype.kind == "i")
        data = self._coded(frame)
        self._spool.write(data)
        self._lengths.append(len(data))
        if self.compressed and len(data) % 2:
            self._spool.write(b"\0")

    def write(self, header: Dataset, target: Path) -> tuple[list[list[int]], str, int]:
        """Write header and frames to `target`, at once or not at all.

        Returns the frames' [offset, length] in the file, its digest "sha256:…", and its size in bytes. The header
        must be de-identified already; its pixel module is made to say what the frames are.
        """
        self._finish_bits()
        if not self.compressed and self._size() > LONGEST_OFFSET:
            raise Refused("too_large")
        head = _head(self._describe(header))
        part = target.with_suffix(".part")
        digest = hashlib.sha256()
        with part.open("wb") as file:
            for data in self._all(head):
                digest.update(data)
                file.write(data)
            size = file.tell()
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
        return self._ranges(len(head)), f"sha256:{digest.hexdigest()}", size

    def _coded(self, frame: Frame) -> bytes | bytearray:
        if self._allocated == 1:
            return self._packed(frame)
        if not self.compressed:
            return frame.astype(frame.dtype.newbyteorder("<"), copy=False).tobytes()
        unsigned = frame.view(f"u{frame.dtype.itemsize}")
        if frame.dtype.itemsize * 8 != self._allocated or int(unsigned.max()) >> self._bits:
            raise TooWide
        samples = frame.shape[2] if frame.ndim == 3 else 1
        pixels = np.ascontiguousarray(unsigned).tobytes()
        try:
            coded: bytearray = jpeg_ls.encode_pixel_data(
                pixels, rows=frame.shape[0], columns=frame.shape[1], samples_per_pixel=samples,
                bits_stored=self._bits, planar_configuration=0,
            )  # fmt: skip
        except RuntimeError:  # it makes room for as many bytes as there were
            raise Incompressible from None
        return coded

    def _packed(self, frame: Frame) -> bytes:
        """Single bits run on from frame to frame (PS3.5 8.1.1): what is no whole byte yet waits for the next."""
        bits = np.concatenate((self._carry, frame.ravel().astype(np.uint8)))
        whole = bits.size // 8 * 8
        self._carry = bits[whole:]
        return np.packbits(bits[:whole], bitorder="little").tobytes()

    def _finish_bits(self) -> None:
        if self._carry.size:
            self._spool.write(np.packbits(self._carry, bitorder="little").tobytes())

    def _describe(self, header: Dataset) -> Dataset:
        assert self._first is not None, "no frame was added"
        kind = self._first.dtype.kind
        header.SamplesPerPixel = 3 if self._first.ndim == 3 else 1
        header.BitsAllocated = self._allocated
        if kind != "f":
            header.BitsStored = self._bits if self.compressed else min(self._bits, self._allocated)
            header.HighBit = header.BitsStored - 1
            header.PixelRepresentation = int(kind == "i")
        if header.SamplesPerPixel == 3:
            header.PlanarConfiguration = 0
        elif "PlanarConfiguration" in header:
            del header.PlanarConfiguration
        if len(self._lengths) > 1 or "NumberOfFrames" in header:
            header.NumberOfFrames = len(self._lengths)
        tags = list(header.keys())
        for tag in tags:
            if tag >= FIRST_OF_PIXELS:
                del header[tag]
        self._name_syntax(header)
        return header

    def _name_syntax(self, header: Dataset) -> None:
        meta = getattr(header, "file_meta", None) or FileMetaDataset()
        meta.TransferSyntaxUID = JPEGLSLossless if self.compressed else ExplicitVRLittleEndian
        meta.MediaStorageSOPClassUID = header.get("SOPClassUID", "")
        meta.MediaStorageSOPInstanceUID = header.SOPInstanceUID
        header.file_meta = meta
        if self.compressed and self._offsets()[-1] > LONGEST_OFFSET:
            header.ExtendedOffsetTable = pack(f"<{len(self._lengths)}Q", *self._offsets())
            header.ExtendedOffsetTableLengths = pack(
                f"<{len(self._lengths)}Q", *(length + length % 2 for length in self._lengths)
            )

    def _offsets(self) -> list[int]:
        """Where each frame's item begins, from the first one."""
        offsets, place = [], 0
        for length in self._lengths:
            offsets.append(place)
            place += 8 + length + length % 2
        return offsets

    def _table(self) -> bytes:
        """The Basic Offset Table with its item; empty when an offset doesn't fit into it."""
        offsets = self._offsets()
        fits = offsets[-1] <= LONGEST_OFFSET
        return ITEM + (
            pack("<L", 4 * len(offsets)) + pack(f"<{len(offsets)}L", *offsets) if fits else pack("<L", 0)
        )

    def _all(self, head: bytes) -> Iterator[bytes]:
        """The whole file in pieces of about a mebibyte at most."""
        self._spool.seek(0)
        yield head
        if not self.compressed:
            yield from self._native()
            return
        yield TAGS["PixelData"] + b"OB\0\0\xff\xff\xff\xff" + self._table()
        for length in self._lengths:
            padded = length + length % 2
            yield ITEM + pack("<L", padded)
            yield from self._copied(padded)
        yield SEQUENCE_END

    def _native(self) -> Iterator[bytes]:
        assert self._first is not None
        size = self._size()
        keyword = FLOATS[self._first.dtype.itemsize] if self._first.dtype.kind == "f" else "PixelData"
        vr = VRS.get(keyword, b"OB" if self._allocated <= 8 else b"OW")
        yield TAGS[keyword] + vr + b"\0\0" + pack("<L", size + size % 2)
        yield from self._copied(size)
        yield b"\0" * (size % 2)

    def _size(self) -> int:
        return sum(self._lengths) + bool(self._carry.size)

    def _copied(self, size: int) -> Iterator[bytes]:
        while size > 0:
            data = self._spool.read(min(size, COPIED))
            assert data, "the frames' file is shorter than what was written to it"
            size -= len(data)
            yield data

    def _ranges(self, head: int) -> list[list[int]]:
        if self.compressed:
            start = head + 12 + len(self._table()) + 8
            return [[start + at, length] for at, length in zip(self._offsets(), self._lengths, strict=True)]
        assert self._first is not None
        start = head + 12
        if self._allocated == 1:
            return self._bit_ranges(start)
        return [[start + n * length, length] for n, length in enumerate(self._lengths)]

    def _bit_ranges(self, start: int) -> list[list[int]]:
        """The bytes in which a frame's bits lie; neighbours share one where a frame is no whole number of bytes."""
        count = self._pixels
        return [[start + n * count // 8, (n * count % 8 + count + 7) // 8] for n in range(len(self._lengths))]


def precision(allocated: int, stored: int, signed: bool) -> int:
    """With how many bits a frame is coded, so that every reader finds the same values.

    Signed values take all bits allocated, with their sign in the highest: readers differ in whether they extend
    the sign of fewer. JPEG-LS has 2 to 16 bits, and those of two bytes have more than 8.
    """
    if signed:
        return allocated
    return min(allocated, max(stored, 9 if allocated == 16 else 2))


def _head(header: Dataset) -> bytes:
    """Preamble, file meta and the data set up to the pixels."""
    buffer = DicomBytesIO()
    dcmwrite(buffer, header, implicit_vr=False, little_endian=True, enforce_file_format=True)
    return buffer.getvalue()
