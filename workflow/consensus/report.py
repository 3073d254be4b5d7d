"""The consensus report: everything a decision rests on, so that anybody can compute it again."""

from fractions import Fraction
from typing import Any

from workflow.consensus.comparators import PairNumber
from workflow.consensus.outcomes import CaseDecision, FieldOutcome, FindingOutcome
from workflow.consensus.rounding import decimal_string

SCHEMA = "consilium/consensus-report/v1"
PLACES = 6


def report(decision: CaseDecision, *, protocol_digest: str) -> dict[str, Any]:
    """The report of a case as restricted-profile JSON; equal inputs in any order give an equal report."""
    engine, spacing = decision.terms.engine, decision.terms.scale.document()
    return {
        "schema": SCHEMA,
        "engine": engine.name,
        **({"spacing": spacing} if engine.tells_all else {}),
        "protocol": protocol_digest,
        "rule": decision.reads.document(),
        "inputs": [{"read": read.id, "slot": read.slot, "digest": read.digest} for read in decision.inputs],
        "outcome": decision.outcome,
        "reason": decision.reason,
        "fields": [_field(field) for field in decision.fields],
        "findings": [_finding(finding) for finding in decision.findings],
        "disputed": list(decision.disputed),
        "reference": decision.reference,
    }


def _field(field: FieldOutcome) -> dict[str, Any]:
    return {
        "path": field.path,
        "key": field.key,
        "kind": field.kind,
        "rule": field.rule,
        "values": [{"read": read, "value": value} for read, value in field.values.items()],
        "pairs": [_pair(pair) for pair in field.decision.numbers],
        "pairwise_agreement": _text(field.decision.pairwise_agreement),
        "outcome": field.outcome,
        "reason": field.reason,
        "value": field.value,
        **field.decision.detail,
    }


def _finding(finding: FindingOutcome) -> dict[str, Any]:
    return {
        "id": finding.id,
        "type": finding.type,
        "marks": [
            {"read": read, "findings": [mark["id"] for mark in marks]}
            for read, marks in finding.marks.items()
        ],
        "held": finding.held,
        "of": finding.of,
        "outcome": finding.outcome,
        "reason": finding.reason,
        "question": finding.question,
        "mark": None if finding.mark is None else _field(finding.mark),
        "fields": [_field(field) for field in finding.fields],
    }


def _pair(pair: PairNumber) -> dict[str, Any]:
    stated: dict[str, Any] = {
        "reads": [pair.a, pair.b],
        "agree": pair.agree,
        "number": _text(pair.number),
    }
    if pair.measures:
        stated["measures"] = {name: _text(number) for name, number in pair.measures}
    return {**stated, "missing": pair.missing} if pair.missing else stated


def _text(number: Fraction | None) -> str | None:
    return None if number is None else decimal_string(number, PLACES)
