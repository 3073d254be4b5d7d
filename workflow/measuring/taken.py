"""The planned first reads of a project, taken from its tables. A fixed number of queries, whatever its size."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from workflow.consensus.spacing import scale_of
from workflow.counted import counted, read_in_turn
from workflow.models import Case, CaseRound, Project, Read, Review
from workflow.states import State

from .study import FirstRead, Studied, StudiedCase

WITH_COMMITMENT: Final = (
    "content",
    "assistance__commitment__content",
)  # what is known of a read, and said before it
WITHOUT_BODIES: Final = ("content__body", "assistance__commitment__content__body")


@dataclass(frozen=True, slots=True)
class Conditions:
    """Which cases are measured: under one guideline version, of one split; `by` names a stratum to divide by.

    `pilot`: the cases of pilot waves alone, which are otherwise left out.
    """

    guideline: int | None = None
    split: str = ""
    by: str = ""
    pilot: bool = False

    @property
    def of(self) -> Q:
        """The cases that count under these conditions, of rows that have a `case`."""
        return counted("case__", pilot=self.pilot)

    def document(self) -> dict[str, Any]:
        """The conditions that were set."""
        return {name: value for name, value in asdict(self).items() if value}


def studied(project: Project, conditions: Conditions, *, as_submitted: bool = False) -> Studied:
    """The first reads of the last round of each case whose readers read it independently. Three queries.

    `as_submitted`: also where their readers had committed to an answer before a model's marks were shown, which is
    otherwise what counts, for only that is independent of the model.
    """
    reads = _reads(project, conditions).order_by("case__patient_key", "case_id", "slot")
    # Case by case: only the labels of a large study are held, not its rows.
    by_case = groupby(reads.iterator(chunk_size=2000), key=lambda read: read.case_id)
    cases = (_case(list(ones), as_submitted=as_submitted) for _, ones in by_case)
    return Studied(tuple(cases), _left_out(project, conditions))


def _reads(project: Project, conditions: Conditions) -> QuerySet[Any]:
    """The first submissions of the planned reads that are counted."""
    reads = _first_reads(project, conditions).filter(round=F("measured_round"))
    return reads.select_related("case", "member", *WITH_COMMITMENT).defer(*WITHOUT_BODIES)


def reads_measured(project: Project, member: UUID, field: str) -> QuerySet[Any]:
    """A person's planned first reads that are measured and answer a field, as they are counted."""
    alone = Q(assistance__commitment__content__data__fields__has_key=field)
    whole = Q(assistance__commitment__isnull=True, content__data__fields__has_key=field)
    return _reads(project, Conditions()).filter(whole | alone, member=member)


def _first_reads(project: Project, conditions: Conditions) -> QuerySet[Any]:
    """Those of every round, each with the round that is measured of its case."""
    where = Q(kind=Read.Kind.PLANNED, revision=1)
    where &= Q(case__project=project) & ~Q(case__state=State.EXCLUDED) & conditions.of
    if conditions.split:
        where &= Q(case__split=conditions.split)
    rounds = CaseRound.objects.filter(case=OuterRef("case"), number=OuterRef("round"))
    return Read.objects.filter(where).annotate(
        measured_round=Subquery(_measured_rounds(conditions)),
        planned=Subquery(rounds.values("reads_planned")),
        under=Subquery(rounds.values("guideline__content")),
    )


def _measured_rounds(conditions: Conditions) -> QuerySet[Any]:
    """Of each case, the last round that independent readers began, among those under the guideline version."""
    first = CaseRound.objects.filter(
        case=OuterRef("case"), readers__in=[CaseRound.Readers.FIRST, CaseRound.Readers.NEW]
    )
    if conditions.guideline:
        first = first.filter(guideline__number=conditions.guideline)
    return first.order_by("-number").values("number")[:1]


def _case(reads: list[Any], *, as_submitted: bool) -> StudiedCase:
    case: Case = reads[0].case
    return StudiedCase(
        case=str(case.pk),
        patient=case.patient_key,
        planned=reads[0].planned,
        reads=tuple(first_read(read, read.under, as_submitted=as_submitted) for read in reads),
        strata=case.strata,
        scale=scale_of(case.shown),
        round=reads[0].round,
    )


def first_read(read: Read, guideline: str = "", *, as_submitted: bool = False) -> FirstRead:
    """A read in plain values; WITH_COMMITMENT and `member` selected, `guideline` the digest it was made under."""
    content, at = read.content, read.submitted_at
    aided = getattr(read, "assistance", None)
    if aided is not None and aided.commitment is not None and not as_submitted:
        content, at = aided.commitment.content, aided.commitment.committed_at
    return FirstRead(
        id=str(read.pk),
        reader=read.member.actor_id,
        slot=read.slot,
        labels=content.data,
        guideline=guideline,
        digest=str(content.pk),
        seconds=(at - read.started_at).total_seconds(),
        at=at,
    )


def _left_out(project: Project, conditions: Conditions) -> dict[str, int]:
    """How many reads, corrections and cases are not counted, by reason."""
    kinds = Counter[str]()
    of = conditions.of & Q(case__project=project)
    rows = Read.objects.filter(of).values_list("kind", "revision")
    for kind, revision, count in rows.annotate(n=Count("pk")).order_by():
        kinds["reworked" if kind == Read.Kind.PLANNED and revision > 1 else kind] += count
    kinds.pop(Read.Kind.PLANNED, None)
    kinds["earlier_round"] = _first_reads(project, conditions).filter(measured_round__gt=F("round")).count()
    corrected = Review.objects.filter(of, correction__isnull=False).count()
    excluded = Case.objects.filter(counted(pilot=conditions.pilot), project=project, state=State.EXCLUDED)
    if not conditions.pilot:
        pilot = counted("case__", pilot=True)
        kinds["pilot"] = Read.objects.filter(pilot, case__project=project).count()
    return {f"{name}_reads": n for name, n in sorted(kinds.items()) if n} | {
        "corrections": corrected,
        "excluded_cases": excluded.count(),
    }


def strata_of(project: Project) -> Iterable[str]:
    """The names by which cases may be divided, in order."""
    names: set[str] = set()
    for strata in (
        Case.objects.filter(read_in_turn(), project=project).values_list("strata", flat=True).distinct()
    ):
        names |= set(strata)
    return sorted(names)
