"""How much one person may take up: in a day, and of a dataset."""

import time
from datetime import date
from math import floor
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from workflow.counted import counted
from workflow.models import Case, Membership, Project
from workflow.settings.reading import limit, share
from workflow.states import State

_KEPT_SECONDS = 60.0
_cases: dict[UUID, tuple[float, int]] = {}


def today_of(project: Project) -> date:
    """The date where the project is."""
    return timezone.now().astimezone(ZoneInfo(project.time_zone)).date()


def day_cap(member: Membership) -> int:
    """How many tasks this person may begin in a day: what they declared, or less where the project caps it."""
    cap = limit(member.project, "daily_cap")
    return member.capacity_per_day if cap is None else min(member.capacity_per_day, cap)


def share_cap(project: Project) -> int | None:
    """In how many cases one person may play a part; None without a cap. At least one, so that work can begin."""
    most = share(project, "most_share")
    return None if most is None else max(1, floor(most * _cases_lately(project)))


def cases_in(project: Project) -> int:
    """How many cases the dataset has: all but those that left the study."""
    return Case.objects.filter(counted(), project=project).exclude(state=State.EXCLUDED).count()


def _cases_lately(project: Project) -> int:
    """The cases of the dataset, counted once a minute in each process: a share needs no more."""
    counted_at, count = _cases.get(project.pk, (-_KEPT_SECONDS, 0))
    if time.monotonic() - counted_at >= _KEPT_SECONDS:
        count = cases_in(project)
        _cases[project.pk] = (time.monotonic(), count)
    return count
