"""Answers to the fields of a label schema, from what was typed and back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from workflow.labels.answers import Answers
from workflow.labels.faults import at
from workflow.labels.schema_parts import Condition, Field, Kind
from workflow.labels.values import NOT_ASSESSABLE as NOT_ASSESSABLE_VALUE
from workflow.labels.values import is_not_assessable

from .decimals import decimal_typed
from .marks import mark_texts, typed_mark
from .typed import NONE_OF_THESE, NOT_ASSESSABLE, Typed

Fault = dict[str, str]
SINGLE = frozenset({Kind.NOMINAL, Kind.ORDINAL, Kind.BOOLEAN})
TRUTH = {"true": True, "false": False}


class Absent:
    """Nothing was answered."""


@dataclass(slots=True)
class Read:
    """What could be read of a form: the answers, what can't be read, and which fields are asked at all."""

    fields: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)


def typed_answers(fields: Sequence[Field], prefix: str, path: str, typed: Typed) -> Read:
    """The answers typed below `prefix`; what does not apply because of the others is left out."""
    read, known = Read(), Answers()
    for one in fields:
        if known.hold(one.when) is False:
            continue
        read.asked.add(one.key)
        value, faults = typed_value(one, f"{prefix}.{one.key}", typed)
        read.faults += [{"path": at(path, one.key), "code": "unreadable", "message": m} for m in faults]
        if value is not Absent:
            read.fields[one.key] = known.values[one.key] = value
        if faults:
            known.unclear.add(one.key)
    return read


def typed_value(one: Field, name: str, typed: Typed) -> tuple[Any, list[str]]:
    """The value of one field, Absent if there is none, and what can't be read of it."""
    if typed.one(f"{name}.na") or (one.kind in SINGLE and typed.one(name) == NOT_ASSESSABLE):
        return dict(NOT_ASSESSABLE_VALUE), []
    if one.mark is not None:
        mark, faults = typed_mark(one.mark, name, typed)
        return Absent if mark is None else mark, faults
    match one.kind:
        case Kind.MULTI:
            return _chosen(one, typed.all(name))
        case Kind.NUMBER:
            text = typed.one(name)
            return (decimal_typed(text) if text.strip() else Absent), []
        case Kind.TEXT:
            text = typed.one(name)
            return (text if text.strip() else Absent), []
        case _:
            text = typed.one(name)
            return (value_of(one, text) if text else Absent), []


def value_of(one: Field, text: str) -> Any:
    """The category or truth value that a choice's text stands for; the text itself if it stands for none."""
    if one.kind is Kind.BOOLEAN:
        return TRUTH.get(text, text)
    return next((c.value for c in one.categories if str(c.value) == text), text)


def text_of(value: str | int | bool) -> str:
    """How a choice is written in the form."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def answer_texts(fields: Sequence[Field], prefix: str, answers: dict[str, Any]) -> dict[str, list[str]]:
    """What the inputs below `prefix` show of stored answers."""
    texts: dict[str, list[str]] = {}
    for one in fields:
        if one.key in answers:
            texts |= _texts(one, f"{prefix}.{one.key}", answers[one.key])
    return texts


def conditions_of(conditions: Sequence[Condition], prefix: str) -> list[dict[str, Any]]:
    """A field's conditions as the browser evaluates them: names of inputs and texts of choices."""
    return [
        {"name": f"{prefix}.{c.field}", "asks": str(c.asks), "values": [text_of(v) for v in c.values]}
        for c in conditions
    ]


def _texts(one: Field, name: str, value: Any) -> dict[str, list[str]]:
    if is_not_assessable(value):
        return {name: [NOT_ASSESSABLE]} if one.kind in SINGLE else {f"{name}.na": ["1"]}
    if one.mark is not None:
        return mark_texts(one.mark, name, value)
    if one.kind is Kind.MULTI:
        return {name: [text_of(v) for v in value] or [NONE_OF_THESE]}
    return {name: [text_of(value)]}


def _chosen(one: Field, texts: tuple[str, ...]) -> tuple[Any, list[str]]:
    chosen = [value_of(one, text) for text in texts if text != NONE_OF_THESE]
    if chosen and NONE_OF_THESE in texts:
        return chosen, ['Choose "none of these" or some of them, not both.']
    return (chosen, []) if texts else (Absent, [])
