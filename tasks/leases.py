"""Leases: claim, heartbeat, release, skip. Each is one short transaction."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from audit.actions import Action
from audit.log import Reason
from workflow.acting import Acting
from workflow.errors import InvalidInput
from workflow.models import Case, Membership, Part, Read
from workflow.reasons import code_faults
from workflow.unit import CaseUnit, locked_case

from .errors import LeaseLost, OnlyYours
from .held import on_own_task
from .models import Task
from .parts import leave_part, take_part
from .preferences import lease_length
from .queues import ROLE_OF_KIND, Why, kinds_for, lock_from_pool, own_task, peek_at_pool, why_nothing


def claim(*, acting: Acting, kinds: Iterable[str] | None = None) -> Task | Why:
    """The best task for this person now, leased to them; or why there is none.

    It resumes what is theirs first. Where only rows that others have locked remain, it waits for the first of
    them and looks again, so that it never says "empty" while there is work.
    """
    member = acting.person()
    allowed = kinds_for(member, kinds)
    while allowed:
        with transaction.atomic():
            own = own_task(member, allowed)
            if own is not None:
                if (task := _take_own(acting, *own)) is not None:
                    return task
                continue
            task_id = lock_from_pool(member, allowed)
            if task_id is not None:
                return _take(acting, task_id)
        if not _wait_for_pool(member, allowed):
            break
    return why_nothing(member, allowed)


def _wait_for_pool(member: Membership, kinds: list[str]) -> bool:
    """Wait until the case of the best locked task is free again; False if the pool is empty."""
    case_id = peek_at_pool(member, kinds)
    if case_id is None:
        return False
    with transaction.atomic():
        locked_case(case_id)
        # Rolling back to the savepoint lets the lock go, also inside a caller's transaction: holding one case
        # while waiting for the next could deadlock with another who waits.
        transaction.set_rollback(True)
    return True


def _take_own(acting: Acting, task_id: UUID, case_id: UUID) -> Task | None:
    """Take up a person's own task once its case isn't busy; None if it is theirs no more by then."""
    with transaction.atomic():
        locked_case(case_id)
        theirs = Task.objects.filter(pk=task_id, holder=acting.person(), status__in=["leased", "reserved"])
        if theirs.exclude(status="reserved", case__held=True).exists():
            return _take(acting, task_id)
        transaction.set_rollback(True)  # lets the case go
    return None


def _take(acting: Acting, task_id: UUID) -> Task:
    member = acting.person()
    task = Task.objects.select_related("case__project__log", "holder").get(pk=task_id)
    if task.status == Task.Status.LEASED and task.holder_id == member.pk:
        return _extend(task)
    acting = acting.using(ROLE_OF_KIND[task.kind])
    unit = CaseUnit(acting, task.case)
    now = unit.now()
    if task.status == Task.Status.LEASED:
        _lapse(unit, task)
    task.holder, task.status, task.token = member, Task.Status.LEASED, uuid4()
    task.lease_until, task.started_at = now + lease_length(unit.project), now
    task.revealed_at = _first_look(task, member)
    take_part(unit.case, task, member)
    entry = unit.record(
        Action.TASK_CLAIMED,
        object=("task", task.pk, task.slot),
        extra={"kind": task.kind, "slot": task.slot, "until": task.lease_until.isoformat()},
    )
    unit.finish()
    task.event_id = entry.event_id
    task.save()
    return task


def _first_look(task: Task, member: Membership) -> datetime | None:
    """When this arbiter gave their own read in this round; what an arbiter before them saw is not shown for it."""
    if task.kind != Task.Kind.ARBITRATE:
        return None
    looks = Read.objects.filter(case=task.case_id, round=task.round, slot=0, member=member)
    return looks.values_list("submitted_at", flat=True).first()


def _extend(task: Task) -> Task:
    task.lease_until = timezone.now() + lease_length(task.case.project)
    task.save(update_fields=["lease_until"])
    return task


def _lapse(unit: CaseUnit, task: Task) -> None:
    """The former holder's time is over: their draft stays, the slot is free."""
    assert task.holder is not None
    unit.record(
        Action.TASK_LAPSED,
        object=("task", task.pk, task.slot),
        extra={"kind": task.kind, "slot": task.slot, "holder": task.holder.actor_id},
    )
    leave_part(unit.case.pk, task, Part.Outcome.LAPSED)


def heartbeat(*, acting: Acting, task_id: UUID, token: UUID) -> datetime:
    """Extend a lease; LeaseLost once somebody else has the task. One statement, and no event."""
    member = acting.person()
    until = timezone.now() + lease_length(member.project)
    held = Task.objects.filter(pk=task_id, holder=member, token=token, status=Task.Status.LEASED)
    if not held.update(lease_until=until):
        raise LeaseLost()
    return until


def release(*, acting: Acting, task_id: UUID, token: UUID) -> None:
    """Give a task back unfinished; the draft is kept."""
    with on_own_task(acting, task_id, token) as (unit, task):
        entry = unit.record(
            Action.TASK_RELEASED,
            object=("task", task.pk, task.slot),
            extra={"kind": task.kind, "slot": task.slot},
        )
        let_go(unit.case, task, entry.event_id, Part.Outcome.RELEASED)


def skip(*, acting: Acting, task_id: UUID, token: UUID, reason: Reason) -> None:
    """Pass a case on, with a reason; it isn't offered to this person again."""
    if faults := code_faults(reason.code, "Choose why you pass it on."):
        raise InvalidInput(faults)
    with on_own_task(acting, task_id, token) as (unit, task):
        if task.bound:
            raise OnlyYours()
        entry = unit.record(
            Action.TASK_SKIPPED,
            object=("task", task.pk, task.slot),
            reason=reason,
            extra={"kind": task.kind, "slot": task.slot},
        )
        let_go(unit.case, task, entry.event_id, Part.Outcome.SKIPPED)


def let_go(case: Case, task: Task, event_id: UUID, outcome: str) -> None:
    """Take a task out of its holder's hands: back into the pool, or, if it is theirs alone, back to their pile."""
    if not task.bound:
        leave_part(case.pk, task, outcome)
        task.holder = None
    task.status = Task.Status.RESERVED if task.bound else Task.Status.OPEN
    task.token = task.lease_until = task.started_at = None
    task.event_id = event_id
    task.save()
