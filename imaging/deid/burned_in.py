"""Text burned into pixels: what the header declares, and a simple detector; a human looks at what it suspects."""

from typing import Final, TypedDict

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.tag import Tag
from pydicom.uid import UID

from imaging.deid.elements import read, silence
from imaging.deid.glyphs import lines_of


class BurnedIn(TypedDict):
    """declared is the header's word; score the count of characters; boxes lines as [row, column, row, column]."""

    declared: str | None
    suspected: bool
    score: str
    boxes: list[list[int]]


MOST_BOXES: Final = 200
# Made by capture or drawn over by their machines: without a header that says NO, a human looks.
CAPTURED: Final = frozenset({"US", "IVUS", "SC", "XA", "RF", "ES", "OP", "OT", "XC"})


def burned_in(header: Dataset, frame: NDArray[np.generic]) -> BurnedIn:
    """What is declared and seen of text in one frame (rows, columns[, 3]); header is the original or the clean one."""
    declared = _declared(header)
    lines = lines_of(_grey(frame))
    by_kind = declared is None and _modality(header) in CAPTURED
    return {
        "declared": declared,
        "suspected": bool(lines) or declared == "YES" or by_kind,
        "score": str(sum(len(line) for line in lines)),
        "boxes": [_around(line) for line in lines[:MOST_BOXES]],
    }


def _grey(frame: NDArray[np.generic]) -> NDArray[np.uint8]:
    """The frame's brightness, stretched so that all but the outermost thousandths span 0..255."""
    values = np.asarray(frame, np.float32)
    if values.ndim == 3:
        values = values[..., :3].mean(axis=2)
    values = np.nan_to_num(values, posinf=0.0, neginf=0.0)
    if not values.size:
        return np.zeros((0, 0), np.uint8)
    low, high = np.percentile(values, (0.1, 99.9))
    if high <= low:
        low, high = values.min(), values.max()
    stretched = (values - low) * (255 / max(float(high - low), 1e-9))
    grey: NDArray[np.uint8] = np.clip(stretched, 0, 255).astype(np.uint8)
    return grey


def _around(line: NDArray[np.int64]) -> list[int]:
    first, last = line[:, :2].min(axis=0), line[:, 2:].max(axis=0)
    return [int(edge) for edge in (*first, *last)]


def _declared(header: Dataset) -> str | None:
    burned, visible = _said(header, "BurnedInAnnotation"), _said(header, "RecognizableVisualFeatures")
    if "YES" in (burned, visible):
        return "YES"
    return "NO" if burned == "NO" else None


def _modality(header: Dataset) -> str:
    sop_class = UID(_said(header, "SOPClassUID"))
    return "SC" if "SecondaryCapture" in sop_class.keyword else _said(header, "Modality")


def _said(header: Dataset, keyword: str) -> str:
    with silence():
        element = read(header, Tag(keyword)) if keyword in header else None
    return "" if element is None or element.value is None else str(element.value).strip().upper()
