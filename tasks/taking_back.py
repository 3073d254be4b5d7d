"""A manager takes work out of somebody's hands: they are away, or the case can't wait. Their draft is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from audit.actions import Action
from audit.log import Reason
from workflow.access import cases_open_to
from workflow.acting import Acting
from workflow.errors import InvalidInput
from workflow.models import Membership, Part, Role
from workflow.reasons import code_faults
from workflow.unit import CaseUnit, on_case

from .leases import let_go
from .models import Task

MOST = 200


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one task that was to be taken back; a code and a sentence if it was left alone."""

    task_id: UUID
    taken: bool
    code: str = ""
    detail: str = ""


def take_back(*, acting: Acting, task_ids: Sequence[UUID], reason: Reason) -> list[Row]:
    """Let others have tasks that somebody holds, in one transaction; a task that can't be taken is told, and left."""
    if faults := code_faults(reason.code, "Choose why you take it back."):
        raise InvalidInput(faults)
    if not 1 <= len(set(task_ids)) <= MOST:
        message = f"Name 1 to {MOST} tasks."
        raise InvalidInput([{"path": "/tasks", "code": "bad_number", "message": message}])
    seen = cases_open_to([acting.person()]).values("pk")
    cases = dict(Task.objects.filter(pk__in=task_ids, case__in=seen).values_list("pk", "case_id"))
    with transaction.atomic():
        # In one order for everybody, so that two managers never wait for each other.
        done = {pk: _take(acting, cases[pk], pk, reason) for pk in sorted(cases, key=lambda pk: cases[pk])}
    missing = "There is no such task in this project."
    return [done.get(pk) or Row(pk, False, "not_found", missing) for pk in dict.fromkeys(task_ids)]


def _take(acting: Acting, case_id: UUID, task_id: UUID, reason: Reason) -> Row:
    with on_case(acting.using(Role.MANAGER), case_id) as unit:
        task = Task.objects.select_for_update(of=("self",)).select_related("holder").get(pk=task_id)
        if task.bound:
            return Row(
                task_id, False, "only_theirs", "This work came back to its author: nobody else can do it."
            )
        if task.status != Task.Status.LEASED or task.holder is None:
            return Row(task_id, False, "not_held", "Nobody has this task in hand now.")
        out_of_hands(unit, task, task.holder, reason)
    return Row(task_id, True)


def out_of_hands(unit: CaseUnit, task: Task, holder: Membership, reason: Reason) -> None:
    """Let go, for its holder, of a task that they are at; what came back to them stays theirs."""
    entry = unit.record(
        Action.TASK_RELEASED,
        object=("task", task.pk, task.slot),
        reason=reason,
        extra={"kind": task.kind, "slot": task.slot, "holder": holder.actor_id},
    )
    let_go(unit.case, task, entry.event_id, Part.Outcome.RELEASED)
