"""A whole read from a form, and a form from a read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workflow.labels.faults import LabelsInvalid, at
from workflow.labels.schema import LabelSchema
from workflow.labels.schema_parts import FindingType
from workflow.labels.validation import READ_ID, validate

from .answers import Fault, answer_texts, typed_answers
from .marks import mark_texts, typed_mark
from .typed import FIELDS, Typed, name_of_finding

CONFIDENCE, FLAGS, ESCALATE = "confidence", "flags", "flag.escalate"
# What the consensus engine takes as "a reader asks for a senior".
ESCALATE_FLAG = "escalate"


@dataclass(slots=True)
class TypedRead:
    """The read that a form says, and everything that can't be read of it."""

    labels: dict[str, Any]
    faults: list[Fault] = field(default_factory=list)


def typed_read(schema: LabelSchema, typed: Typed) -> TypedRead:
    """The read that was typed, before it is checked against the schema."""
    answers = typed_answers(schema.fields, FIELDS, "/fields", typed)
    labels: dict[str, Any] = {"schema": READ_ID, "fields": answers.fields, "findings": []}
    read = TypedRead(labels, answers.faults)
    for number in typed.findings():
        finding, faults = _finding(schema, number, typed)
        labels["findings"].append(finding)
        read.faults += faults
    if confidence := typed.one(CONFIDENCE):
        labels["confidence"] = confidence
    if flags := _flags(typed):
        labels["flags"] = flags
    return read


def checked_read(schema: LabelSchema, typed: Typed) -> TypedRead:
    """The same with the schema's faults as well, each place spoken of once."""
    read = typed_read(schema, typed)
    try:
        validate(schema, read.labels)
    except LabelsInvalid as error:
        said = [fault["path"] for fault in read.faults]
        read.faults += [
            {"path": f.path, "code": f.code, "message": f.message}
            for f in error.faults
            if not any(f.path == path or f.path.startswith(f"{path}/") for path in said)
        ]
    return read


def texts_of(schema: LabelSchema, labels: Mapping[str, Any]) -> Typed:
    """The form filled with a stored read; what the schema doesn't know is left out."""
    texts = answer_texts(schema.fields, FIELDS, labels.get("fields") or {})
    for number, finding in enumerate(labels.get("findings") or []):
        texts |= finding_texts(schema, number, finding)
    if "confidence" in labels:
        texts[CONFIDENCE] = [labels["confidence"]]
    flags = list(labels.get("flags") or [])
    if ESCALATE_FLAG in flags:
        texts[ESCALATE] = ["1"]
    if others := [flag for flag in flags if flag != ESCALATE_FLAG]:
        texts[FLAGS] = ["\n".join(others)]
    return Typed({name: tuple(given) for name, given in texts.items()})


def finding_texts(schema: LabelSchema, number: int, finding: Mapping[str, Any]) -> dict[str, list[str]]:
    """What the inputs of one finding show."""
    name, kind = name_of_finding(number), type_of(schema, str(finding.get("type", "")))
    texts = {f"{name}.id": [str(finding["id"])]}
    if kind is not None:
        texts[f"{name}.type"] = [kind.key]
        if finding.get("mark"):
            texts |= mark_texts(kind.mark, f"{name}.mark", finding["mark"])
        texts |= answer_texts(kind.fields, f"{name}.{FIELDS}", finding.get("fields") or {})
    return texts


def with_finding(schema: LabelSchema, typed: Typed, key: str) -> Typed:
    """The form with one finding of this type more, empty; unchanged if there is no such type."""
    if type_of(schema, key) is None:
        return typed
    name = name_of_finding(len(typed.findings()))
    return typed.with_texts({f"{name}.id": [new_id(typed)], f"{name}.type": [key]})


def with_copy(schema: LabelSchema, typed: Typed, finding: Mapping[str, Any]) -> Typed:
    """The form with a finding of a read more, under an id of its own."""
    copied = {**finding, "id": new_id(typed)}
    return typed.with_texts(finding_texts(schema, len(typed.findings()), copied))


def without_finding(typed: Typed, number: int) -> Typed:
    """The form without one of its findings."""
    return typed.without(f"{name_of_finding(number)}.").renumbered()


def new_id(typed: Typed) -> str:
    """An id that no finding of the form has."""
    taken = {typed.one(f"{name_of_finding(number)}.id") for number in typed.findings()}
    return next(f"f{n}" for n in range(1, len(taken) + 2) if f"f{n}" not in taken)


def type_of(schema: LabelSchema, key: str) -> FindingType | None:
    """The type with this key; the only one where it goes without saying."""
    types = schema.finding_types()
    return types[0] if not key and len(types) == 1 else schema.finding_type(key)


def _finding(schema: LabelSchema, number: int, typed: Typed) -> tuple[dict[str, Any], list[Fault]]:
    name, path = name_of_finding(number), at("/findings", number)
    finding: dict[str, Any] = {"id": typed.one(f"{name}.id")}
    kind = type_of(schema, typed.one(f"{name}.type"))
    if kind is None:
        return {**finding, "type": typed.one(f"{name}.type"), "mark": {}}, []
    mark, unreadable = typed_mark(kind.mark, f"{name}.mark", typed)
    unreadable += ["Say where it lies."] if mark is None else []
    answers = typed_answers(kind.fields, f"{name}.{FIELDS}", at(path, "fields"), typed)
    faults = [{"path": at(path, "mark"), "code": "unreadable", "message": m} for m in unreadable]
    return (
        {**finding, "type": kind.key, "mark": mark or {}, "fields": answers.fields},
        faults + answers.faults,
    )


def _flags(typed: Typed) -> list[str]:
    escalate = [ESCALATE_FLAG] if typed.one(ESCALATE) else []
    return escalate + [line for line in typed.one(FLAGS).split("\n") if line.strip()]
