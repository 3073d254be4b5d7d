"""Whether attributes match what a search asks for: single values, lists, ranges and patterns (PS3.4 C.2.2.2)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from .asking import Key, listed

Attributes = Mapping[str, Any]
_RANGED: Final = ("DA", "TM", "DT")
_NUMBERS: Final = ("IS", "DS", "US", "SS", "UL", "SL", "FL", "FD", "UV", "SV")


def matches(attributes: Attributes, keys: Sequence[Key]) -> bool:
    """Whether an object of DICOM JSON matches every key."""
    return all(not key.value or _matches(attributes, key.way, key) for key in keys)


def _matches(attributes: Attributes, way: Sequence[str], key: Key) -> bool:
    values = attributes.get(way[0], {}).get("Value", [])
    if len(way) > 1:
        return any(isinstance(one, dict) and _matches(one, way[1:], key) for one in values)
    return any(_one(value, key) for value in values if value is not None)


def _one(value: Any, key: Key) -> bool:
    wanted = key.value
    if key.vr == "UI":
        return value in listed(wanted)
    if key.vr in _NUMBERS:
        return any(_same(value, one) for one in listed(wanted))
    if isinstance(value, dict):
        return any(_like(str(part), wanted, True) for part in value.values())
    text = str(value)
    if key.vr in _RANGED:
        return _within(text, wanted)
    return any(_like(text, one, False) for one in listed(wanted)) or _like(text, wanted, False)


def _within(text: str, wanted: str) -> bool:
    begin, dash, end = wanted.partition("-")
    if not dash:
        return text == wanted or ("*" in wanted and _like(text, wanted, False))
    return (not begin or text >= begin) and (not end or text[: len(end)] <= end)


def _same(value: Any, wanted: str) -> bool:
    try:
        return Decimal(str(value)) == Decimal(wanted)
    except InvalidOperation:
        return False


def _like(text: str, wanted: str, any_case: bool) -> bool:
    """Whether a text fits a pattern of `*` and `?`, in steps of at most one's length times the other's."""
    if any_case:
        text, wanted = text.casefold(), wanted.casefold()
    at = place = star = 0
    again = -1  # where to go on in the text if what follows the last star doesn't fit
    while at < len(text):
        sign = wanted[place] if place < len(wanted) else ""
        if sign == "*":
            star, again, place = place, at, place + 1
        elif sign in ("?", text[at]):
            at, place = at + 1, place + 1
        elif again >= 0:
            again += 1
            at, place = again, star + 1
        else:
            return False
    return not wanted[place:].strip("*")
