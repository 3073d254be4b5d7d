"""What the page of a dossier shows, in words."""

from dataclasses import dataclass
from typing import Any

from provenance.dossier_parts import Arbitrated, Compared, DossierRead, DossierRound, Released, Who
from screens.comparison_words import ComparedField
from screens.forms.readable import SaidFinding


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One question: the answer, the answer of the revision before if it was another, the reviewer's if another."""

    label: str
    text: str
    was: str
    corrected: str


@dataclass(frozen=True, slots=True)
class Answers:
    """A read or a label in words; `raw` if the guideline that says how is no longer kept."""

    rows: list[AnswerRow]
    findings: list[SaidFinding]
    corrected_findings: list[SaidFinding] | None
    confidence: str
    flags: tuple[str, ...]
    wants_senior: bool
    raw: Any


@dataclass(frozen=True, slots=True)
class ReadInWords:
    """A read with its answers, and what was hidden from its reader."""

    read: DossierRead
    name: str
    answers: Answers | None
    hidden: str
    verdict: str
    committed: Answers | None
    shift: str


@dataclass(frozen=True, slots=True)
class ComparedInWords:
    """A comparison with the names of the reads that it compared, and its fields."""

    compared: Compared
    outcome: str
    reads: str
    rule: str
    fields: list[ComparedField]


@dataclass(frozen=True, slots=True)
class DecidedInWords:
    """An arbitration or a released label with its answers."""

    what: Arbitrated | Released
    answers: Answers | None


@dataclass(frozen=True, slots=True)
class RoundInWords:
    """A round as the page shows it."""

    round: DossierRound
    title: str
    readers: str
    reads: list[ReadInWords]
    comparisons: list[ComparedInWords]
    arbitrations: list[DecidedInWords]
    labels: list[DecidedInWords]


@dataclass(frozen=True, slots=True)
class PersonInWords:
    """Somebody who acted in the case, in which roles, with each credential snapshot that was cited of them."""

    who: Who
    roles: str
    snapshots: list[tuple[str, str]]
