"""Reading the elements of a header that nobody has checked, without an exception and without loading pixels."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Final

from pydicom import DataElement, Dataset
from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.dataelem import RawDataElement, convert_raw_data_element
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag

PIXELS: Final = frozenset({0x7FE00001, 0x7FE00002, 0x7FE00008, 0x7FE00009, 0x7FE00010})
DEEPEST: Final = 16  # sequences in sequences; no object of the standard comes near


@contextmanager
def silence() -> Iterator[None]:
    """Keeps pydicom's warnings from being shown and logged meanwhile: they quote the values that they warn of."""
    logger = logging.getLogger("pydicom")
    before, logger.disabled = logger.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.disabled = before


@lru_cache(maxsize=8192)
def forms_of(tag: int) -> tuple[str, ...]:
    """The VRs that the standard's dictionary allows for a tag; () for one that it lacks or has for repeating groups."""
    return tuple(dictionary_VR(tag).split(" or ")) if dictionary_has_tag(tag) else ()


def read(dataset: Dataset, tag: BaseTag) -> DataElement | None:
    """The element of a tag, or None if it cannot be decoded. UN of a known tag is decoded by the dictionary."""
    try:
        element = dataset[tag]
        return _known(element) if element.VR == "UN" else element
    except Exception:
        # Whatever a sender wrote: pydicom raises many kinds, and their messages hold values.
        return None


def _known(element: DataElement) -> DataElement:
    forms = forms_of(int(element.tag))
    if not forms or forms == ("UN",) or not isinstance(element.value, bytes):
        return element
    data = element.value
    # PS3.5 6.2.2: the bytes of UN are Implicit VR Little Endian.
    return convert_raw_data_element(RawDataElement(element.tag, None, len(data), data, 0, True, True))


def each(dataset: Dataset, depth: int = 0) -> Iterator[DataElement]:
    """Every element that can be decoded, in sequences too, but the pixels."""
    for tag in sorted(dataset.keys()):
        if int(tag) in PIXELS or (element := read(dataset, tag)) is None:
            continue
        yield element
        if element.VR == "SQ" and depth < DEEPEST:
            for item in element.value:
                yield from each(item, depth + 1)


def texts(element: DataElement) -> list[str]:
    """The values of an element as texts; [] of an empty one."""
    value = element.value
    if value is None or value == "":
        return []
    values = value if isinstance(value, MultiValue | list | tuple) else [value]
    return [str(one) for one in values]
