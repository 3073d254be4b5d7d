"""Committing: a reader keeps what they say alone, and only then sees the model's marks in the same task."""

from typing import Any
from uuid import UUID

from workflow.acting import Acting
from workflow.assistance.committing import already_committed, commit_labels
from workflow.errors import NothingToCommit
from workflow.unit import CaseUnit

from .displays import manifest, waits_for_commitment
from .held import on_own_task
from .models import Draft, Task
from .naming import told_by_holder
from .worktime import count_work, how_worked


def commit(*, acting: Acting, task_id: UUID, token: UUID, labels: Any) -> Task:
    """Keep a reader's own labels before the model's marks are shown; the task stays theirs, and now shows them.

    Doing it again with the same labels changes nothing; with others it is Committed. NothingToCommit where no marks
    wait to be shown.
    """
    return commit_told(acting=acting, task_id=task_id, token=token, labels=labels)[1]


def commit_told(*, acting: Acting, task_id: UUID, token: UUID, labels: Any) -> tuple[CaseUnit, Task]:
    """The same, with all that it left."""
    with on_own_task(acting, task_id, token) as (unit, task):
        told = told_by_holder({"labels": labels}, unit.case, task)["labels"]
        if task.kind != Task.Kind.ANNOTATE or not already_committed(unit, told):
            _commit(unit, task, told)
    return unit, task


def _commit(unit: CaseUnit, task: Task, labels: Any) -> None:
    if not waits_for_commitment(unit, task):
        raise NothingToCommit()
    assert task.started_at is not None
    count_work(task, unit.now())
    made = commit_labels(
        unit,
        task_id=task.pk,
        slot=task.slot,
        labels=labels,
        display=manifest(unit, task),
        started_at=task.started_at,
        worked=how_worked(task),
    )
    task.revealed_at = made.committed_at
    task.save(update_fields=["revealed_at", "seen_at", "active_seconds"])
    Draft.objects.filter(task=task, member=unit.acting.person()).delete()
