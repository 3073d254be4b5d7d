"""Moving the due times of all live tasks at once, when the settings that they come from change."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from audit.actions import Action
from audit.models import Event
from workflow.models import Project
from workflow.settings.reading import calendar_of, due_after

from .models import Task
from .opening import LIVE

LATELY: Final = timedelta(hours=1)


def heal_due_times(now: datetime | None = None) -> int:
    """Set right the tasks that opened while the settings of their project were being changed; how many."""
    since = (now or timezone.now()) - LATELY
    changed = Event.objects.filter(action=Action.PROJECT_SETTINGS_CHANGED, db_time__gt=since)
    lately = changed.filter(stream_id=OuterRef("pk"))
    return sum(
        _healed(pk) for pk in list(Project.objects.filter(Exists(lately)).values_list("pk", flat=True))
    )


def _healed(project_id: UUID) -> int:
    with transaction.atomic():
        return due_anew(Project.objects.select_for_update(no_key=True).get(pk=project_id))


def due_anew(project: Project) -> int:
    """Put the due time of every live task where the project's settings want it now; how many changed.

    Part of the transaction that changed the settings, whose event tells of it.
    """
    work, changed = due_after(project), 0
    for kind in Task.Kind.values:
        live = Task.objects.filter(case__project=project, status__in=LIVE, kind=kind)
        if kind not in work:
            changed += live.exclude(due_at=None).update(due_at=None)
            continue
        opened = sorted(set(live.values_list("opened_at", flat=True)))
        for run in _runs(opened, _dues(project, opened, work[kind])):
            wrong = live.filter(opened_at__range=(run.first, run.last)).exclude(due_at=run.due())
            changed += wrong.update(due_at=run.due())
    return changed


@dataclass(slots=True)
class _Run:
    """Openings, one after another, that are due so long after each, or, if `at` is set, all at one moment."""

    first: datetime
    last: datetime
    after: timedelta
    at: datetime | None = None

    def takes(self, opened: datetime, due: datetime) -> bool:
        """Make the next opening part of this run, if it fits."""
        if self.at is None and due - opened == self.after:
            self.last = opened
        elif due == (self.at or self.first + self.after) and (self.at or self.first == self.last):
            self.last, self.at = opened, due
        else:
            return False
        return True

    def due(self) -> Any:
        return self.at or F("opened_at") + self.after


def _runs(opened: list[datetime], due: list[datetime]) -> list[_Run]:
    # A statement for each stretch of working time, not for each task: tasks that opened at night are due together.
    runs: list[_Run] = []
    for start, end in zip(opened, due, strict=True):
        if not runs or not runs[-1].takes(start, end):
            runs.append(_Run(start, start, end - start))
    return runs


def _dues(project: Project, opened: list[datetime], work: timedelta) -> list[datetime]:
    if not opened:
        return []
    calendar = calendar_of(project)
    timeline = calendar.timeline(opened[0], calendar.due(opened[-1], work))
    return [timeline.due(start, work) for start in opened]
