"""When a task is due: for its project, from when it opened; for its holder, from when it came to them.

A holder is never shown the first: it would tell when another's read came in, or that theirs is a third one. What they
are shown comes from their own clock alone, cut to the day (docs/settings.md, "Due times and blinding").
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workflow.models import Project
from workflow.settings.reading import calendar_of, due_after

from .models import Task

HELD = (Task.Status.RESERVED, Task.Status.LEASED)


def due_at(project: Project, kind: str, start: datetime) -> datetime | None:
    """When a task of a kind that opens at `start` is due for its project; None: never."""
    work = due_after(project).get(kind)
    return None if work is None else calendar_of(project).due(start, work)


def due_for_holder(project: Project, kind: str, came: datetime) -> datetime | None:
    """The end of the local day on which a task is due that came to its holder at `came`; None: never."""
    due = due_at(project, kind, came)
    if due is None:
        return None
    zone = ZoneInfo(calendar_of(project).zone)
    day = (due - timedelta(microseconds=1)).astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, time(0), zone).astimezone(UTC)


def due_shown(task: Task) -> datetime | None:
    """What a task's holder is shown of when it is due: counted from when it came to them, never from when it opened."""
    project = task.case.project
    if task.kind not in due_after(project) or task.status not in HELD:
        return None
    came = task.started_at if task.status == Task.Status.LEASED else task.event.db_time
    return due_for_holder(project, task.kind, came) if came else None
