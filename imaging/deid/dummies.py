"""Dummy values (action D): valid for the VR, the same for everybody, and telling nothing."""

from typing import Any, Final

from pydicom import DataElement, Dataset, Sequence

from imaging.deid.elements import forms_of

WORD: Final = "REMOVED"
_TEXT = dict.fromkeys(("AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UT"), WORD)
_OTHER: Final[dict[str, Any]] = {
    "AS": "000Y",
    "DA": "19000101",
    "DT": "19000101000000",
    "TM": "000000",
    "DS": "0",
    "IS": "0",
    "UI": "2.25.0",
    "UR": "about:blank",
    "AT": 0,
    **dict.fromkeys(("FL", "FD"), 0.0),
    **dict.fromkeys(("SL", "SS", "SV", "UL", "US", "UV"), 0),
    **dict.fromkeys(("OB", "OD", "OF", "OL", "OV", "OW", "UN"), bytes(8)),
}
VALUES: Final[dict[str, Any]] = {**_TEXT, **_OTHER}


def form_of(tag: int, written: str) -> str:
    """The VR that the dictionary gives a tag, the first of a choice; for a tag unknown there, the one written."""
    return (forms_of(tag) or (written,))[0]


def dummy(tag: int, written: str) -> DataElement:
    """An element with the dummy value of its VR: a sequence has one empty item."""
    vr = form_of(tag, written)
    return DataElement(tag, vr, Sequence([Dataset()]) if vr == "SQ" else VALUES[vr])


def empty(tag: int, written: str) -> DataElement:
    """An element without a value."""
    vr = form_of(tag, written)
    return DataElement(tag, vr, Sequence() if vr == "SQ" else None)
