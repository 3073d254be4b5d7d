"""Somebody's work must not stand from a day on: what it touches is told first, then it is done again by others."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from audit.actions import Action
from audit.log import Reason
from workflow.acting import Acting
from workflow.counted import read_in_turn
from workflow.errors import InvalidInput
from workflow.managing import reopen
from workflow.models import Arbitration, Case, CaseRound, Membership, Part, Read, ReferenceLabel, Review, Role
from workflow.on_member import object_of, on_member
from workflow.reasons import code_faults, fault
from workflow.states import State
from workflow.unit import CaseUnit, on_case

from .away import set_status
from .closing import close_read
from .completing import follow

READING: Final = (State.ANNOTATION, State.JUNIOR_REVIEW)


@dataclass(frozen=True, slots=True)
class Impact:
    """What somebody did in a project from a moment on.

    states: the cases that it touches, by state. labels: those in force in whose round they took part. reopened,
    reread: cases that would be read again at once: final ones in a new round by new readers, ones that are still being
    read in the place of the read that stood. later: the rest, which need a manager's eye once they are settled.
    """

    since: datetime
    reads: int
    reviews: int
    arbitrations: int
    states: Mapping[str, int]
    labels: int
    reopened: tuple[UUID, ...]
    reread: tuple[UUID, ...]
    later: tuple[UUID, ...]


def impact_of(member: Membership, day: date) -> Impact:
    """What disqualifying this person from a day on (in the project's zone) touches. A fixed number of queries.

    InvalidInput for a day to come.
    """
    since = datetime.combine(day, time(0), ZoneInfo(member.project.time_zone)).astimezone(UTC)
    if since > timezone.now():
        raise InvalidInput([fault("/since", "not_in_past", "Give a day that has begun.")])
    reads = Read.objects.filter(member=member, submitted_at__gte=since)
    reviews = Review.objects.filter(reviewer=member, event__db_time__gte=since)
    arbitrations = Arbitration.objects.filter(arbiter=member, event__db_time__gte=since)
    now = _cases(Q(round=F("case__round")), reads, reviews, arbitrations)
    touched = _cases(Q(), reads, reviews, arbitrations)
    states = dict(Case.objects.filter(read_in_turn(), pk__in=touched).values_list("pk", "state"))
    now &= set(states)
    final = {pk for pk in now if states[pk] == State.FINAL}
    standing = set(reads.filter(round=F("case__round"), slot__gt=0).values_list("case", flat=True))
    open_parts = Part.objects.filter(member=member, case__in=standing, round=F("case__round"))
    theirs = set(open_parts.exclude(outcome=Part.Outcome.CLOSED).values_list("case", flat=True))
    reread = {pk for pk in theirs if states.get(pk) in READING}
    return Impact(
        since,
        reads.count(),
        reviews.count(),
        arbitrations.count(),
        dict(Counter(states.values())),
        ReferenceLabel.objects.filter(case__in=final, round=F("case__round"))
        .values("case")
        .distinct()
        .count(),
        *(tuple(sorted(ids)) for ids in (final, reread, now - final - reread)),
    )


def disqualify(
    *, acting: Acting, member: Membership, since: date, reason: Reason, reread: bool = True
) -> Impact:
    """Let somebody leave because their work from a day on must not stand; with `reread`, have others do it again.

    One transaction. Final cases that they took part in begin a new round with new readers; where they have the read
    that stands in a case that is still being read, it closes as incomplete and its place is open to others. Their
    reviews and decisions in cases that are not final yet are told in the impact, and left to a manager.
    """
    acting = acting.using(Role.MANAGER).within(member.project)
    if faults := code_faults(reason.code, "Choose why."):
        raise InvalidInput(faults)
    with transaction.atomic():
        member, journal, stream = on_member(acting, member)
        found = impact_of(member, since)
        about = {
            "actor": member.actor_id,
            "since": since.isoformat(),
            "reads": found.reads,
            "reviews": found.reviews,
            "arbitrations": found.arbitrations,
            "again": len(found.reopened) + len(found.reread) if reread else 0,
        }
        journal.record(
            stream, Action.READER_DISQUALIFIED, object=object_of(member), reason=reason, extra=about
        )
        journal.write()
        if member.status != Membership.Status.LEFT:
            set_status(acting=acting, member=member, status=Membership.Status.LEFT, reason=reason)
        for case_id in sorted((*found.reopened, *found.reread)) if reread else ():
            with on_case(acting, case_id) as unit:
                _again(unit, member, reason)
    return found


def _again(unit: CaseUnit, member: Membership, reason: Reason) -> None:
    if unit.case.state == State.FINAL:
        reopen(unit, readers=CaseRound.Readers.NEW, reason=reason)
    else:
        _close(unit, member, reason)
    unit.forget()
    follow(unit)


def _close(unit: CaseUnit, member: Membership, reason: Reason) -> None:
    theirs = Part.objects.filter(case=unit.case, round=unit.case.round, member=member)
    reads = [read for read in unit.reads if read.member_id == member.pk]
    if not reads or theirs.filter(outcome=Part.Outcome.CLOSED).exists():
        return  # it closed when they left
    close_read(unit, reads[-1], reason)
    theirs.update(outcome=Part.Outcome.CLOSED)


def _cases(narrowed: Q, *rows: QuerySet[Read] | QuerySet[Review] | QuerySet[Arbitration]) -> set[UUID]:
    return {pk for found in rows for pk in found.filter(narrowed).values_list("case", flat=True)}
