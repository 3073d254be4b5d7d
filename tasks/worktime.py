"""Time at work on a task: what passed between one thing done and the next, as far as it wasn't idle."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    FloatField,
    IntegerField,
    Value,
)
from django.db.models.functions import Cast, Extract, Greatest, Least

from workflow.models import Project
from workflow.settings.reading import whole

from .models import Task


def idle_limit(project: Project) -> timedelta:
    """How long somebody may do nothing and still count as being at work."""
    return timedelta(minutes=whole(project, "idle_minutes"))


def worked(project: Project, acted_at: datetime) -> dict[str, Any]:
    """What an UPDATE sets when the holder of a task did something at `acted_at`."""
    at = Value(acted_at, DateTimeField())
    passed = Extract(
        ExpressionWrapper(at - F("seen_at"), DurationField()), "epoch", output_field=FloatField()
    )
    most = Value(idle_limit(project).total_seconds(), FloatField())
    counted = Least(Greatest(passed, Value(0.0, FloatField())), most)
    return {
        "active_seconds": F("active_seconds") + Cast(counted, IntegerField()),
        "seen_at": Greatest(F("seen_at"), at),
    }


def how_worked(task: Task) -> dict[str, int | None]:
    """What is recorded with each read of how it came about."""
    return {"session_position": task.session_position, "active_seconds": task.active_seconds}


def count_work(task: Task, acted_at: datetime) -> None:
    """The same for a task that is saved with more than that."""
    if task.seen_at is not None:
        passed = min(max(acted_at - task.seen_at, timedelta(0)), idle_limit(task.case.project))
        task.active_seconds += round(passed.total_seconds())
    task.seen_at = acted_at
