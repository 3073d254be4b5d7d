"""What a read says about one field, in the form that is compared."""

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Any

from workflow.consensus.boxes import Box
from workflow.consensus.drawn import Drawn, drawn_from
from workflow.consensus.rounding import decimal_string
from workflow.consensus.spacing import Scale

DRAWN_KINDS = frozenset({"point", "length", "ellipse", "polygon", "mask", "span"})
# str | int | bool for categories, Fraction for measurements, frozenset for labels, Box, Drawn, or an Unanswered.
Value = Any


class Unanswered(Enum):
    """The two ways in which a submitted read gives no value for a field."""

    ABSENT = "absent"
    NOT_ASSESSABLE = "not_assessable"


ABSENT = Unanswered.ABSENT
NOT_ASSESSABLE = Unanswered.NOT_ASSESSABLE


@dataclass(frozen=True, slots=True)
class FieldRead:
    """One read's answer to one field; `id` is opaque, and unsubmitted reads are not counted."""

    id: str
    value: Value
    submitted: bool = True
    weight: Fraction = Fraction(1)


def decoded(kind: str, stored: Any, scale: Scale | None = None) -> Value:
    """The comparable form of a stored value; None stands for a field that the read leaves out.

    `scale` tells marks how large their pixels are; without one nothing is measured in mm.
    """
    if stored is None:
        return ABSENT
    if stored == {"not_assessable": True}:
        return NOT_ASSESSABLE
    if kind == "number":
        return Fraction(stored)
    if kind == "multi":
        return frozenset(stored)
    if kind in DRAWN_KINDS:
        return drawn_from(stored, scale or Scale())
    return Box.from_mark(stored) if kind == "box" else stored


def encoded(field: dict[str, Any], value: Value) -> Any:
    """The stored form of a settled value under its field of the label schema; None when there is none."""
    if value is None or value is ABSENT:
        return None
    if value is NOT_ASSESSABLE:
        return {"not_assessable": True}
    if isinstance(value, Drawn):
        return value.mark
    if isinstance(value, Box):
        return value.mark()
    if isinstance(value, frozenset):
        return [category["value"] for category in field["categories"] if category["value"] in value]
    return decimal_string(value, field["decimals"]) if isinstance(value, Fraction) else value
