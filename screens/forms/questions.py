"""One question of a form, prepared for its template: inputs with names, ids, labels, texts and faults."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from workflow.labels.schema_parts import DRAWN, Field, Kind, MarkSpec

from .answers import SINGLE, Fault, conditions_of, text_of
from .marks import HIDDEN, OUTLINES, PIXELS, RUNS, WHOLE, parts_of
from .typed import NONE_OF_THESE, NOT_ASSESSABLE, Typed

LONG_TEXT = 120
MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Choice:
    """A radio button or a checkbox; `digit` is the number key that chooses it."""

    id: str
    name: str
    text: str
    label: str
    chosen: bool
    digit: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """An input for text; `rows` above 1 makes it a box of several lines."""

    id: str
    name: str
    label: str
    text: str
    mode: str = "text"
    rows: int = 1
    unit: str = ""
    optional: bool = False
    hint: str = ""


@dataclass(slots=True)
class Question:
    """A field, a finding's mark, or a field of a finding, on the form."""

    id: str
    name: str
    path: str
    label: str
    kind: str
    help: str = ""
    required: bool = False
    single: bool = False
    choices: list[Choice] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    hidden: list[tuple[str, str]] = field(default_factory=list)
    not_assessable: Choice | None = None
    when: str = ""
    asked: bool = True
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def first(self) -> str:
        """The id of the input that a link in the summary of faults leads to."""
        return self.choices[0].id if self.choices else self.lines[0].id

    @property
    def is_mark(self) -> bool:
        """Whether the answer is drawn."""
        return self.kind in DRAWN

    @property
    def is_drawn(self) -> bool:
        """Whether all of a mark is there, as far as it must be."""
        return all(line.text.strip() for line in self.lines if not line.optional)

    @property
    def described_by(self) -> str:
        """The ids of the help and the faults, for screen readers."""
        parts = (("help", self.help or self.range), ("faults", self.faults), ("notes", self.notes))
        return " ".join(f"{self.id}-{name}" for name, there in parts if there)

    @property
    def range(self) -> str:
        """What a single line accepts, in words."""
        return self.lines[0].unit if self.kind == Kind.NUMBER else ""


def questions_of(
    fields: Sequence[Field],
    prefix: str,
    path: str,
    typed: Typed,
    asked: Iterable[str],
    faults: Sequence[Fault],
) -> list[Question]:
    """The questions of a list of fields; `asked` are the keys of those that apply now."""
    open_now = set(asked)
    made = []
    for one in fields:
        question = question_of(one, f"{prefix}.{one.key}", f"{path}/{one.key}", typed, faults)
        question.when = json.dumps(conditions_of(one.when, prefix)) if one.when else ""
        question.asked = one.key in open_now
        made.append(question)
    return made


def question_of(one: Field, name: str, path: str, typed: Typed, faults: Sequence[Fault]) -> Question:
    """One field as a question."""
    question = Question(
        html_id(name), name, path, one.label, str(one.kind), one.help, one.required, one.kind in SINGLE
    )
    question.faults = faults_at(path, faults)
    if one.kind in SINGLE:
        question.choices = _single(one, name, typed)
        return question
    if one.kind is Kind.MULTI:
        question.choices = _multi(one, name, typed)
    elif one.mark is not None:
        _draw(question, one.mark, name, typed)
    else:
        question.lines = [_line(one, name, typed)]
    if one.not_assessable:
        na = f"{name}.na"
        question.not_assessable = Choice(html_id(na), na, "1", "Not assessable", bool(typed.one(na)))
    return question


def mark_question(
    spec: MarkSpec, label: str, name: str, path: str, typed: Typed, faults: Sequence[Fault]
) -> Question:
    """The mark of a finding as a question."""
    question = Question(html_id(name), name, path, label, str(spec.kind), required=True)
    question.faults = faults_at(path, faults)
    _draw(question, spec, name, typed)
    return question


def faults_at(path: str, faults: Sequence[Fault]) -> list[str]:
    """What is wrong at a place or below it."""
    return [f["message"] for f in faults if f["path"] == path or f["path"].startswith(f"{path}/")]


def html_id(name: str) -> str:
    """The id of an input with this name."""
    return f"q-{name.replace('.', '-')}"


def _single(one: Field, name: str, typed: Typed) -> list[Choice]:
    if one.kind is Kind.BOOLEAN:
        offered = [("true", "Yes", ""), ("false", "No", "")]
    else:
        offered = [(text_of(c.value), c.label, "") for c in one.categories]
    digits = _digits([text for text, _, _ in offered])
    if one.not_assessable:
        offered.append((NOT_ASSESSABLE, "Not assessable", ""))
    if not one.required:
        offered.append(("", "No answer", ""))
    now = typed.one(name)
    return [
        Choice(
            f"{html_id(name)}-{n}",
            name,
            text,
            label,
            text == now,
            digits.get(text, ""),
            _shown_code(text, label),
        )
        for n, (text, label, _) in enumerate(offered)
    ]


def _multi(one: Field, name: str, typed: Typed) -> list[Choice]:
    offered = [(text_of(c.value), c.label) for c in one.categories]
    digits = _digits([text for text, _ in offered])
    if one.fewest == 0:
        offered.append((NONE_OF_THESE, "None of these"))
    now = typed.all(name)
    return [
        Choice(f"{html_id(name)}-{n}", name, text, label, text in now, digits.get(text, ""))
        for n, (text, label) in enumerate(offered)
    ]


def _digits(texts: list[str]) -> dict[str, str]:
    """The number keys of choices: their own number where each is a digit, else their place, counted from 1."""
    if all(text.isdigit() and len(text) == 1 for text in texts):
        return {text: text for text in texts}
    return {text: str(n) for n, text in enumerate(texts[:MOST_DIGITS], 1)}


def _shown_code(text: str, label: str) -> str:
    return text if text.lstrip("-").isdigit() and text != label else ""


def _line(one: Field, name: str, typed: Typed) -> Line:
    if one.kind is Kind.NUMBER:
        return Line(html_id(name), name, one.label, typed.one(name), "decimal", unit=_range(one))
    rows = 3 if one.max_length > LONG_TEXT else 1
    return Line(html_id(name), name, one.label, typed.one(name), rows=rows)


def _range(one: Field) -> str:
    bounds = [
        f"from {one.minimum}" if one.minimum is not None else "",
        f"up to {one.maximum}" if one.maximum is not None else "",
    ]
    decimals = "whole numbers" if one.decimals == 0 else f"at most {one.decimals} decimals"
    unit = "" if one.unit == "1" else one.unit
    return ", ".join(filter(None, (unit, " ".join(filter(None, bounds)), decimals)))


def _draw(question: Question, spec: MarkSpec, name: str, typed: Typed) -> None:
    for part in parts_of(spec):
        rows = 4 if part.unit in (OUTLINES, RUNS) else 1
        mode = "text" if rows > 1 else "numeric" if part.unit == WHOLE else "decimal"
        unit = "px" if part.unit == PIXELS else ""
        here = f"{name}.{part.name}"
        question.lines.append(
            Line(html_id(here), here, part.label, typed.one(here), mode, rows, unit, part.optional, part.hint)
        )
    unseen = f"{name}.{HIDDEN}"
    if kept := typed.one(unseen):
        question.hidden.append((unseen, kept))
