"""What a protocol says about one field, and about one type of finding."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from workflow.protocol.comparators import BoxIou, Comparator, Equal, comparator_from, decimal_text
from workflow.protocol.drawn import MATCH_AT, Iou, Mask, SpanIou

AT_LEAST = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class FieldRule:
    """How one field is compared and settled; a None leaves it to the field's kind (see `by_kind`)."""

    comparator: Comparator | None = None
    cutoffs: tuple[int | Decimal, ...] = ()
    median: str | None = None
    escalates: bool = True
    aggregate: str | None = None
    unanimous: bool = False

    @property
    def critical(self) -> bool:
        """Whether disagreement on this field may never be outvoted or weighed away."""
        return bool(self.cutoffs) or self.unanimous

    def document(self) -> dict[str, Any]:
        """The rule as stored; what is left to the field's kind stays out."""
        stated: dict[str, Any] = {"escalates": self.escalates, "unanimous": self.unanimous}
        if self.comparator is not None:
            stated["comparator"] = self.comparator.document()
        if self.cutoffs:
            stated["cutoffs"] = [cut if isinstance(cut, int) else decimal_text(cut) for cut in self.cutoffs]
        if self.median is not None:
            stated["median"] = self.median
        if self.aggregate is not None:
            stated["aggregate"] = self.aggregate
        return stated


@dataclass(frozen=True, slots=True)
class FindingRule:
    """How the findings of one type are matched, agree on extent (`aggregate`: which), and settle their fields.

    `stated` is the comparator that the protocol names; without one, marks with an area are compared by IoU.
    """

    match_at: Decimal = MATCH_AT
    at_least: Decimal = AT_LEAST
    fields: Mapping[str, FieldRule] = field(default_factory=dict)
    stated: Comparator | None = None
    aggregate: str | None = None

    def comparator_for(self, kind: str) -> Comparator:
        """The comparison of two marks of this kind; where nothing is said, only the same mark agrees."""
        if self.stated is not None:
            return self.stated
        if kind in ("ellipse", "polygon"):
            return Iou(at_least=self.at_least, match_at=self.match_at)
        if kind == "span":
            return SpanIou(at_least=self.at_least, match_at=self.match_at)
        if kind == "box":
            return BoxIou(at_least=self.at_least, match_at=self.match_at)
        return Mask(match_at=self.match_at) if kind == "mask" else Equal()

    def document(self) -> dict[str, Any]:
        """The rule as stored."""
        bounds = {"match_at": decimal_text(self.match_at), "at_least": decimal_text(self.at_least)}
        stated: dict[str, Any] = bounds if self.stated is None else {"comparator": self.stated.document()}
        if self.aggregate is not None:
            stated["aggregate"] = self.aggregate
        return {**stated, "fields": {key: rule.document() for key, rule in self.fields.items()}}


def field_rule_from(document: dict[str, Any]) -> FieldRule:
    """The rule of a field document that has passed the JSON Schema."""
    given = document.get("comparator")
    cutoffs = (cut if isinstance(cut, int) else Decimal(cut) for cut in document.get("cutoffs", ()))
    return FieldRule(
        comparator=None if given is None else comparator_from(given),
        cutoffs=tuple(sorted(cutoffs)),
        median=document.get("median"),
        escalates=document.get("escalates", True),
        aggregate=document.get("aggregate"),
        unanimous=document.get("unanimous", False),
    )


def finding_rule_from(document: dict[str, Any]) -> FindingRule:
    """The rule of a finding document that has passed the JSON Schema."""
    given = document.get("comparator")
    return FindingRule(
        match_at=Decimal(document.get("match_at", MATCH_AT)),
        at_least=Decimal(document.get("at_least", AT_LEAST)),
        fields={key: field_rule_from(rule) for key, rule in document.get("fields", {}).items()},
        stated=None if given is None else comparator_from(given),
        aggregate=document.get("aggregate"),
    )
