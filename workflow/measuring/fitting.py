"""Answers given under earlier questions, and rules made for them: only what fits the questions of now is measured."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from workflow.documents import label_schema_of
from workflow.labels.schema import LabelSchema
from workflow.labels.schema_parts import CATEGORICAL, Field, Kind, MarkSpec
from workflow.labels.values import is_not_assessable
from workflow.protocol.fitting import check_against
from workflow.protocol.protocol import Protocol

from .study import Studied, StudiedCase

Labels = Mapping[str, Any]
SECTIONS = ("fields", "findings", "acceptance")
ANSWERS, RULES = "answers_that_no_longer_fit", "protocol_rules_that_do_not_fit"


def fitted(studied: Studied, guideline: str) -> Studied:
    """The cases with those answers that fit the questions of this guideline (a digest); the others are counted."""
    now, lost, cases = label_schema_of(guideline), 0, list[StudiedCase]()
    for case in studied.cases:
        reads = []
        for read in case.reads:
            if read.guideline == guideline:
                reads.append(read)
                continue
            labels, misfits = fitting_labels(read.labels, label_schema_of(read.guideline), now)
            reads.append(replace(read, labels=labels))
            lost += misfits
        cases.append(replace(case, reads=tuple(reads)))
    return Studied(tuple(cases), {**studied.left_out, ANSWERS: lost})


def fitting_labels(labels: Labels, then: LabelSchema, now: LabelSchema) -> tuple[dict[str, Any], int]:
    """The labels without what the questions of now don't ask, and how many answers to what they do ask don't fit."""
    fields, lost = _fitting_answers(labels.get("fields", {}), then.fields, now.fields)
    findings = []
    for one in labels.get("findings", ()):
        asked, kind = then.finding_type(one["type"]), now.finding_type(one["type"])
        if kind is None:
            continue
        if asked is None or not _same_mark(asked.mark, kind.mark):
            lost += 1
            continue
        inner, misfits = _fitting_answers(one.get("fields", {}), asked.fields, kind.fields)
        findings.append({**one, "fields": inner})
        lost += misfits
    return {**labels, "fields": fields, "findings": findings}, lost


def as_asked_now(
    contents: Iterable[Labels], then: LabelSchema, now: LabelSchema
) -> tuple[dict[str, Any], ...] | None:
    """The labels as answers to the questions of now; None where some of these were not asked, or an answer misfits."""
    if not _asked_all(then, now):
        return None
    fitting = [fitting_labels(labels, then, now) for labels in contents]
    return None if any(lost for _, lost in fitting) else tuple(labels for labels, _ in fitting)


def fitting_rules(protocol: Protocol, schema: dict[str, Any]) -> tuple[Protocol, int]:
    """The protocol without those rules that don't fit the label schema, and how many these are."""
    unfit = {tuple(fault.path.split("/")[1:3]) for fault in check_against(protocol, schema)}
    sections = [
        {key: rule for key, rule in getattr(protocol, section).items() if (section, key) not in unfit}
        for section in SECTIONS
    ]
    fields, findings, acceptance = sections
    dropped = sum(
        len(getattr(protocol, name)) - len(kept) for name, kept in zip(SECTIONS, sections, strict=True)
    )
    return replace(protocol, fields=fields, findings=findings, acceptance=acceptance), dropped


def _fitting_answers(
    answers: Labels, then: Sequence[Field], now: Sequence[Field]
) -> tuple[dict[str, Any], int]:
    before, asked = ({field.key: field for field in fields} for fields in (then, now))
    still = {key: value for key, value in answers.items() if key in asked}
    kept = {
        key: value
        for key, value in still.items()
        if _same_question(before.get(key), asked[key]) and _fits(asked[key], value)
    }
    return kept, len(still) - len(kept)


def _same_question(then: Field | None, now: Field) -> bool:
    """Whether answers to both can be compared: of one kind, in one unit, drawn on as many slices."""
    return (
        then is not None
        and (then.kind, then.unit) == (now.kind, now.unit)
        and (then.mark is None or now.mark is None or _same_mark(then.mark, now.mark))
    )


def _same_mark(then: MarkSpec, now: MarkSpec) -> bool:
    return (then.kind, then.slices) == (now.kind, now.slices)


def _fits(field: Field, value: Any) -> bool:
    if field.kind not in CATEGORICAL or is_not_assessable(value):
        return True
    allowed = {(type(one.value), one.value) for one in field.categories}
    return {(type(one), one) for one in (value if field.kind == Kind.MULTI else [value])} <= allowed


def _asked_all(then: LabelSchema, now: LabelSchema) -> bool:
    return _covers(then.fields, now.fields) and all(
        (asked := then.finding_type(kind.key)) is not None
        and _same_mark(asked.mark, kind.mark)
        and _covers(asked.fields, kind.fields)
        for kind in now.finding_types()
    )


def _covers(then: Sequence[Field], now: Sequence[Field]) -> bool:
    before = {field.key: field for field in then}
    return all(_same_question(before.get(field.key), field) for field in now if field.kind != Kind.TEXT)
