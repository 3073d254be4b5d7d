"""The way to a task that somebody holds: the case is locked first, then the task, always in that order."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from workflow.acting import Acting
from workflow.errors import NotFound
from workflow.unit import CaseUnit, on_case

from .errors import LeaseLost, NotYours, TaskFinished
from .models import Task
from .queues import ROLE_OF_KIND


@contextmanager
def on_own_task(acting: Acting, task_id: UUID, token: UUID | None) -> Iterator[tuple[CaseUnit, Task]]:
    """Lock a task that this person holds under `token`; refuse a stale holder, a stranger, a finished task.

    A lease past its deadline still holds until somebody else takes the task: nobody loses work for being slow.
    """
    member = acting.person()
    found = (
        Task.objects.filter(pk=task_id, case__project=member.project_id)
        .values_list("case_id", "kind")
        .first()
    )
    if found is None:
        raise NotFound("There is no such task.")
    case_id, kind = found
    with on_case(acting.using(ROLE_OF_KIND[kind]), case_id) as unit:
        task = Task.objects.select_for_update(of=("self",)).get(pk=task_id)
        if task.status in (Task.Status.DONE, Task.Status.WITHDRAWN):
            raise TaskFinished() if task.holder_id == member.pk else NotYours()
        if task.holder_id != member.pk or task.token is None or task.token != token:
            raise LeaseLost() if _had_it(unit, task) else NotYours()
        task.case = unit.case
        yield unit, task


def _had_it(unit: CaseUnit, task: Task) -> bool:
    """Whether this person ever played the part that the task asks for."""
    return unit.case.parts.filter(member=unit.acting.person(), round=task.round).exists()
