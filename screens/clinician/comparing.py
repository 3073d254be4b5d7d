"""Reads side by side: for a second look, and for the arbiter to pick from."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from screens.forms.answers import Fault, text_of
from screens.forms.questions import Choice, Question, faults_at, html_id
from screens.forms.readable import SaidFinding, in_words, words
from screens.forms.typed import NONE_OF_THESE, NOT_ASSESSABLE, Typed
from workflow.labels.schema import LabelSchema
from workflow.labels.schema_parts import Field, Kind
from workflow.labels.values import is_not_assessable

from .disputes import Words
from .results import OWN, PICK, SETTLED

Reads = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Cell:
    """One read's answer to one field."""

    head: str
    text: str
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One field across reads."""

    label: str
    cells: tuple[Cell, ...]

    @property
    def differs(self) -> bool:
        """Whether the reads don't all say the same."""
        return any(cell.differs for cell in self.cells)


@dataclass(slots=True)
class Pick:
    """One way to answer a field: as a read did, as was settled, or in one's own words."""

    choice: Choice
    head: str
    text: str
    texts: str  # JSON: what the answer is in the form, for conditions that hang on it


@dataclass(slots=True)
class PickRow:
    """One field of an arbitration: the answers to pick from, why it is disputed, and one's own answer."""

    key: str
    path: str
    label: str
    question: Question
    picks: list[Pick]
    disputed: bool
    why: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    mine: str = ""

    @property
    def id(self) -> str:
        """The row's id."""
        return html_id(f"{PICK}{self.key}")


@dataclass(slots=True)
class ReadFindings:
    """The findings of one read, to be taken into the answer."""

    head: str
    letter: str
    findings: list[SaidFinding]


def rows_of(schema: LabelSchema, reads: Reads, first_slice: int = 0) -> list[Row]:
    """Every field that some read answers, across the reads; the first read is the one to compare with."""
    rows = []
    for one in schema.fields:
        values = [(head, (labels.get("fields") or {}).get(one.key)) for head, labels in reads.items()]
        if any(value is not None for _, value in values):
            first = values[0][1]
            rows.append(
                Row(
                    one.label,
                    tuple(Cell(head, words(one, v, first_slice), not _same(v, first)) for head, v in values),
                )
            )
    return rows


def pick_rows(
    schema: LabelSchema,
    material: Mapping[str, Any],
    typed: Typed,
    questions: Sequence[Question],
    why: Words,
    faults: Sequence[Fault],
    mine: Mapping[str, Any] | None,
) -> list[PickRow]:
    """The fields of an arbitration, those in dispute first."""
    settled = material["undisputed"].get("fields") or {}
    rows = []
    for one, question in zip(schema.fields, questions, strict=True):
        path = f"/picks/{one.key}"
        row = PickRow(one.key, path, one.label, question, [], one.key not in settled)
        row.picks = _picks(one, material, typed, settled)
        row.why = why.get(one.key, [])
        row.faults = faults_at(path, faults) + question.faults
        row.mine = words(one, (mine.get("fields") or {}).get(one.key)) if mine else ""
        rows.append(row)
    return sorted(rows, key=lambda row: not row.disputed)


def findings_of(schema: LabelSchema, reads: Reads, first: int = 0) -> list[ReadFindings]:
    """The findings of each read that has any."""
    said = [(letter, in_words(schema, labels, first).findings) for letter, labels in reads.items()]
    return [ReadFindings(f"Reader {letter}", letter, found) for letter, found in said if found]


def _picks(one: Field, material: Mapping[str, Any], typed: Typed, settled: Mapping[str, Any]) -> list[Pick]:
    name, reads = f"{PICK}{one.key}", material.get("reads") or {}
    offered: list[tuple[str, str, Any, str]] = []
    if one.key in settled:
        offered.append((SETTLED, "Settled", settled[one.key], "s"))
    for letter, labels in reads.items():
        offered.append((letter, letter, (labels.get("fields") or {}).get(one.key), letter.lower()))
    now = typed.one(name) or (SETTLED if one.key in settled else "" if reads else OWN)
    picks = [
        Pick(
            Choice(f"{html_id(name)}-{choice}", name, choice, words(one, value), choice == now, key),
            head,
            words(one, value),
            json.dumps(form_texts(value)),
        )
        for choice, head, value, key in offered
    ]
    own = Choice(f"{html_id(name)}-{OWN}", name, OWN, "My own answer", now == OWN, "o")
    return [*picks, Pick(own, "Mine", "My own answer", "")]


def form_texts(value: Any) -> list[str]:
    """What the inputs of a form would hold for an answer; nothing for none."""
    if value is None:
        return []
    if is_not_assessable(value):
        return [NOT_ASSESSABLE]
    if isinstance(value, list):
        return [text_of(each) for each in value] or [NONE_OF_THESE]
    return [text_of(value)] if isinstance(value, str | int) else [str(Kind.BOX)]


def _same(a: Any, b: Any) -> bool:
    return json.dumps(a, sort_keys=True) == json.dumps(b, sort_keys=True)
