"""*Normal, next*: a read of a case in which nothing is found, as the label schema says what that is."""

from typing import Any, Final

from workflow.labels.answers import Answers
from workflow.labels.faults import FaultList
from workflow.labels.schema import LabelSchema
from workflow.labels.schema_parts import Field
from workflow.labels.values import normal_value

from .answers import answer_texts, typed_answers
from .typed import FIELDS, Typed

NOT_NORMAL: Final = "You answered or marked something that isn’t normal here. Look again, then submit."


def may_be_normal(schema: LabelSchema) -> bool:
    """Whether a read can be sent as normal: each required field that is asked then has an answer for it."""
    fewest = schema.findings.fewest if schema.findings else 0
    return fewest == 0 and bool(_normal(schema)) and not _without(schema)


def with_normal(schema: LabelSchema, typed: Typed) -> tuple[Typed, str]:
    """The form with what isn't answered yet filled in as normal; or as it was, and why it isn't a normal read."""
    normal, said = _normal(schema), typed_answers(schema.fields, FIELDS, "/fields", typed)
    differs = [one for one in schema.fields if one.key in said.fields and _differs(one, said.fields, normal)]
    if not may_be_normal(schema) or typed.findings() or said.faults or differs:
        return typed, NOT_NORMAL
    return typed.with_texts(answer_texts(schema.fields, FIELDS, normal)), ""


def _differs(one: Field, said: dict[str, Any], normal: dict[str, Any]) -> bool:
    """Whether an answer isn't the normal one; what may be left out may also be said, such as a remark."""
    if one.key not in normal:
        return one.required
    spelled = [normal_value(one, answers[one.key], "", FaultList()) for answers in (said, normal)]
    return bool(spelled[0] != spelled[1])


def _normal(schema: LabelSchema) -> dict[str, Any]:
    """The answers of a normal read: of every field that is asked in it."""
    known = Answers()
    for one in schema.fields:
        if one.normal is not None and known.hold(one.when):
            known.values[one.key] = list(one.normal) if isinstance(one.normal, tuple) else one.normal
    return known.values


def _without(schema: LabelSchema) -> list[Field]:
    """Required fields that are asked in a normal read, and of which nobody says what is normal."""
    known = Answers(_normal(schema))
    return [one for one in schema.fields if one.required and one.normal is None and known.hold(one.when)]
