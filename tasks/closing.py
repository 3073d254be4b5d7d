"""A part that its person will not finish closes, and what was theirs alone opens for anybody."""

from typing import Final

from audit.actions import Action
from audit.log import Reason
from workflow.models import Part, Read
from workflow.reading import cited
from workflow.unit import CaseUnit

from .models import Task
from .opening import match_tasks

# What somebody else can begin anew. A second look is at one's own read: nobody can take it over.
CLOSABLE: Final = frozenset({Task.Kind.ANNOTATE, Task.Kind.REVIEW})


def close_part(unit: CaseUnit, task: Task, reason: Reason) -> None:
    """Withdraw a task that came back to somebody, close their part in the round, and open the task for anybody.

    A read of theirs in its place closes as incomplete: it is kept, and no longer stands.
    """
    assert task.holder is not None
    holder = task.holder
    read = _last_read(unit, task) if task.kind == Task.Kind.ANNOTATE else None
    if read is not None:
        close_read(unit, read, reason)
    entry = unit.record(
        Action.TASK_WITHDRAWN,
        object=("task", task.pk, task.slot),
        reason=reason,
        extra={"kind": task.kind, "slot": task.slot, "holder": holder.actor_id, "closed": True},
    )
    Part.objects.filter(case=unit.case, round=task.round, member=holder).update(outcome=Part.Outcome.CLOSED)
    task.status, task.token, task.lease_until = Task.Status.WITHDRAWN, None, None
    task.event_id = entry.event_id
    task.save()
    unit.forget()
    match_tasks(unit)


def close_read(unit: CaseUnit, read: Read, reason: Reason) -> None:
    """Record that a read stays incomplete: it is kept, and no longer stands."""
    unit.record(
        Action.READ_CLOSED_INCOMPLETE,
        object=("read", read.pk, read.revision),
        before=cited(read),
        reason=reason,
        extra={"slot": read.slot},
    )


def _last_read(unit: CaseUnit, task: Task) -> Read | None:
    reads = [read for read in unit.reads if read.slot == task.slot and read.member_id == task.holder_id]
    return reads[-1] if reads else None
