"""Decision cases in a file: single fields with their policy and reads, decided without a database.

The shape: {"cases": [{"id", "kind", "policy": {"quorum", "max_reads", "rule", "n"?, "weighted"?,
"comparator"?}, "reads": [{"value", "status"?, "weight"?}]}]}; kinds nominal, boolean, ordinal, measure,
set and boxes ([x0, y0, x1, y1] or [x0, y0, z0, x1, y1, z1] each).
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from workflow.consensus.answers import ABSENT, NOT_ASSESSABLE, FieldRead, Unanswered, Value
from workflow.consensus.boxes import Box
from workflow.consensus.comparators import BoxSets, Comparator
from workflow.consensus.fields import Decision, decide_field
from workflow.consensus.rules import Rule
from workflow.protocol.comparators import Equal, Jaccard, Number, Ordinal, default_max_range
from workflow.protocol.rules import default_max
from workflow.protocol.sections import Reads

KINDS = {"measure": "number", "set": "multi"}
AGGREGATES = {"ordinal": "median", "number": "median", "boxes": "fused"}
SUBMITTED = ("submitted", "completed", "not_assessable")


def decisions(text: str) -> list[dict[str, Any]]:
    """The decisions on the cases of a JSON text: id, state, value and reason of each, in file order."""
    document = json.loads(text, parse_float=Decimal)
    cases = document["cases"] if isinstance(document, dict) else document
    return [_decided(case) for case in cases]


def decide(case: Mapping[str, Any]) -> Decision:
    """The decision on one case of the file, its decimals already read as Decimals."""
    kind = KINDS.get(case["kind"], case["kind"])
    if kind not in ("nominal", "boolean", "ordinal", "number", "multi", "boxes"):
        return Decision("escalate", reason=f"not_compared: kind {case['kind']}")
    return decide_field(
        kind, _rule(kind, case["policy"]), [_read(kind, n, r) for n, r in enumerate(case["reads"])]
    )


def _decided(case: Mapping[str, Any]) -> dict[str, Any]:
    decision = decide(case)
    return {
        "id": case["id"],
        "state": decision.state,
        "value": _plain(decision.value),
        "reason": decision.reason,
    }


def _rule(kind: str, policy: Mapping[str, Any]) -> Rule:
    given = policy.get("comparator", {})
    critical = given.get("critical", policy.get("critical"))
    ordered = kind in ("ordinal", "number")
    cuts = critical if isinstance(critical, list) else [] if critical is None else [critical]
    return Rule(
        reads=_reads(policy),
        comparator=_comparator(kind, given),
        aggregate=AGGREGATES.get(kind, "majority"),
        cutoffs=tuple(sorted(cuts)) if ordered else (),
        median=given.get("median", policy.get("median", "low")),
        # Without an order there is nothing to cut: a critical category field must be unanimous.
        unanimous=bool(critical) and not ordered,
        weighted=bool(policy.get("weighted", False)),
        whole=False,
    )


def _reads(policy: Mapping[str, Any]) -> Reads:
    count = policy.get("quorum", 2)
    most = policy.get("max_reads", default_max(policy["rule"], count))
    return Reads(policy["rule"], count, most, policy.get("n"))


def _comparator(kind: str, given: Mapping[str, Any]) -> Comparator:
    if kind == "ordinal":
        within = given.get("tolerance", 0)
        return Ordinal(within, given.get("max_range", default_max_range(within)))
    if kind == "number":
        return Number(Decimal(given.get("abs", 0)), Decimal(given.get("rel", 0)))
    if kind == "multi" and "min_jaccard" in given:
        return Jaccard(Decimal(given["min_jaccard"]))
    if kind == "boxes":
        return BoxSets(Fraction(given["iou"]), Fraction(given.get("min_f1", 1)))
    return Equal()


def _read(kind: str, position: int, read: Mapping[str, Any]) -> FieldRead:
    status = read.get("status", "submitted")
    value = NOT_ASSESSABLE if status == "not_assessable" else _value(kind, read.get("value"))
    # The position only labels pair numbers, which this file format does not print.
    return FieldRead(str(position), value, status in SUBMITTED, Fraction(read.get("weight", 1)))


def _value(kind: str, value: Any) -> Value:
    if value is None:
        return ABSENT
    if kind == "multi":
        return frozenset(value)
    if kind == "boxes":
        return tuple(_box(corners) for corners in value)
    return Fraction(value) if kind == "number" else value


def _box(corners: list[int | Decimal]) -> Box:
    exact, half = tuple(map(Fraction, corners)), len(corners) // 2
    return Box((), exact[:half], exact[half:])


def _plain(value: Value) -> Any:
    if isinstance(value, Unanswered):
        return None
    if isinstance(value, frozenset):
        return sorted(value, key=str)
    if isinstance(value, tuple):
        return [_plain(member) for member in value]
    if isinstance(value, Box):
        return [_plain(corner) for corner in (*value.low, *value.high)]
    return float(value) if isinstance(value, Fraction | Decimal) else value
