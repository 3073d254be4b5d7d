"""The restricted JSON profile: what any stored document may be made of, before its meaning is looked at."""

import re

from audit.canonical import MAX_INT, canonical
from workflow.labels.faults import MOST_FAULTS, FaultList, at, shown

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 16

# NUL cannot be stored by PostgreSQL's jsonb, lone surrogates are no Unicode, the others break XML exports.
_BAD_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")

_FLOAT = (
    'Numbers with a decimal point are not stored: write measurements as text such as "12.5", '
    "and coordinates as whole thousandths of a pixel."
)


class Place:
    """Where a value stands; its pointer is only written out when there is a fault."""

    __slots__ = ("depth", "parent", "step")

    def __init__(self, parent: "Place | None", step: str | int) -> None:
        self.parent = parent
        self.step = step
        self.depth: int = 1 if parent is None else parent.depth + 1

    def pointer(self) -> str:
        """Return the JSON pointer of this place."""
        return "" if self.parent is None else at(self.parent.pointer(), self.step)


def check_profile(document: object, faults: FaultList) -> bool:
    """Add the faults of the bare JSON; False if the document is too deep, too large or no JSON at all."""
    stack: list[tuple[Place, object]] = [(Place(None, ""), document)]
    left = MAX_BYTES
    while stack and left > 0 and faults.count <= MOST_FAULTS:
        place, value = stack.pop()
        left -= _look_into(place, value, stack, faults)
    if left <= 0 or (not faults.count and len(canonical(document)) > MAX_BYTES):
        faults.add_profile("", "too_large", "This is larger than 8 MiB; leave out what is not needed.")
    return not stack and not faults.codes() & {"too_large", "too_deep", "not_json"}


def _look_into(place: Place, value: object, stack: list[tuple[Place, object]], faults: FaultList) -> int:
    """Check one value, put what it holds on the stack, and return a lower bound of its bytes."""
    if isinstance(value, (dict, list)) and place.depth > MAX_DEPTH:
        message = f"This is nested more than {MAX_DEPTH} levels deep; nothing in a label is."
        faults.add_profile(place.pointer(), "too_deep", message)
    elif type(value) is dict:
        _check_keys(place, value, faults)
        stack.extend((Place(place, _step(key)), inner) for key, inner in reversed(value.items()))
        return len(value) + 1
    elif type(value) is list:
        if not all(type(inner) is int and -MAX_INT <= inner <= MAX_INT for inner in value):
            stack.extend((Place(place, i), inner) for i, inner in reversed(list(enumerate(value))))
        return len(value) + 1
    else:
        _check_scalar(place, value, faults)
    return 1


def _step(key: object) -> str:
    return key if type(key) is str else shown(key)


def _check_keys(place: Place, value: dict[object, object], faults: FaultList) -> None:
    for key in value:
        if type(key) is not str:
            faults.add_profile(at(place.pointer(), _step(key)), "not_json", "Every name must be text.")
        elif not key.isascii() or _BAD_TEXT.search(key):
            message = f"The name {shown(key)} must be plain ASCII letters, digits and signs."
            faults.add_profile(at(place.pointer(), key), "key_not_ascii", message)


def _check_scalar(place: Place, value: object, faults: FaultList) -> None:
    kind = type(value)
    if kind is float:
        faults.add_profile(place.pointer(), "float_refused", _FLOAT)
    elif type(value) is int and not -MAX_INT <= value <= MAX_INT:
        message = f"The number must lie between -{MAX_INT} and {MAX_INT}."
        faults.add_profile(place.pointer(), "integer_too_large", message)
    elif type(value) is str and _BAD_TEXT.search(value):
        message = "The text holds control characters that cannot be stored; type it again without them."
        faults.add_profile(place.pointer(), "bad_text", message)
    elif kind not in (int, str, bool, type(None)):
        message = "Only objects, lists, texts, whole numbers, true, false and null can be stored."
        faults.add_profile(place.pointer(), "not_json", message)
