"""Decodes the frames of an opened file one after the other; never two at once."""

from collections.abc import Iterator
from typing import Any, BinaryIO, Final, cast

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.pixels.decoders.base import Decoder, get_decoder
from pydicom.pixels.utils import as_pixel_options
from pydicom.uid import UID, JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLSLossless, JPEGLSNearLossless

from imaging.guarding import Guarded
from imaging.limits import Limits
from imaging.parsing import UNDEFINED
from imaging.reading import Opened
from imaging.refusals import Refused

from . import fragments
from .codestreams import extent

Frame = NDArray[Any]
Options = dict[str, Any]
PHOTOMETRIC: Final = {
    1: {"MONOCHROME1", "MONOCHROME2", "PALETTE COLOR"},
    3: {"RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT"},
}
FLOATS: Final = {"FloatPixelData": 32, "DoubleFloatPixelData": 64}
# Where two can, the one that survives damaged data: gdcm ends the process with an exception nobody catches.
PLUGINS: Final = {
    str(JPEGBaseline8Bit): "pillow",
    str(JPEGExtended12Bit): "pillow",
    str(JPEGLSLossless): "pyjpegls",
    str(JPEGLSNearLossless): "pyjpegls",
}
BITS: Final = {1, 8, 16, 32, 64}


def frames(opened: Opened, limits: Limits) -> Iterator[Frame]:
    """Each frame as (rows, columns) or (rows, columns, 3): as stored, YBR as RGB, a palette not yet applied.

    As many as the header says. Raises Refused.
    """
    options = pixel_options(opened)
    decoder = _decoder(opened.transfer_syntax)
    shape = (options["rows"], options["columns"], 3)[: 2 if options["samples_per_pixel"] == 1 else 3]
    found = _encapsulated if decoder.is_encapsulated else _native
    for frame in found(opened, decoder, options):
        if frame.shape != shape:
            raise Refused("bad_pixels")
        yield frame


def pixel_options(opened: Opened) -> Options:
    """What pydicom's decoders want to know of the pixels; raises Refused for what can't be."""
    try:
        options = as_pixel_options(cast(Dataset, opened.dataset))
        samples, bits = int(options["samples_per_pixel"]), int(options["bits_allocated"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Refused("bad_pixels") from None
    keyword = opened.pixels.keyword
    options |= {"pixel_keyword": keyword, "pixel_vr": opened.pixels.vr}
    options.pop("extended_offsets", None)  # the fragments themselves tell
    photometric = str(options.get("photometric_interpretation", "")).strip()
    if (
        bits not in BITS
        or photometric not in PHOTOMETRIC.get(samples, ())
        or bits != FLOATS.get(keyword, bits)
    ):
        raise Refused("bad_pixels")
    if keyword not in FLOATS and not 1 <= _whole(options.get("bits_stored")) <= bits:
        raise Refused("bad_pixels")
    if keyword not in FLOATS and options.get("pixel_representation") not in (0, 1):
        raise Refused("bad_pixels")
    return options


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _decoder(syntax: str) -> Decoder:
    try:
        return get_decoder(UID(syntax))
    except NotImplementedError:
        raise undecodable(syntax) from None


def undecodable(syntax: str) -> Refused:
    """The refusal that names a transfer syntax, if it is a registered one."""
    uid = UID(syntax)
    return Refused("undecodable", uid.name if uid.name != syntax and uid.is_transfer_syntax else "")


def _native(opened: Opened, decoder: Decoder, options: Options) -> Iterator[Frame]:
    source = Guarded(opened.file)
    pixels = opened.pixels
    _check_length(opened, options, source.size)
    for index in range(options["number_of_frames"]):
        source.seek(pixels.offset)
        if options["bits_allocated"] == 1:
            yield _bits(source, options, index)
            continue
        # A decoder of its own for each frame: expanding YBR 4:2:2 changes what it believes of the next one.
        try:
            frame, _ = decoder.as_array(cast(BinaryIO, source), index=index, **options)
        except MemoryError:
            raise
        except Exception:
            raise Refused("bad_pixels") from None
        yield frame.astype(frame.dtype.newbyteorder("="), copy=False)


def _bits(source: Guarded, options: Options, index: int) -> Frame:
    """A frame of single bits, which need not begin with a byte."""
    count = options["rows"] * options["columns"] * options["samples_per_pixel"]
    first = index * count
    source.seek(first // 8, 1)
    packed = np.frombuffer(source.read((first % 8 + count + 7) // 8), np.uint8)
    unpacked = np.unpackbits(packed, bitorder="little")[first % 8 :][:count]
    if unpacked.size != count or options["samples_per_pixel"] != 1:
        raise Refused("bad_pixels")
    return unpacked.reshape(options["rows"], options["columns"])


def _check_length(opened: Opened, options: Options, size: int) -> None:
    pixels = opened.pixels
    bits = options["rows"] * options["columns"] * options["samples_per_pixel"] * options["bits_allocated"]
    too_much = bits // 8
    if options["photometric_interpretation"] == "YBR_FULL_422":
        bits = bits // 3 * 2
        too_much -= bits // 8  # with this there would be colours for every pixel
    expected = -(-bits * options["number_of_frames"] // 8)
    if pixels.length == UNDEFINED:
        raise Refused("bad_pixels")
    if min(pixels.length, size - pixels.offset) < expected:
        raise Refused("pixels_truncated")
    if pixels.length - expected - expected % 2 >= max(1, too_much):
        raise Refused("mislabelled")


def _encapsulated(opened: Opened, decoder: Decoder, options: Options) -> Iterator[Frame]:
    source, count = Guarded(opened.file), options["number_of_frames"]
    if opened.pixels.length != UNDEFINED:
        raise undecodable(opened.transfer_syntax)
    fragments.check(source, opened.pixels.offset, count)
    source.seek(opened.pixels.offset)
    known = {**options, "number_of_frames": 1}
    found = 0
    for data in _coded(source, count):
        if found == count:
            raise Refused("mislabelled")
        yield _decoded(data, decoder, known, opened.transfer_syntax)
        found += 1
    if found < count:
        raise Refused("pixels_truncated")


def _coded(source: Guarded, count: int) -> Iterator[bytes]:
    try:
        yield from generate_frames(cast(BinaryIO, source), number_of_frames=count)
    except (Refused, MemoryError):
        raise
    except Exception:
        raise Refused("pixels_truncated") from None


def _decoded(data: bytes, decoder: Decoder, options: Options, syntax: str) -> Frame:
    told = extent(data)
    if told is not None and told != (options["rows"], options["columns"], options["samples_per_pixel"]):
        raise Refused("mislabelled")
    try:
        frame, _ = decoder.as_array(
            encapsulate([data], has_bot=False), decoding_plugin=PLUGINS.get(syntax, ""), **options
        )
    except MemoryError:
        raise
    except Exception:
        raise undecodable(syntax) from None
    return frame
