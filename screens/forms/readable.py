"""A read in words, for those who judge it: each answer as its label says, marks part by part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workflow.labels.schema import LabelSchema
from workflow.labels.schema_parts import Field, Kind
from workflow.labels.values import is_not_assessable

from .labels import ESCALATE_FLAG, type_of
from .places import place_words

NO_ANSWER = "no answer"


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: where it stands in the read, its question, and its words."""

    path: str
    key: str
    label: str
    text: str
    answered: bool = True


@dataclass(slots=True)
class SaidFinding:
    """One finding of a read in words."""

    id: str
    path: str
    label: str
    mark: str
    answers: list[Said] = field(default_factory=list)


@dataclass(slots=True)
class SaidRead:
    """A read in words."""

    answers: list[Said]
    findings: list[SaidFinding]
    confidence: str = ""
    flags: tuple[str, ...] = ()
    wants_senior: bool = False


def in_words(schema: LabelSchema, labels: Mapping[str, Any], first: int = 0) -> SaidRead:
    """A whole read in words; questions that did not apply are left out. `first`: as `place_words` has it."""
    flags = tuple(labels.get("flags") or ())
    return SaidRead(
        _answers(schema.fields, labels.get("fields") or {}, "/fields", first),
        [_finding(schema, finding, first) for finding in labels.get("findings") or []],
        str(labels.get("confidence", "")),
        tuple(flag for flag in flags if flag != ESCALATE_FLAG),
        ESCALATE_FLAG in flags,
    )


def words(one: Field, value: Any, first: int = 0) -> str:
    """The words of one answer."""
    if value is None:
        return NO_ANSWER
    if is_not_assessable(value):
        return "Not assessable"
    if one.mark is not None:
        return place_words(value, first)
    match one.kind:
        case Kind.BOOLEAN:
            return "Yes" if value else "No"
        case Kind.MULTI:
            return ", ".join(_category(one, each) for each in value) or "None of these"
        case Kind.NUMBER:
            return str(value) if one.unit == "1" else f"{value} {one.unit}"
        case Kind.TEXT:
            return str(value)
        case _:
            return _category(one, value)


def _category(one: Field, value: Any) -> str:
    label = next((c.label for c in one.categories if c.value == value), str(value))
    return f"{value} · {label}" if isinstance(value, int) and str(value) != label else label


def _answers(fields: Sequence[Field], given: Mapping[str, Any], path: str, first: int) -> list[Said]:
    return [
        Said(f"{path}/{one.key}", one.key, one.label, words(one, given.get(one.key), first), one.key in given)
        for one in fields
        if one.key in given or (not one.when and one.required)
    ]


def _finding(schema: LabelSchema, finding: Mapping[str, Any], first: int) -> SaidFinding:
    kind, path = type_of(schema, str(finding.get("type", ""))), f"/findings/{finding['id']}"
    if kind is None:
        return SaidFinding(str(finding["id"]), path, "Finding", "")
    answers = _answers(kind.fields, finding.get("fields") or {}, f"{path}/fields", first)
    return SaidFinding(str(finding["id"]), path, kind.label, place_words(finding["mark"], first), answers)
