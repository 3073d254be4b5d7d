"""Bulk data: a long binary value of a header, found by its path of tags and item numbers."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from .headers import PIXEL_TAGS, header_of, quiet
from .templates import BULK

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

PIXELS: Final = frozenset(f"{tag:08X}" for tag in PIXEL_TAGS.values())
_PATH: Final = re.compile(r"[0-9A-F]{8}(\.[0-9]{1,6}\.[0-9A-F]{8}){0,32}")


def is_path(path: str) -> bool:
    """Whether it could lead to a value: `TAG`, or `TAG.item.TAG` with items counted from 0."""
    return _PATH.fullmatch(path) is not None


def bulk_value(path: Path, place: str) -> bytes | None:
    """A binary value of a stored file's header; None if there is none at that place."""
    from pydicom.tag import Tag

    *way, last = place.split(".")
    with quiet():
        dataset: Dataset = header_of(path).dataset
        for tag, number in zip(way[::2], way[1::2], strict=True):
            sequence = dataset.get(Tag(int(tag, 16)))
            if sequence is None or sequence.VR != "SQ" or int(number) >= len(sequence.value):
                return None
            dataset = sequence.value[int(number)]
        element = dataset.get(Tag(int(last, 16)))
        if element is None or element.VR not in BULK or not isinstance(element.value, bytes):
            return None
        return element.value
