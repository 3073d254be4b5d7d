"""Turns the bytes of a file into a pydicom dataset, up to the pixel element."""

import zlib
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import BinaryIO, Final, cast

from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.filereader import _read_file_meta_info, read_dataset
from pydicom.tag import BaseTag
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
)

from .guarding import Guarded
from .limits import Limits
from .refusals import Refused

PIXELS: Final = {0x7FE00008: "FloatPixelData", 0x7FE00009: "DoubleFloatPixelData", 0x7FE00010: "PixelData"}
UNDEFINED: Final = 0xFFFFFFFF
PREAMBLE, PREFIX = 128, b"DICM"
# The DER encoding of id-envelopedData and id-encryptedData (RFC 5652), with which encrypted media begin.
ENVELOPES: Final = (bytes.fromhex("06092a864886f70d010703"), bytes.fromhex("06092a864886f70d010706"))
CHUNK = 1 << 20


@dataclass
class PixelElement:
    """The element that holds the pixels: its keyword ("" if there is none), VR, and where its value begins.

    length: in bytes; UNDEFINED when it is encapsulated.
    """

    keyword: str = ""
    vr: str = "OW"
    offset: int = 0
    length: int = 0


def parse(file: BinaryIO, limits: Limits) -> tuple[FileDataset, PixelElement, BinaryIO]:
    """The dataset, its pixel element, and the file in which that lies: another one if this is deflated."""
    begin = file.read(PREAMBLE + len(PREFIX))
    if begin[PREAMBLE:] != PREFIX:
        raise Refused("encrypted" if any(known in begin[:64] for known in ENVELOPES) else "not_dicom")
    guarded = Guarded(file, limits.header_bytes)
    meta = _meta(guarded)
    syntax = meta["TransferSyntaxUID"].value
    if syntax == DeflatedExplicitVRLittleEndian:
        file = _inflated(file, guarded.tell(), limits)
        guarded = Guarded(file, limits.header_bytes)
    implicit, little = syntax == ImplicitVRLittleEndian, syntax != ExplicitVRBigEndian
    dataset, pixels = _dataset(guarded, implicit, little)
    return FileDataset("", dataset, None, meta, implicit, little), pixels, file


def _meta(guarded: Guarded) -> FileMetaDataset:
    try:
        meta = _read_file_meta_info(cast(BinaryIO, guarded))
        syntax = meta.get("TransferSyntaxUID")
    except (Refused, MemoryError):
        raise
    except Exception:
        raise _damaged(guarded) from None
    if guarded.cut:
        raise Refused("truncated")
    if not isinstance(syntax, str) or not syntax:
        raise Refused("corrupt")
    return meta


def _dataset(guarded: Guarded, implicit: bool, little: bool) -> tuple[Dataset, PixelElement]:
    pixels = PixelElement()

    def at_pixels(tag: BaseTag, vr: str | None, length: int) -> bool:
        if tag not in PIXELS:
            return False
        pixels.keyword, pixels.vr = PIXELS[tag], vr or "OW"
        pixels.offset, pixels.length = guarded.tell(), length
        return True

    try:
        dataset = read_dataset(cast(BinaryIO, guarded), implicit, little, stop_when=at_pixels)
    except (Refused, MemoryError):
        raise
    except Exception:
        raise _damaged(guarded) from None
    if guarded.cut and not pixels.keyword:
        raise Refused("truncated")
    return dataset, pixels


def _damaged(guarded: Guarded) -> Refused:
    return Refused("truncated" if guarded.cut or guarded.tell() >= guarded.size else "corrupt")


def _inflated(file: BinaryIO, start: int, limits: Limits) -> BinaryIO:
    """The deflated rest of a file, unpacked into a nameless file, never more than the limits allow."""
    file.seek(start)
    unpacked, most = TemporaryFile(), _most_unpacked(file, limits)  # noqa: SIM115
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while not inflater.eof and (data := inflater.unconsumed_tail or file.read(CHUNK)):
            unpacked.write(inflater.decompress(data, CHUNK))
            if unpacked.tell() > most:
                raise Refused("too_large")
        if not inflater.eof:
            raise Refused("truncated")
    except zlib.error:
        unpacked.close()
        raise Refused("corrupt") from None
    except BaseException:
        unpacked.close()
        raise
    unpacked.seek(0)
    return cast(BinaryIO, unpacked)


def _most_unpacked(file: BinaryIO, limits: Limits) -> int:
    packed = Guarded(file).size
    # A small file of one colour packs well and harms nobody.
    return min(limits.file_bytes, max(limits.header_bytes, packed * limits.archive_ratio))
