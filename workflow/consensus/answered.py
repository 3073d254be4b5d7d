"""One field of the label schema, over all reads: the values put in, the decision, the outcome."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

from workflow.consensus.answers import FieldRead, Value, decoded, encoded
from workflow.consensus.comparators import PairNumber
from workflow.consensus.engines import Engine, Terms
from workflow.consensus.fields import Decision, decide_answers
from workflow.consensus.outcomes import FieldOutcome
from workflow.consensus.rules import Completed, completed
from workflow.protocol.fieldrules import FieldRule
from workflow.protocol.sections import Reads

FEW_ANSWERS = frozenset({"nominal", "boolean", "ordinal", "multi"})
MOST_KEPT = 4096
NOT_COMPARED: dict[str, Any] = {"comparator": {}, "aggregate": "none", "escalates": False}


def field_outcome(
    field: dict[str, Any],
    path: str,
    stated: FieldRule,
    reads: Reads,
    values: Mapping[str, Any],
    *,
    more: bool,
    terms: Terms,
) -> FieldOutcome:
    """The outcome of a schema field from its stored values by read id (None: left out)."""
    if field["kind"] not in terms.engine.kinds:
        return _uncompared(field, path, values)
    kind = field["kind"]
    known = completed(kind, stated, reads)
    values = dict(sorted(values.items()))
    answers = [FieldRead(read, decoded(kind, value, terms.scale)) for read, value in values.items()]
    decision = _decided(kind, known, answers, more, terms.engine)
    if kind == "number" and terms.engine.tells_all:
        decision = replace(decision, detail={**decision.detail, "unit": field["unit"]})
    value = encoded(field, decision.value)
    return FieldOutcome(path, field["key"], kind, known.told, _given(values), decision, value)


def _decided(
    kind: str, known: Completed, answers: Sequence[FieldRead], more: bool, engine: Engine
) -> Decision:
    if kind not in FEW_ANSWERS:
        return decide_answers(kind, known.rule, answers, more=more, engine=engine)
    # The same few answers come again in case after case: only whose they are differs.
    values = [answer.value for answer in answers]
    # With their types: to Python True is 1, and a report tells them apart.
    key = (engine.name, more, *map(_type, values), *values)
    kept = known.decided.get(key)
    if kept is None:
        if len(known.decided) >= MOST_KEPT:
            known.decided.clear()
        kept = known.decided[key] = decide_answers(kind, known.rule, answers, more=more, engine=engine)
        return kept
    pairs = zip(kept.numbers, combinations(answers, 2), strict=True)
    numbers = tuple(PairNumber(a.id, b.id, one.agree, one.number) for one, (a, b) in pairs)
    return Decision(
        kept.state, kept.value, kept.reason, kept.pairwise_agreement, numbers, kept.detail, kept.held
    )


def _type(value: Value) -> type | frozenset[type]:
    return frozenset(map(type, value)) if isinstance(value, frozenset) else type(value)


def _uncompared(field: dict[str, Any], path: str, values: Mapping[str, Any]) -> FieldOutcome:
    # Texts, and marks that this engine does not compare, stay with their reads; equal ones stand for all.
    stored = list(values.values())
    value = stored[0] if all(other == stored[0] for other in stored) else None
    reason = "kept_by_read" if field["kind"] == "text" else "not_compared"
    decision = Decision("accept", value, reason)
    return FieldOutcome(path, field["key"], field["kind"], NOT_COMPARED, _given(values), decision, value)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {read: value for read, value in sorted(values.items()) if value is not None}
