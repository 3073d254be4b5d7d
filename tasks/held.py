"""The way to a task that somebody holds: the case is locked first, then the task, always in that order."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from workflow.acting import Acting
from workflow.errors import NotFound
from workflow.models import Membership
from workflow.prepared import Prepared
from workflow.unit import CaseUnit

from .errors import LeaseLost, NotYours, TaskFinished
from .models import Task
from .queues import ROLE_OF_KIND
from .served import was_served
from .surroundings import surrounded, unit_of


@contextmanager
def on_own_task(acting: Acting, task_id: UUID, token: UUID | None) -> Iterator[tuple[CaseUnit, Task]]:
    """Lock a task that this person holds under `token`; refuse a stale holder, a stranger, a finished task.

    A lease past its deadline still holds until somebody else takes the task: nobody loses work for being slow.
    """
    member = acting.person()
    with transaction.atomic():
        task = _locked(task_id, member)
        unit = unit_of(acting.using(ROLE_OF_KIND[task.kind]), task)
        if task.status in (Task.Status.DONE, Task.Status.WITHDRAWN):
            raise TaskFinished() if task.holder_id == member.pk else NotYours()
        if task.holder_id != member.pk or task.token is None or task.token != token:
            raise LeaseLost() if _had_it(unit, task) else NotYours()
        yield unit, task
        unit.finish()


def _locked(task_id: UUID, member: Membership) -> Task:
    """A task of this person's project, locked after its case, with its holder's number of the case. One query."""
    task = _LOCKED.first(task_id, member.project_id, member.pk)
    if task is None:
        raise NotFound("There is no such task.")
    return task


def _locking(task_id: UUID, project_id: UUID, member_id: UUID) -> QuerySet[Task]:
    tasks = Task.objects.filter(pk=task_id, case__project=project_id)
    # PostgreSQL locks in the order in which the tables are named here.
    rows = surrounded(tasks, member_id).annotate(was_served=was_served())
    return rows.select_for_update(of=("case", "self"))


_LOCKED: Final = Prepared(_locking, UUID, UUID, UUID)


def _had_it(unit: CaseUnit, task: Task) -> bool:
    """Whether this person ever played the part that the task asks for."""
    return unit.case.parts.filter(member=unit.acting.person(), round=task.round).exists()
