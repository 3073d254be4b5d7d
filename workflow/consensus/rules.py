"""The rule that settles one field: the protocol's words, completed by what the field's kind implies."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from workflow.consensus.comparators import Comparator
from workflow.protocol.comparators import BoxIou, Equal, Ordinal, decimal_text, default_max_range
from workflow.protocol.drawn import Iou, Mask, SpanIou
from workflow.protocol.fieldrules import FieldRule
from workflow.protocol.fitting import FITTING_AGGREGATES, FITTING_COMPARATORS
from workflow.protocol.sections import Reads

Cutoff = int | Decimal

BY_KIND: dict[str, tuple[Comparator, str]] = {
    "nominal": (Equal(), "majority"),
    "boolean": (Equal(), "majority"),
    "ordinal": (Ordinal(0, default_max_range(0)), "median"),
    "number": (Equal(), "median"),
    "multi": (Equal(), "majority"),
    "box": (BoxIou(), "fused"),
    # Where the protocol says nothing, points, lengths and masks agree only when they are the same.
    "point": (Equal(), "fused"),
    "length": (Equal(), "fused"),
    "ellipse": (Iou(), "fused"),
    "polygon": (Iou(), "majority"),
    "mask": (Mask(), "majority"),
    "span": (SpanIou(), "fused"),
}

UNSTATED = FieldRule()


@dataclass(frozen=True, slots=True)
class Rule:
    """How the reads of one field become a decision; `whole` keeps fused coordinates integers."""

    reads: Reads
    comparator: Comparator
    aggregate: str
    cutoffs: tuple[Cutoff, ...] = ()
    median: str = "low"
    escalates: bool = True
    unanimous: bool = False
    weighted: bool = False
    whole: bool = True

    def needed(self, total: int) -> int:
        """How many of `total` reads must stand together: n of n-of-m, or a strict majority."""
        return self.reads.n if self.reads.n is not None else total // 2 + 1

    @property
    def settles_by_majority(self) -> bool:
        """Whether a part of the reads may settle what the others dispute."""
        return self.reads.rule not in ("unanimous", "2+senior")

    @property
    def uses_weights(self) -> bool:
        """Whether weights may break a tie; they never decide a critical field."""
        return self.weighted and not self.cutoffs and not self.unanimous


def rule_for(kind: str, stated: FieldRule, reads: Reads) -> Rule:
    """The complete rule of a field; ValueError when the protocol's comparator does not fit the kind."""
    comparator, aggregate = BY_KIND[kind]
    if stated.comparator is not None and not isinstance(stated.comparator, FITTING_COMPARATORS[kind]):
        raise ValueError(f"The protocol's comparator does not fit a field of kind {kind}.")
    if stated.aggregate not in (None, "none", *FITTING_AGGREGATES[kind]):
        raise ValueError(f"The protocol's aggregate does not fit a field of kind {kind}.")
    return Rule(
        reads=reads,
        comparator=stated.comparator or comparator,
        aggregate=stated.aggregate or aggregate,
        cutoffs=stated.cutoffs,
        median=stated.median or "low",
        escalates=stated.escalates,
        unanimous=stated.unanimous,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Completed:
    """A field's rule, how a report states it, what it came from, and what it has decided of which answers."""

    rule: Rule
    told: dict[str, Any]
    stated: FieldRule
    reads: Reads
    decided: dict[Any, Any] = field(default_factory=dict)


def completed(kind: str, stated: FieldRule, reads: Reads) -> Completed:
    """The complete rule of a field, worked out once for a protocol in memory."""
    # By identity, not equality: "0.5" and "0.50" are equal bounds, and are not stated alike. What came in is held,
    # so that nothing else can get its identity.
    key = kind, id(stated), id(reads)
    kept = _COMPLETED.get(key)
    if kept is None:
        if len(_COMPLETED) >= _MOST_COMPLETED:
            _COMPLETED.clear()
        rule = rule_for(kind, stated, reads)
        kept = _COMPLETED[key] = Completed(rule, stated_rule(rule), stated, reads)
    return kept


def stated_rule(rule: Rule) -> dict[str, Any]:
    """What a report says about the rule of a field, in the restricted JSON profile."""
    return {
        "comparator": rule.comparator.document(),
        "aggregate": rule.aggregate,
        "cutoffs": [cut_text(cut) for cut in rule.cutoffs],
        "median": rule.median,
        "escalates": rule.escalates,
        "unanimous": rule.unanimous,
    }


def cut_text(cut: Cutoff) -> str:
    """A cut-off as the protocol writes it."""
    return str(cut) if isinstance(cut, int) else decimal_text(cut)


_COMPLETED: dict[tuple[str, int, int], Completed] = {}
_MOST_COMPLETED = 4096
