"""The parameters by which two reads of one field are compared, as a protocol states them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from workflow.protocol.drawn import DrawnComparator, drawn_comparator_from


def decimal_text(value: Decimal) -> str:
    """A decimal as it is stored: plain digits, trailing zeros kept, never an exponent."""
    return format(value, "f")


@dataclass(frozen=True, slots=True)
class Equal:
    """Two values agree when they are the same."""

    def document(self) -> dict[str, Any]:
        """The comparator as it stands in a protocol."""
        return {"equal": {}}


@dataclass(frozen=True, slots=True)
class Ordinal:
    """Two grades agree when they are at most `within` apart; three may span at most `max_range`."""

    within: int
    max_range: int

    def document(self) -> dict[str, Any]:
        """The comparator as it stands in a protocol."""
        return {"ordinal": {"within": self.within, "max_range": self.max_range}}


@dataclass(frozen=True, slots=True)
class Number:
    """Two measurements agree within max(abs, rel × their mean, repeatability), in the field's unit.

    `repeatability` is the coefficient known for this measurement (Bland & Altman 1986: 1.96 √2 s_within).
    """

    abs: Decimal | None = None
    rel: Decimal | None = None
    repeatability: Decimal | None = None

    def document(self) -> dict[str, Any]:
        """The comparator as it stands in a protocol."""
        given = {"abs": self.abs, "rel": self.rel, "repeatability": self.repeatability}
        return {"number": {name: decimal_text(value) for name, value in given.items() if value is not None}}


@dataclass(frozen=True, slots=True)
class Jaccard:
    """Two sets of labels agree when |both| / |either| is at least `at_least`; two empty sets agree."""

    at_least: Decimal

    def document(self) -> dict[str, Any]:
        """The comparator as it stands in a protocol."""
        return {"jaccard": {"at_least": decimal_text(self.at_least)}}


@dataclass(frozen=True, slots=True)
class BoxIou:
    """Two boxes are the same thing at IoU ≥ `match_at` and agree on its extent at IoU ≥ `at_least`."""

    at_least: Decimal = Decimal("0.5")
    match_at: Decimal = Decimal("0.1")

    def document(self) -> dict[str, Any]:
        """The comparator as it stands in a protocol."""
        return {"box_iou": {"at_least": decimal_text(self.at_least), "match_at": decimal_text(self.match_at)}}


Comparator = Equal | Ordinal | Number | Jaccard | BoxIou | DrawnComparator
_DRAWN = ("distance", "length", "iou", "dice", "mask", "span_iou")


def default_max_range(within: int) -> int:
    """The widest span of three grades that a majority may settle: 2, or one more than the tolerance."""
    return max(2, within + 1)


def comparator_from(document: dict[str, dict[str, Any]]) -> Comparator:
    """The comparator of a document that has passed the JSON Schema."""
    [(name, given)] = document.items()
    if name == "ordinal":
        within = given["within"]
        return Ordinal(within, given.get("max_range", default_max_range(within)))
    if name in _DRAWN:
        return drawn_comparator_from(name, given)
    decimals = {key: Decimal(value) for key, value in given.items()}
    if name == "number":
        return Number(**decimals)
    if name == "jaccard":
        return Jaccard(**decimals)
    return BoxIou(**decimals) if name == "box_iou" else Equal()
