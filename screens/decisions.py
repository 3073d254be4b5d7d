"""What was decided on a case, row by row, with what stands and what was superseded."""

from dataclasses import dataclass

from screens.comparison_words import ComparedField, compared_fields
from screens.forms.readable import SaidRead, in_words
from workflow.documents import label_schema_of
from workflow.labels.schema import LabelSchema
from workflow.models import Arbitration, Case, CaseRound, ConsensusReport, Read, ReferenceLabel, Review
from workflow.queries import CaseFacts, History, history, name_of


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A read with its reader, its verdict, and whether it still stands."""

    read: Read
    reader: str
    review: Review | None
    reviewer: str
    stands: str  # stands | returned | recalled | superseded


@dataclass(frozen=True, slots=True)
class ArbitrationRow:
    """A decision with its arbiter."""

    arbitration: Arbitration
    arbiter: str


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A comparison, field by field in words; its reads are named by slot and revision."""

    report: ConsensusReport
    fields: list[ComparedField]


@dataclass(frozen=True, slots=True)
class Decisions:
    """All of a case's decisions, as the page shows them."""

    reads: list[ReadRow]
    reports: list[ReportRow]
    arbitrations: list[ArbitrationRow]
    labels: list[ReferenceLabel]


def decisions_of(case: Case) -> Decisions:
    """Everything that was decided on the case. Five queries."""
    found = history(case)
    rounds = CaseRound.objects.filter(case=case).values_list("number", "guideline__content")
    schemas = {number: label_schema_of(str(digest)) for number, digest in rounds}
    return Decisions(
        [
            _read_row(read, case, found)
            for read in sorted(found.reads, key=lambda r: (r.round, r.submitted_at))
        ],
        [_report_row(report, found, schemas[report.round]) for report in found.reports],
        [ArbitrationRow(a, name_of(a.arbiter)) for a in found.arbitrations],
        found.labels,
    )


def _read_row(read: Read, case: Case, found: History) -> ReadRow:
    review: Review | None = getattr(read, "review", None)
    later = any(
        (r.round, r.slot) == (read.round, read.slot) and r.revision > read.revision for r in found.reads
    )
    return ReadRow(
        read,
        name_of(read.member),
        review,
        name_of(review.reviewer) if review and review.reviewer else "",
        _stands(read, review, later=later or read.round < case.round),
    )


def _report_row(report: ConsensusReport, found: History, schema: LabelSchema) -> ReportRow:
    compared = {str(key) for key in report.read_ids}
    reads = sorted((r for r in found.reads if str(r.pk) in compared), key=lambda r: (r.slot, r.revision))
    names = {str(r.pk): f"{r.slot}.{r.revision}" for r in reads}
    return ReportRow(report, list(compared_fields(report.content.data, schema, names)))


def _stands(read: Read, review: Review | None, *, later: bool) -> str:
    if getattr(read, "recall", None) is not None:
        return "recalled"
    if later:
        return "superseded"
    return "returned" if review is not None and review.verdict == Review.Verdict.RETURN else "stands"


def label_in_words(facts: CaseFacts) -> SaidRead | None:
    """The label in force in the words of its round's label schema; None without one, or if it gives no answer."""
    label = facts.label
    labels = label.content.data["labels"] if label is not None and label.content.data else None
    round_ = next((r for r in facts.rounds if label is not None and r.number == label.round), None)
    if labels is None or round_ is None:
        return None
    return in_words(label_schema_of(str(round_.guideline.content_id)), labels)
