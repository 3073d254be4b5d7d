"""One field of the label schema, over all reads: the values put in, the decision, the outcome."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workflow.consensus.answers import FieldRead, decoded, encoded
from workflow.consensus.engines import Terms
from workflow.consensus.fields import Decision, decide_answers
from workflow.consensus.outcomes import FieldOutcome
from workflow.consensus.rules import completed
from workflow.protocol.fieldrules import FieldRule
from workflow.protocol.sections import Reads

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
    rule, told = completed(kind, stated, reads)
    values = dict(sorted(values.items()))
    answers = [FieldRead(read, decoded(kind, value, terms.scale)) for read, value in values.items()]
    decision = decide_answers(kind, rule, answers, more=more, engine=terms.engine)
    if kind == "number" and terms.engine.tells_all:
        decision = replace(decision, detail={**decision.detail, "unit": field["unit"]})
    value = encoded(field, decision.value)
    return FieldOutcome(path, field["key"], kind, told, _given(values), decision, value)


def _uncompared(field: dict[str, Any], path: str, values: Mapping[str, Any]) -> FieldOutcome:
    # Texts, and marks that this engine does not compare, stay with their reads; equal ones stand for all.
    stored = list(values.values())
    value = stored[0] if all(other == stored[0] for other in stored) else None
    reason = "kept_by_read" if field["kind"] == "text" else "not_compared"
    decision = Decision("accept", value, reason)
    return FieldOutcome(path, field["key"], field["kind"], NOT_COMPARED, _given(values), decision, value)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {read: value for read, value in sorted(values.items()) if value is not None}
