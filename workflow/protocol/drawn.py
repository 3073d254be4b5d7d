"""The parameters by which two marks drawn on the images are compared, as a protocol states them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

MATCH_AT = Decimal("0.1")


def _text(value: Decimal) -> str:
    return format(value, "f")


def _stated(**given: Decimal | str | None) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else _text(value)
        for name, value in given.items()
        if value is not None
    }


@dataclass(frozen=True, slots=True)
class Distance:
    """Two points agree at most `within` apart, and are the same thing at most `match_within` (mm or px)."""

    within: Decimal
    unit: str
    match_within: Decimal

    def document(self) -> dict[str, Any]:
        """The comparator as it stands in a protocol."""
        return {
            "distance": _stated(within=self.within, unit=self.unit, match_within=self.match_within),
        }


@dataclass(frozen=True, slots=True)
class Length:
    """Two lengths agree within max(abs, rel × their mean) if their ends lie at most `ends` apart.

    They are the same thing when their ends lie at most `match_within` apart. All in `unit` (mm or px).
    """

    ends: Decimal
    unit: str
    match_within: Decimal
    abs: Decimal | None = None
    rel: Decimal | None = None

    def document(self) -> dict[str, Any]:
        """The comparator as it stands in a protocol."""
        stated = _stated(abs=self.abs, rel=self.rel, ends=self.ends, unit=self.unit)
        return {"length": {**stated, "match_within": _text(self.match_within)}}


@dataclass(frozen=True, slots=True)
class Iou:
    """Two outlines are the same thing at IoU ≥ `match_at` and agree on its extent at IoU ≥ `at_least`."""

    at_least: Decimal = Decimal("0.5")
    match_at: Decimal = MATCH_AT

    def document(self) -> dict[str, Any]:
        """The comparator as it stands in a protocol."""
        return {"iou": _stated(at_least=self.at_least, match_at=self.match_at)}


@dataclass(frozen=True, slots=True)
class Dice:
    """Two outlines are the same thing at Dice ≥ `match_at` and agree on its extent at Dice ≥ `at_least`."""

    at_least: Decimal
    match_at: Decimal = MATCH_AT

    def document(self) -> dict[str, Any]:
        """The comparator as it stands in a protocol."""
        return {"dice": _stated(at_least=self.at_least, match_at=self.match_at)}


@dataclass(frozen=True, slots=True)
class Mask:
    """Two masks agree at Dice ≥ `dice`, HD95 ≤ `hd95` and NSD at `tolerance` ≥ `nsd`, where these are given.

    They are the same thing at Dice ≥ `match_at`. `hd95` and `tolerance` in `unit` (mm or px).
    """

    dice: Decimal = Decimal(1)
    unit: str = "px"
    hd95: Decimal | None = None
    nsd: Decimal | None = None
    tolerance: Decimal | None = None
    match_at: Decimal = MATCH_AT

    def document(self) -> dict[str, Any]:
        """The comparator as it stands in a protocol."""
        stated = _stated(dice=self.dice, hd95=self.hd95, nsd=self.nsd, tolerance=self.tolerance)
        return {"mask": {**stated, "unit": self.unit, "match_at": _text(self.match_at)}}


@dataclass(frozen=True, slots=True)
class SpanIou:
    """Two spans are the same thing at temporal IoU ≥ `match_at` and agree at temporal IoU ≥ `at_least`."""

    at_least: Decimal = Decimal("0.5")
    match_at: Decimal = MATCH_AT

    def document(self) -> dict[str, Any]:
        """The comparator as it stands in a protocol."""
        return {"span_iou": _stated(at_least=self.at_least, match_at=self.match_at)}


DrawnComparator = Distance | Length | Iou | Dice | Mask | SpanIou
_OVERLAPS: dict[str, type[Iou] | type[Dice] | type[SpanIou]] = {
    "iou": Iou,
    "dice": Dice,
    "span_iou": SpanIou,
}


def drawn_comparator_from(name: str, given: dict[str, str]) -> DrawnComparator:
    """The comparator of a document that has passed the JSON Schema; marks are matched as they agree."""
    unit = given.get("unit", "px")
    decimals = {key: Decimal(value) for key, value in given.items() if key != "unit"}
    if name == "distance":
        decimals.setdefault("match_within", decimals["within"])
        return Distance(unit=unit, **decimals)
    if name == "length":
        decimals.setdefault("match_within", decimals["ends"])
        return Length(unit=unit, **decimals)
    return Mask(unit=unit, **decimals) if name == "mask" else _OVERLAPS[name](**decimals)
