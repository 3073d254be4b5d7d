"""What one learns of one's own work: what came back, finals that differ, the score on controls; as the protocol says.

Only what differs is told, and the score by whole months: else what never becomes final, or what moved a score, would
tell which case was a probe.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from screens.access import acting_as, members_who_may
from screens.staffed import screen
from tasks.displays import comments_of
from tasks.limits import today_of
from workflow.documents import label_schema_of, protocol_of
from workflow.models import CaseRound, Membership, Part, ProtocolVersion, Read, ReferenceLabel, Review
from workflow.permissions import Kind, Verb
from workflow.probes.low import FEWEST, WINDOW
from workflow.protocol.sections import Feedback
from workflow.seeing import saw_list
from workflow.settings.reading import share
from workflow.states import State

from .comparing import Row, rows_of
from .reasons import words_of

MOST: Final = 30
LATELY: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Returned:
    """A read of one's own that came back."""

    number: str
    at: datetime
    reason: str
    comments: list[str]


@dataclass(frozen=True, slots=True)
class Differing:
    """A case whose released answer is not what one said."""

    number: str
    at: datetime
    equivocal: bool
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Score:
    """How much of the controls one answered as known, in whole per cent, up to a day."""

    percent: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Learned:
    """What one learns in one project; None for what its protocol doesn't tell."""

    member: Membership
    returned: list[Returned]
    differing: list[Differing] | None
    score: Score | None
    tells_score: bool


@screen()
def my_feedback(request: HttpRequest) -> HttpResponse:
    """What came back to one, what was decided otherwise, and how one stands, project by project."""
    members = members_who_may(request, Verb.CLAIM, Kind.TASK)
    for member in members:
        saw_list(acting_as(request, member, member.roles[0]))
    return render(request, "clinician/feedback.html", {"learned": [learned_by(member) for member in members]})


def learned_by(member: Membership) -> Learned:
    """All that a member learns of their own work in a project."""
    told = _feedback_now(member)
    # Whoever knows the answer of a case can't be shown it again.
    finals = told.finals and not share(member.project, "repeat_share")
    return Learned(
        member,
        list(_returned(member)),
        list(_differing(member)) if finals else None,
        score_of(member) if told.controls else None,
        told.controls,
    )


def score_of(member: Membership, on: date | None = None, fewest: int = FEWEST) -> Score | None:
    """The share of the newest controls answered as known before the month of `on` (today) began; None of too few."""
    first = (on or today_of(member.project)).replace(day=1)
    until = datetime.combine(first, time(0), ZoneInfo(member.project.time_zone))
    scored = member.probe_scores.filter(case__purpose="gold", scored_at__lt=until).order_by("-scored_at")
    passed = list(scored.values_list("passed", flat=True)[:WINDOW])
    return Score(round(100 * sum(passed) / len(passed)), until) if len(passed) >= fewest else None


def _feedback_now(member: Membership) -> Feedback:
    published = ProtocolVersion.objects.filter(project=member.project_id, status="published")
    digest = published.values_list("content_id", flat=True).first()
    return protocol_of(str(digest)).feedback if digest else Feedback()


def _returned(member: Membership) -> Iterator[Returned]:
    # A verdict counts once it acted: before that the reader isn't told.
    back = Review.objects.filter(read__member=member, verdict=Review.Verdict.RETURN)
    acted = back.filter(case__passes__gt=F("during"), event__db_time__gte=timezone.now() - LATELY)
    reviews = list(acted.select_related("read", "event", "comments").order_by("-event__db_time")[:MOST])
    numbers = _numbers(member, [review.read for review in reviews])
    for review in reviews:
        words = [comment["text"] for comment in comments_of(review)]
        number = numbers.get((review.read.case_id, review.read.round), "")
        yield Returned(number, review.event.db_time, words_of(review.reason_code), words)


def _differing(member: Membership) -> Iterator[Differing]:
    mine = Read.objects.filter(member=member, slot__gt=0, case__source_case=None, case__state=State.FINAL)
    in_round = mine.filter(round=F("case__round")).order_by("case", "-revision").distinct("case")
    reads = {read.case_id: read for read in in_round.select_related("content", "case")}
    labels = ReferenceLabel.objects.filter(case__in=reads, round=F("case__round"))
    recent = labels.filter(event__db_time__gte=timezone.now() - LATELY)
    found = list(recent.select_related("content", "event").order_by("-event__db_time"))
    rounds = _rounds(reads.values())
    numbers = _numbers(member, list(reads.values()))
    for label in found:
        read = reads[label.case_id]
        present = rounds[read.case_id]
        if not protocol_of(str(present.protocol.content_id)).feedback.finals:
            continue
        rows = _rows(present, read, label)
        if rows or label.status == ReferenceLabel.Status.EQUIVOCAL:
            equivocal = label.status == ReferenceLabel.Status.EQUIVOCAL
            yield Differing(numbers.get((read.case_id, read.round), ""), label.event.db_time, equivocal, rows)


def _rows(present: CaseRound, read: Read, label: ReferenceLabel) -> list[Row]:
    schema = label_schema_of(str(present.guideline.content_id))
    final = label.content.data.get("labels") or {}
    both = {"Yours": read.content.data, "Final": final}
    return [row for row in rows_of(schema, both) if row.differs] if final else []


def _rounds(reads: Any) -> dict[Any, CaseRound]:
    found = CaseRound.objects.filter(case__in=[read.case_id for read in reads], number=F("case__round"))
    return {one.case_id: one for one in found.select_related("guideline", "protocol")}


def _numbers(member: Membership, reads: Sequence[Read]) -> dict[tuple[Any, int], str]:
    parts = Part.objects.filter(member=member, case__in=[read.case_id for read in reads])
    return {(part.case_id, part.round): part.case_number for part in parts}
