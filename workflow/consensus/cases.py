"""The decision on a case: every field and finding of the label schema, and what they make of the whole."""

from collections.abc import Iterable, Sequence
from typing import Any

from workflow.consensus.answered import field_outcome
from workflow.consensus.conditional import conditional_outcome
from workflow.consensus.engines import Terms
from workflow.consensus.fields import State, worst
from workflow.consensus.findings import finding_groups, finding_outcome
from workflow.consensus.outcomes import CaseDecision, FieldOutcome, FindingOutcome, ReadInput
from workflow.consensus.rules import UNSTATED
from workflow.protocol.fieldrules import FindingRule
from workflow.protocol.protocol import Protocol

READ_SCHEMA = "consilium/read/v1"
ESCALATE_FLAG = "escalate"


def decide_case(
    *, schema: dict[str, Any], protocol: Protocol, reads: Sequence[ReadInput], terms: Terms | None = None
) -> CaseDecision:
    """The decision on one case from its submitted reads, whatever their order, by the newest engine.

    `terms` names another version of the engine, and the case's pixel spacings.
    `schema` is a consilium/label-schema/v1 document that the protocol fits and the reads obey. ValueError
    when two reads share an id or a slot: one reader must not count twice.
    """
    terms = terms or Terms()
    inputs = tuple(sorted(reads, key=lambda read: read.id))
    _refuse_doubles(inputs)
    quorum = protocol.reads.count
    if len(inputs) < quorum:
        return CaseDecision(
            "wait", f"quorum {quorum}, have {len(inputs)}", protocol.reads, inputs, terms=terms
        )
    fields = tuple(_fields(schema, protocol, inputs, terms))
    findings = tuple(_findings(schema, protocol, inputs, terms))
    disputed = tuple(_disputed(fields, findings))
    outcome, reason = _conclusion(inputs, fields, findings, disputed)
    settled = _reference(fields, findings) if outcome in ("accept", "escalate") else None
    return CaseDecision(outcome, reason, protocol.reads, inputs, fields, findings, disputed, settled, terms)


def _refuse_doubles(reads: Sequence[ReadInput]) -> None:
    for name in ("id", "slot"):
        if len({getattr(read, name) for read in reads}) < len(reads):
            raise ValueError(f"Two reads of one case share the {name}.")


def _fields(
    schema: dict[str, Any], protocol: Protocol, reads: Sequence[ReadInput], terms: Terms
) -> Iterable[FieldOutcome]:
    more = len(reads) < protocol.reads.max
    earlier: dict[str, FieldOutcome] = {}
    for field in schema["fields"]:
        key = field["key"]
        stated = protocol.fields.get(key, UNSTATED)
        values = {read.id: read.content.get("fields", {}).get(key) for read in reads}
        if "when" in field:
            earlier[key] = conditional_outcome(
                field, stated, protocol.reads, values, earlier, more=more, terms=terms
            )
        else:
            earlier[key] = field_outcome(
                field, f"fields/{key}", stated, protocol.reads, values, more=more, terms=terms
            )
    return earlier.values()


def _findings(
    schema: dict[str, Any], protocol: Protocol, reads: Sequence[ReadInput], terms: Terms
) -> Iterable[FindingOutcome]:
    number = 0
    for finding_type in schema.get("findings", {}).get("types", ()):
        rule = protocol.findings.get(finding_type["key"], FindingRule())
        for group in finding_groups(finding_type, rule, reads, terms):
            number += 1
            yield finding_outcome(f"f{number}", finding_type, rule, protocol.reads, group, len(reads), terms)


def _conclusion(
    reads: Sequence[ReadInput],
    fields: Sequence[FieldOutcome],
    findings: Sequence[FindingOutcome],
    disputed: Sequence[str],
) -> tuple[State, str]:
    if any(ESCALATE_FLAG in read.content.get("flags", ()) for read in reads):
        return "escalate", "a reader asks for a senior"
    outcome = worst([field.outcome for field in fields] + [finding.outcome for finding in findings])
    return outcome, f"disputed: {', '.join(disputed)}" if disputed else "agreed"


def _disputed(fields: Sequence[FieldOutcome], findings: Sequence[FindingOutcome]) -> Iterable[str]:
    """Field keys; a finding's id when the finding or its extent is disputed, else id/key of its fields."""
    yield from (field.key for field in fields if field.outcome != "accept")
    for finding in findings:
        if finding.question == "what?":
            yield from (f"{finding.id}/{field.key}" for field in finding.fields if field.outcome != "accept")
        elif finding.outcome != "accept":
            yield finding.id


def _reference(fields: Sequence[FieldOutcome], findings: Sequence[FindingOutcome]) -> dict[str, Any]:
    settled = [_settled_finding(one) for one in findings if one.question in ("", "what?")]
    return {"schema": READ_SCHEMA, "fields": _settled_values(fields), "findings": settled}


def _settled_finding(finding: FindingOutcome) -> dict[str, Any]:
    mark = finding.mark.value if finding.mark else None
    settled = {"id": finding.id, "type": finding.type, "mark": mark}
    return {**settled, "fields": _settled_values(finding.fields)}


def _settled_values(fields: Sequence[FieldOutcome]) -> dict[str, Any]:
    return {
        field.key: field.value for field in fields if field.outcome == "accept" and field.value is not None
    }
