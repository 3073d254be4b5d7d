"""What the JSON Schema cannot say of the comparators of marks: bounds that must fit each other."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from workflow.protocol.drawn import MATCH_AT
from workflow.protocol.faults import Fault, pointer

AGREE_AT = {"iou": "at_least", "dice": "at_least", "span_iou": "at_least", "mask": "dice"}
AGREE_WITHIN = {"distance": "within", "length": "ends"}


def drawn_faults(comparator: dict[str, dict[str, Any]], *at: str) -> Iterator[Fault]:
    """The faults of a comparator of marks by whose bounds marks would agree without being matched."""
    for name, given in comparator.items():
        if name in AGREE_AT and Decimal(given.get("match_at", MATCH_AT)) > Decimal(given[AGREE_AT[name]]):
            message = f"match_at is greater than {AGREE_AT[name]}: marks would agree without being matched."
            yield Fault(pointer(*at, name, "match_at"), "match_above_at_least", message)
        if name in AGREE_WITHIN and "match_within" in given:
            yield from _too_near(given, AGREE_WITHIN[name], *at, name)


def _too_near(given: dict[str, str], within: str, *at: str) -> Iterator[Fault]:
    if Decimal(given["match_within"]) < Decimal(given[within]):
        message = f"match_within is smaller than {within}: marks would agree without being matched."
        yield Fault(pointer(*at, "match_within"), "match_below_within", message)
