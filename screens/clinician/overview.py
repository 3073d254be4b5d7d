"""What a person's queue tells them: their own work and nothing of anybody else's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from tasks.due import due_shown
from tasks.models import Task
from tasks.numbers import with_case_number
from tasks.queues import kinds_for
from tasks.why import is_waiting, why_nothing
from workflow.models import Acknowledgement, GuidelineVersion, Membership, Notice, Read, Recall, Review
from workflow.probes.calibration import has_set

from .desk import KINDS
from .reasons import words_of

MOST_NOTICES = 20
WEEK = timedelta(days=7)
RECALLABLE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """A project in which somebody works: whether there is work, why not, and a guideline to be read first."""

    member: Membership
    waiting: bool
    why: str
    guideline: GuidelineVersion | None
    calibrates: bool = False  # there is a calibration set, which may have to be passed first


@dataclass(frozen=True, slots=True)
class Row:
    """A task of one's own."""

    id: UUID
    project: str
    number: str
    kind: str
    in_hand: bool
    until: datetime | None
    due: datetime | None
    priority: int
    held: bool
    returned: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Week:
    """What one did in the last seven days."""

    submitted: int
    returned: int


def places_of(members: Sequence[Membership]) -> list[Place]:
    """The projects in which one works. What is in a pool is looked at, not counted, unless there is nothing."""
    return [_place(member) for member in members]


def mine_now(members: Sequence[Membership]) -> list[Row]:
    """What is in one's hands or reserved for one, in the order in which Start next brings it."""
    own = Task.objects.filter(
        holder__in=[m.pk for m in members], status__in=[Task.Status.LEASED, Task.Status.RESERVED]
    )
    shown = own.exclude(status=Task.Status.RESERVED, turn__isnull=False)
    tasks = with_case_number(shown).select_related("case__project", "holder", "event")
    ordered = sorted(tasks, key=lambda t: (t.status != Task.Status.LEASED, not t.returned, t.rank))
    return [_row(task) for task in ordered]


def my_week(members: Sequence[Membership]) -> Week:
    """How much one submitted, and how many of one's reads came back."""
    mine, since = [m.pk for m in members], timezone.now() - WEEK
    done = Task.objects.filter(holder__in=mine, status=Task.Status.DONE, event__db_time__gte=since)
    # A verdict counts once it acted: before that the reader isn't told.
    returned = Review.objects.filter(
        read__member__in=mine, verdict=Review.Verdict.RETURN, event__db_time__gte=since
    ).filter(case__passes__gt=F("during"))
    return Week(done.count(), returned.count())


def last_submitted(members: Sequence[Membership]) -> Any:
    """The read that one submitted last, if that was today and it wasn't recalled."""
    mine = Task.objects.filter(holder__in=[m.pk for m in members], status=Task.Status.DONE)
    recent = mine.filter(event__db_time__gte=timezone.now() - RECALLABLE)
    recalled = Exists(Recall.objects.filter(read__task_id=OuterRef("pk")))
    last = with_case_number(recent).annotate(recalled=recalled).select_related("case__project", "event")
    task = last.order_by("-event__db_time").first()
    return task if task and task.kind == Task.Kind.ANNOTATE and not task.recalled else None


def notices_of(user: UUID) -> list[Notice]:
    """What one has not read yet, urgent first."""
    unread = Notice.objects.filter(member__user=user, read_at=None).select_related("member__project")
    return list(unread.order_by("-urgent", "-created_at")[:MOST_NOTICES])


def unread_guideline(member: Membership) -> GuidelineVersion | None:
    """The project's published guideline version, unless this member has acknowledged it."""
    done = Acknowledgement.objects.filter(member=member, guideline=OuterRef("pk"))
    published = GuidelineVersion.objects.filter(project=member.project_id, status="published")
    return published.exclude(Exists(done)).defer("draft").first()


def _place(member: Membership) -> Place:
    kinds, guideline = kinds_for(member), unread_guideline(member)
    in_hand = Task.objects.filter(holder=member, status=Task.Status.LEASED).exists()
    waiting = in_hand or is_waiting(member, kinds)
    why = "" if waiting or guideline else why_nothing(member, kinds).sentence()
    return Place(member, waiting, why, guideline, has_set(member))


def _row(task: Any) -> Row:
    in_hand = task.status == Task.Status.LEASED
    return Row(
        id=task.pk,
        project=task.case.project.name,
        number=task.case_number,
        kind=KINDS[task.kind],
        in_hand=in_hand,
        until=task.lease_until,
        due=due_shown(task),
        priority=task.case.priority,
        held=task.case.held,
        returned=task.returned,
        reason=_why_returned(task) if task.returned else "",
    )


def _why_returned(task: Task) -> str:
    last = (
        Read.objects.filter(case=task.case_id, round=task.round, slot=task.slot, member=task.holder)
        .select_related("review", "recall")
        .order_by("-revision")
        .first()
    )
    if last is not None and getattr(last, "recall", None) is not None:
        return "you recalled it"
    review = getattr(last, "review", None)
    if review is not None and review.verdict == Review.Verdict.RETURN:
        return words_of(review.reason_code)
    return "sent back, to be looked at again"
