"""Elements that Table E.1-1 names, by the action of their row. Sequences that stay are not for here."""

import re
from typing import Any

from pydicom import DataElement

from imaging.deid.context import Context
from imaging.deid.dates import moved
from imaging.deid.dummies import dummy, empty, form_of
from imaging.deid.elements import texts
from imaging.deid.standing import standing
from imaging.deid.table import Action, Row, action_of, basic
from imaging.deid.words import cleaned, plain_code

PATIENT_ID, PATIENT_NAME = 0x00100020, 0x00100010
_AGE = re.compile(r"(\d{3})([DWMY])")
_A_YEAR = {"D": 365.25, "W": 52.18, "M": 12, "Y": 1}
OLDEST = 90
_FORMS = {
    0x00100040: re.compile(r"[MFO]"),
    0x00102203: re.compile(r"ALTERED|UNALTERED"),
    0x001021A0: re.compile(r"YES|NO|UNKNOWN"),
}
_DEVICE = re.compile(r"[A-Za-z0-9 ._/+()\[\]*#:-]{1,64}", re.ASCII)
_TEXT = ("LO", "SH", "LT", "ST", "UT", "UC", "CS")


def treated(row: Row, tag: int, vr: str, element: DataElement | None, ctx: Context) -> DataElement | None:
    """The element after its row's action, or None if it goes; element is None where it could not be decoded.

    Where an option's action leaves nothing of the value, the Basic Profile's is done.
    """
    action = action_of(row, ctx.options)
    values = _retained(action, tag, element, ctx) if element is not None else []
    if element is not None and any(values):
        return DataElement(tag, element.VR, values[0] if len(values) == 1 else values)
    return _basic(basic(row), tag, vr, element, ctx)


def _basic(
    action: Action, tag: int, vr: str, element: DataElement | None, ctx: Context
) -> DataElement | None:
    if action is Action.REMOVE:
        return None
    if action is Action.UIDS and element is not None and element.VR == "UI":
        return DataElement(tag, "UI", [ctx.uid(text) for text in texts(element)] or None)
    return dummy(tag, vr) if action is Action.DUMMY else empty(tag, vr)


def _retained(action: Action, tag: int, element: DataElement, ctx: Context) -> list[Any]:
    """What an option keeps of the values, [] or all "" for nothing; wrongly written VRs keep nothing."""
    vr = element.VR
    if vr != form_of(tag, vr):
        return []
    if action is Action.SHIFT:
        return [moved(vr, text, ctx.days) for text in texts(element)]
    if action is Action.CLEAN and vr in _TEXT:
        words = plain_code if vr == "CS" else cleaned
        return [words(text, ctx.taken.names) for text in texts(element)]
    if action is Action.DEVICE:
        return _stood(element, ctx) if vr == "DS" else [_device(vr, text, ctx) for text in texts(element)]
    return _characteristic(tag, element, ctx) if action is Action.PATIENT else []


def _device(vr: str, text: str, ctx: Context) -> str:
    """A device's name or number, unless it repeats what names a patient or has no such form."""
    text = text.strip(" \0")
    allowed = vr in (*_TEXT, "AE", "UI") and _DEVICE.fullmatch(text) and not ctx.taken.repeated_by(text)
    return text if allowed else ""


def _characteristic(tag: int, element: DataElement, ctx: Context) -> list[Any]:
    if element.VR == "AS":
        return [_age(text) for text in texts(element)]
    if form := _FORMS.get(tag):
        return [text if form.fullmatch(text := raw.strip(" \0")) else "" for raw in texts(element)]
    if element.VR in _TEXT:
        return [cleaned(text, ctx.taken.names) for text in texts(element)]
    return _stood(element, ctx)


def _stood(element: DataElement, ctx: Context) -> list[Any]:
    """A number's values by the rule for elements without a row."""
    kept = standing(element, ctx)
    return [] if kept is None or kept.is_empty else list(kept.value) if kept.VM > 1 else [kept.value]


def _age(text: str) -> str:
    """An age, 90 years and more as 090Y: the few older could be told apart."""
    if not (found := _AGE.fullmatch(text.strip(" \0"))):
        return ""
    return "090Y" if int(found[1]) / _A_YEAR[found[2]] >= OLDEST else found[0]
