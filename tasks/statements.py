"""How many tasks people finished and how long they were at work on them, by month and tier; idle time is left out.

All work that was finished counts alike, also in a pilot and on probes. What was let go unfinished does not: its time is
not kept beside a task that somebody else finished.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth

from workflow.access import plays_part
from workflow.errors import InvalidInput
from workflow.models import Membership, Project
from workflow.queries import name_of
from workflow.reasons import fault

from .limits import today_of
from .models import Task

LONGEST: Final = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, first to last, in a project's time zone."""

    first: date
    last: date

    def between(self, zone: str) -> tuple[datetime, datetime]:
        """The moments at which it begins and is over."""
        days = (self.first, self.last + timedelta(days=1))
        begin, end = (datetime.combine(day, time(0), ZoneInfo(zone)) for day in days)
        return begin, end


@dataclass(frozen=True, slots=True)
class Line:
    """One person's finished tasks of one kind in a month (its first day). `untimed`: those without a known time."""

    month: date
    member: UUID
    name: str
    kind: str
    tasks: int
    seconds: int
    untimed: int

    @property
    def hours(self) -> Decimal:
        """Hours at work, to a hundredth."""
        return hours(self.seconds)


def hours(seconds: int) -> Decimal:
    """Seconds as hours, to a hundredth."""
    return (Decimal(seconds) / 3600).quantize(Decimal("0.01"), ROUND_HALF_UP)


def period_of(project: Project, first: date | None, last: date | None) -> Period:
    """The period asked for: by default the present month in the project's zone. InvalidInput if it makes no sense."""
    today = today_of(project)
    last = last or (today if first is None or first <= today else first)
    first = first or last.replace(day=1)
    if last < first:
        raise InvalidInput([fault("?to", "ends_before_it_begins", "It ends before it begins.")])
    if last - first > LONGEST or last.year > 9990 or first.year < 1900:
        raise InvalidInput([fault("?from", "too_long", "Ask for ten years at most.")])
    return Period(first, last)


def everybodys(member: Membership, period: Period) -> list[Line]:
    """The statement of all people of a manager's project.

    Of cases in which the manager plays a part themselves, only their own work is counted until they are final.
    """
    others = ~plays_part([member], case="case", prefix="case__")
    return _lines(member.project, period, Task.objects.filter(Q(holder=member) | others))


def ones_own(member: Membership, period: Period) -> list[Line]:
    """What one finished oneself."""
    return _lines(member.project, period, Task.objects.filter(holder=member))


def _lines(project: Project, period: Period, tasks: QuerySet[Task]) -> list[Line]:
    begin, end = period.between(project.time_zone)
    done = tasks.filter(case__project=project, status=Task.Status.DONE).annotate(
        finished=Coalesce("done_at", "event__db_time")
    )
    month = TruncMonth("finished", tzinfo=ZoneInfo(project.time_zone))
    counted = (
        done.filter(finished__gte=begin, finished__lt=end)
        .annotate(month=month)
        .values_list("month", "holder", "kind")
        .annotate(
            n=Count("pk"), seconds=Sum("active_seconds"), untimed=Count("pk", filter=Q(active_seconds=0))
        )
        .order_by()
    )
    found = list(counted)
    names = _names({row[1] for row in found})
    lines = (Line(month.date(), who, names[who], kind, *rest) for month, who, kind, *rest in found)
    order = list(Task.Kind.values)
    return sorted(lines, key=lambda line: (line.month, line.name, line.member, order.index(line.kind)))


def _names(members: Iterable[UUID]) -> dict[UUID, str]:
    found = Membership.objects.filter(pk__in=members).select_related("user")
    return {member.pk: name_of(member) for member in found}
