"""How far one mark was moved from another: what both cover together, or how far apart they lie."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from workflow.consensus import areas, lines
from workflow.consensus.answers import decoded
from workflow.consensus.boxes import iou
from workflow.consensus.rounding import decimal_string
from workflow.labels.overlap import identity
from workflow.protocol.drawn import Distance, Length

IOU: Final = "iou"  # 1: nothing moved; 0: nothing in common
DISTANCE: Final = "distance_px"  # 0: nothing moved; of lengths, of the ends that lie further apart
# Only their numbers are asked for, so their bounds don't matter.
_POINT, _LENGTH = Distance(Decimal(1), "px", Decimal(1)), Length(Decimal(1), "px", Decimal(1))
_PLACES: Final = {IOU: 4, DISTANCE: 3}


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit distance: its measure, and its value; None for marks on different images, which have no distance."""

    measure: str
    value: Fraction | None

    def document(self) -> dict[str, str]:
        """As it is stored: four decimals of an IoU, thousandths of a pixel of a distance."""
        if self.value is None:
            return {"measure": self.measure}
        return {"measure": self.measure, "value": decimal_string(self.value, _PLACES[self.measure])}


def unmoved(a: dict[str, Any], b: dict[str, Any]) -> bool:
    """Whether two marks are of the same place and shape, however they were drawn."""
    return a["kind"] == b["kind"] and identity(a) == identity(b)


def edit_between(a: dict[str, Any], b: dict[str, Any]) -> Edit:
    """How far `b` is from `a`; marks of different kinds have nothing in common."""
    kind = a["kind"]
    measure = DISTANCE if kind in ("point", "length") else IOU
    if unmoved(a, b):
        return Edit(measure, Fraction(1 if measure == IOU else 0))
    if kind != b["kind"]:
        return Edit(measure, Fraction(0) if measure == IOU else None)
    one, other = decoded(kind, a), decoded(kind, b)
    if kind == "point":
        return Edit(measure, lines.points_alike(_POINT, one, other).number)
    if kind == "length":
        return Edit(measure, dict(lines.lengths_alike(_LENGTH, one, other).measures).get("ends"))
    if kind == "box":
        return Edit(measure, iou(one, other))
    return Edit(measure, areas.span_iou(one, other) if kind == "span" else areas.iou(one, other))
