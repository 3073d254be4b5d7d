"""Makes frames and the header that speaks of them plain: colours as RGB, values explicit, no spacing of 0."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut

from imaging.refusals import Refused
from imaging.values import positive

Frame = NDArray[Any]
# The IODs in which slope and intercept are Type 1: CT, PET.
RESCALED: Final = {"1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.128"}
# Lengths of which nothing at 0 or below is one, and how many numbers each has.
SPACINGS: Final = {
    **dict.fromkeys(("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"), 2),
    **dict.fromkeys(("SliceThickness", "SpacingBetweenSlices"), 1),
}
GROUPS: Final = (
    "SharedFunctionalGroupsSequence",
    "PerFrameFunctionalGroupsSequence",
    "PixelMeasuresSequence",
)
WORDS: Final = {"OW": 2, "OL": 4, "OF": 4, "OD": 8, "OV": 8}
PALETTE: Final = [
    f"{colour}PaletteColorLookupTable{part}"
    for colour in ("Red", "Green", "Blue", "Alpha")
    for part in ("Descriptor", "Data")
] + [f"Segmented{colour}PaletteColorLookupTableData" for colour in ("Red", "Green", "Blue", "Alpha")]


class Colours:
    """Turns the frames of one file into grey or RGB of 8 or 16 bits; takes the palette from the header."""

    def __init__(self, dataset: Dataset) -> None:
        told = str(dataset.get("PhotometricInterpretation", "")).strip()
        self._palette = dataset if told == "PALETTE COLOR" else None
        self.grey = told if told in ("MONOCHROME1", "MONOCHROME2") else None

    @property
    def has_palette(self) -> bool:
        """Whether `plain` makes RGB of 8 bits out of whatever there was."""
        return self._palette is not None

    @property
    def photometric(self) -> str:
        """The Photometric Interpretation of what `plain` gives."""
        return self.grey or "RGB"

    def plain(self, frame: Frame) -> Frame:
        """A frame without a palette: RGB of 8 bits where there was one; the same frame where there was none."""
        if self._palette is None:
            return frame
        try:
            coloured = apply_color_lut(frame, self._palette)[..., :3]
        except MemoryError:
            raise
        except Exception:
            raise Refused("bad_pixels") from None
        # Entries of 16 bits are scaled to the full range (PS3.3 C.7.6.3.1.6): the upper half is what a screen shows.
        eight = coloured >> 8 if coloured.dtype.itemsize > 1 else coloured
        return np.ascontiguousarray(eight.astype(np.uint8))


def explicit(header: Dataset, window: list[str] | None) -> None:
    """Take out spacings that are none, and write down what readers would otherwise have to guess."""
    _without_false_spacing(header)
    for keyword in PALETTE:
        if keyword in header and header.PhotometricInterpretation == "RGB":
            del header[keyword]
    if str(header.get("SOPClassUID")) in RESCALED and not _is_rescaled(header):
        header.RescaleSlope, header.RescaleIntercept = 1, 0
    if window is not None:
        header.WindowCenter, header.WindowWidth = window


def little_endian(header: Dataset) -> None:
    """Turn the bytes of words that a big-endian file holds as they were: pydicom writes them unchanged."""
    for element in header.iterall():
        width = WORDS.get(str(element.VR))
        if width and isinstance(element.value, bytes) and len(element.value) % width == 0:
            element.value = np.frombuffer(element.value, f">u{width}").astype(f"<u{width}").tobytes()


def _is_rescaled(header: Dataset) -> bool:
    slope = header.get("RescaleSlope")
    return slope not in (None, "", 0) and header.get("RescaleIntercept") not in (None, "")


def _without_false_spacing(header: Dataset) -> None:
    """Here and in functional groups."""
    for keyword, count in SPACINGS.items():
        if keyword in header and positive(header.get(keyword), count) is None:
            del header[keyword]
    for keyword in GROUPS:
        for item in header.get(keyword) or []:
            _without_false_spacing(item)
