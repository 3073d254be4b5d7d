"""The header of a stored file, which we wrote ourselves, and where its pixels begin."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from imaging.limits import Limits

if TYPE_CHECKING:
    from pydicom.dataset import FileDataset

    from imaging.parsing import PixelElement

OFFSET_TABLES: Final = (0x7FE00001, 0x7FE00002)
PIXEL_TAGS: Final = {
    "PixelData": 0x7FE00010,
    "FloatPixelData": 0x7FE00008,
    "DoubleFloatPixelData": 0x7FE00009,
}
_ELEMENT_HEAD: Final = 12  # bytes before a value whose VR has a length of four bytes
_ANY: Final = Limits()


@dataclass(frozen=True)
class Header:
    """A header without its pixels; the pixel element begins `begin` bytes into the file."""

    dataset: "FileDataset"
    pixels: "PixelElement"

    @property
    def begin(self) -> int:
        """Where the pixel element begins, in bytes."""
        return self.pixels.offset - _ELEMENT_HEAD

    @property
    def pixel_tag(self) -> int:
        """The tag of the pixel element."""
        return PIXEL_TAGS[self.pixels.keyword]


def header_of(path: Path) -> Header:
    """The header of a stored file."""
    with path.open("rb") as file:
        return header_in(file)


def header_in(file: BinaryIO) -> Header:
    """The header of a stored file that is open at its begin."""
    # When used: what reads DICOM loads every decoder, which most processes of the service need not.
    from imaging.parsing import parse

    with quiet():
        dataset, pixels, _ = parse(file, _ANY)
        return Header(dataset, pixels)


@contextmanager
def quiet() -> Iterator[None]:
    """Without warnings, which may quote the file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
