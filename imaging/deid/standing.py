"""Elements that Table E.1-1 does not name: what of them may stand. All that isn't known to be harmless does not."""

import math
import re
from collections.abc import Callable
from typing import Final

from pydicom import DataElement

from imaging.deid.context import Context
from imaging.deid.dates import moved
from imaging.deid.elements import forms_of, texts
from imaging.deid.words import cleaned, plain_code

NUMBERS: Final = frozenset({"US", "SS", "UL", "SL", "UV", "SV", "FL", "FD", "AT", "US or SS"})
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,11}", re.ASCII)
# Look-up tables, without which stored values have no colour or no brightness.
LOOKUPS: Final = frozenset(
    {
        0x00281201,
        0x00281202,
        0x00281203,
        0x00281204,
        0x00281221,
        0x00281222,
        0x00281223,
        0x00281224,
        0x00283006,
    }
)
# Names of settings, where short codes such as B30f say how an image was made.
SETTINGS: Final = frozenset(
    {
        0x00081090,  # Manufacturer's Model Name
        0x00180024,  # Sequence Name
        0x00181020,  # Software Versions
        0x00181160,  # Filter Type
        0x00181210,  # Convolution Kernel
        0x00181250,  # Receive Coil Name
        0x00181251,  # Transmit Coil Name
        0x00189005,  # Pulse Sequence Name
        0x00281054,  # Rescale Type
        0x00281055,  # Window Center & Width Explanation
        0x00283003,  # LUT Explanation
        0x00541103,  # Reconstruction Method
    }
)


def standing(element: DataElement, ctx: Context) -> DataElement | None:
    """The element as it may stay, emptied, or None if it must go. Sequences are not for here."""
    tag, vr = int(element.tag), element.VR
    if not _as_in_dictionary(tag, vr):
        return None
    if vr in NUMBERS or tag in LOOKUPS:
        return DataElement(tag, vr, element.value)
    if vr == "PN":
        return DataElement(tag, vr, None)
    rule = _RULES.get(vr)
    if rule is None:
        return None
    values = [rule(text, tag, ctx) for text in texts(element)]
    return DataElement(tag, vr, values if any(values) else None)


def _as_in_dictionary(tag: int, vr: str) -> bool:
    forms = forms_of(tag)
    return vr in forms or " or ".join(forms) == vr


def _number(text: str, tag: int, ctx: Context) -> str:
    text = text.strip(" \0")
    fits = len(text) <= 16 and _NUMBER.fullmatch(text) and math.isfinite(float(text))
    return text if fits and not ctx.taken.counted_by(text) else ""


def _whole(text: str, tag: int, ctx: Context) -> str:
    return _number(text, tag, ctx) if _WHOLE.fullmatch(text.strip(" \0")) else ""


def _code(text: str, tag: int, ctx: Context) -> str:
    return plain_code(text, ctx.taken.names)


def _text(text: str, tag: int, ctx: Context) -> str:
    return cleaned(text, ctx.taken.names, settings=tag in SETTINGS)


def _uid(text: str, tag: int, ctx: Context) -> str:
    return ctx.uid(text)


def _date(vr: str) -> Callable[[str, int, Context], str]:
    def rule(text: str, tag: int, ctx: Context) -> str:
        return moved(vr, text, ctx.days) if ctx.options.modified_dates else ""

    return rule


# LT, ST, UT, UR, AE, AS and all bulk data have none: they go.
_RULES: Final[dict[str, Callable[[str, int, Context], str]]] = {
    "DS": _number,
    "IS": _whole,
    "CS": _code,
    "LO": _text,
    "SH": _text,
    "UC": _text,
    "UI": _uid,
    "DA": _date("DA"),
    "DT": _date("DT"),
    "TM": _date("TM"),
}
