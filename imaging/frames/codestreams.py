"""How large a compressed picture says it is: read before a decoder makes room for it."""

from struct import error as StructError
from struct import unpack_from

# Every start-of-frame marker of JPEG and JPEG-LS; C4, C8 and CC are something else.
FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF, 0xF7}
J2K, JP2, BOX = b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0cjP  ", b"jp2c"
Extent = tuple[int, int, int]


def extent(data: bytes) -> Extent | None:
    """(rows, columns, samples) of a JPEG, JPEG-LS or JPEG 2000 picture; None for anything else."""
    try:
        if data[:8] == JP2:
            data = data[max(0, data.find(BOX)) + len(BOX) :]
        if data[:4] == J2K:
            return _of_j2k(data)
        return _of_jpeg(data) if data[:2] == b"\xff\xd8" else None
    except (StructError, IndexError):
        return None


def _of_j2k(data: bytes) -> Extent:
    width, height, left, top = unpack_from(">4L", data, 8)
    (samples,) = unpack_from(">H", data, 40)
    return height - top, width - left, samples


def _of_jpeg(data: bytes) -> Extent | None:
    place = 2
    while data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:  # fill
            place += 1
            continue
        (length,) = unpack_from(">H", data, place + 2)
        if marker in FRAMES:
            rows, columns, samples = unpack_from(">HHB", data, place + 5)
            return rows, columns, samples
        place += 2 + length
    return None
