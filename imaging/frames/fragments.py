"""Walks over the items of encapsulated pixel data, before anybody makes room for what their lengths claim."""

from struct import unpack
from typing import Final

from imaging.guarding import Guarded
from imaging.refusals import Refused

ITEM: Final = 0xFFFEE000
DELIMITER: Final = 0xFFFEE0DD
MOST_PER_FRAME: Final = 1000
FEWEST_ALLOWED: Final = 10_000


def check(source: Guarded, offset: int, frames: int) -> None:
    """Every item lies within the file, and there are not absurdly many; raises Refused.

    A missing end mark is no harm if the last item is whole. Encapsulated data are always little-endian.
    """
    table = _item(source, offset)
    if table is None or table > 4 * max(frames, 1):
        raise Refused("bad_pixels")
    place, count = offset + 8 + table, 0
    while (length := _item(source, place)) is not None:
        place, count = place + 8 + length, count + 1
        if place > source.size:
            raise Refused("pixels_truncated")
        if count > max(FEWEST_ALLOWED, frames * MOST_PER_FRAME):
            raise Refused("too_many")
    if not count:
        raise Refused("pixels_truncated")


def _item(source: Guarded, place: int) -> int | None:
    """The length of the item that begins here; None at the end mark or the end of the file."""
    source.seek(place)
    head = source.read(8)
    if not head:
        return None
    if len(head) < 8:
        raise Refused("pixels_truncated")
    group, element, length = unpack("<HHL", head)
    if (group << 16 | element) == DELIMITER:
        return None
    if (group << 16 | element) != ITEM:
        raise Refused("bad_pixels")
    return int(length)
