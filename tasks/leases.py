"""Leases: claim, heartbeat, release, skip. Each is one short transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit.actions import Action
from audit.log import Entry, Reason
from workflow.acting import Acting
from workflow.assistance.showing import commitment_of
from workflow.errors import InvalidInput
from workflow.models import Case, Membership, Part, Read
from workflow.prepared import Prepared
from workflow.reasons import code_faults
from workflow.unit import CaseUnit, locked_case

from .attesting import require_attested
from .errors import LeaseLost, OnlyYours, TaskFinished
from .held import on_own_task
from .models import Task
from .parts import leave_part, open_part, take_part
from .preferences import lease_length
from .queues import ROLE_OF_KIND, Offer, forget_places, kinds_for, offer
from .surroundings import surrounded, unit_of
from .why import Why, why_nothing
from .worktime import worked

MOST_LOOKS = 1000  # far beyond what waiting for others can need


@dataclass(frozen=True, slots=True)
class Taken:
    """A task that was claimed, with its case; `new_to_it`: the person had no part in the case's round before."""

    unit: CaseUnit
    task: Task
    new_to_it: bool = False


def claim(*, acting: Acting, kinds: Iterable[str] | None = None) -> Task | Why:
    """The best task for this person now, leased to them; or why there is none."""
    found = take_up(acting=acting, kinds=kinds)
    return found.task if isinstance(found, Taken) else found


def take_up(*, acting: Acting, kinds: Iterable[str] | None = None) -> Taken | Why:
    """The same, with what was read on the way.

    It resumes what is theirs first. Where only rows that others have locked remain, it waits for the first of
    them and looks again, so that it never says "empty" while there is work.
    """
    member = acting.person()
    allowed = kinds_for(member, kinds)
    if not allowed:
        return why_nothing(member, allowed)
    for _ in range(MOST_LOOKS):
        with transaction.atomic():
            found = offer(member, allowed)
            if found.task_id is not None:
                if (taken := _take(acting, found, found.task_id)) is not None:
                    return taken
                continue  # it was finished in another tab meanwhile
        if found.how == "busy" and found.case_id is not None:
            _wait_for(found.case_id)
        elif found.how != "none":
            return why_nothing(member, allowed, found.how, found.rest_until)
        elif not (why := why_nothing(member, allowed)).for_them:
            return why
        else:
            forget_places(member)  # what became theirs again behind the place to which they had come
    return why_nothing(member, allowed)


def _wait_for(case_id: UUID) -> None:
    """Wait until a busy case is free again."""
    with transaction.atomic():
        locked_case(case_id)
        # Rolling back to the savepoint lets the lock go, also inside a caller's transaction: holding one case
        # while waiting for the next could deadlock with another who waits.
        transaction.set_rollback(True)


def take_reserved(*, acting: Acting, task: Task) -> Task:
    """Lease a task that is this person's alone, apart from the queue; one that they hold already is extended."""
    how = "live" if task.status == Task.Status.LEASED else "own"
    with transaction.atomic():
        locked_case(task.case_id)
        taken = _take(acting, Offer(how, task.pk, task.case_id, None, None), task.pk)
    if taken is None:
        raise TaskFinished()
    return taken.task


def _take(acting: Acting, found: Offer, task_id: UUID) -> Taken | None:
    member = acting.person()
    task: Any = _CHOSEN.first(task_id, member.pk)
    unit = unit_of(acting.using(ROLE_OF_KIND[task.kind]), task)
    if unit.protocol.display.daily:
        require_attested(member)
    if found.how == "live":
        return Taken(unit, task) if _extend(task, member) else None
    now = unit.now()
    unopened = task.turn is not None and task.seen_at is None
    new_to_it = unopened or not task.has_part
    if task.holder is not None and task.holder_id != member.pk:
        _lapse(unit, task)
    task.holder, task.status, task.token = member, Task.Status.LEASED, uuid4()
    task.lease_until, task.started_at, task.seen_at = now + lease_length(unit.project), now, now
    task.start_by, task.session_position = None, found.session_position
    task.active_seconds = task.active_seconds if task.came_back else 0
    task.revealed_at = _revealed(unit, task, member)
    if unopened:
        open_part(task)  # its number of the case was read with it
    else:
        task.case_number = take_part(unit.case, task, member, new_to_it=new_to_it).case_number
    entry = unit.record(
        Action.TASK_CLAIMED,
        object=("task", task.pk, task.slot),
        extra={
            "kind": task.kind,
            "slot": task.slot,
            "until": task.lease_until.isoformat(),
            "session_position": task.session_position,
        },
    )
    unit.finish()
    task.event_id = entry.event_id
    task.save()
    return Taken(unit, task, new_to_it=new_to_it)


def _chosen(task_id: UUID, member_id: UUID) -> QuerySet[Task]:
    return surrounded(Task.objects.filter(pk=task_id), member_id).select_related(
        "case__project__log", "holder"
    )


_CHOSEN: Final = Prepared(_chosen, UUID, UUID)


def _revealed(unit: CaseUnit, task: Task, member: Membership) -> datetime | None:
    """When this person gave their own answer in this round, so that the rest was shown; never for one before them."""
    if task.kind == Task.Kind.ANNOTATE:
        made = commitment_of(unit, member)
        return None if made is None else made.committed_at
    if task.kind != Task.Kind.ARBITRATE:
        return None
    looks = Read.objects.filter(case=task.case_id, round=task.round, slot=0, member=member)
    return looks.values_list("submitted_at", flat=True).first()


def _extend(task: Task, member: Membership) -> bool:
    """Whether the task, which isn't locked yet, is still in their hands: by now it may be the next holder's."""
    task.lease_until = timezone.now() + lease_length(task.case.project)
    held = Task.objects.filter(pk=task.pk, holder=member, token=task.token, status=Task.Status.LEASED)
    return bool(held.update(lease_until=task.lease_until))


def _lapse(unit: CaseUnit, task: Task) -> None:
    """The former holder's time is over: their draft stays, the slot is free."""
    assert task.holder is not None
    unit.record(
        Action.TASK_LAPSED,
        object=("task", task.pk, task.slot),
        extra={"kind": task.kind, "slot": task.slot, "holder": task.holder.actor_id},
    )
    leave_part(unit.case.pk, task, Part.Outcome.LAPSED)


def heartbeat(*, acting: Acting, task_id: UUID, token: UUID, idle: timedelta = timedelta(0)) -> datetime:
    """Extend a lease; LeaseLost once somebody else has the task. One statement, and no event.

    `idle`: how long nothing was done there. The lease lasts from the last thing done, so that a page that
    somebody left open gives the case back in the end; and only time at work counts as such.
    """
    member = acting.person()
    acted_at = timezone.now() - max(idle, timedelta(0))
    until = acted_at + lease_length(member.project)
    held = Task.objects.filter(pk=task_id, holder=member, token=token, status=Task.Status.LEASED)
    if not held.update(lease_until=until, **worked(member.project, acted_at)):
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
        if task.came_back:
            raise OnlyYours()
        entry = unit.record(
            Action.TASK_SKIPPED,
            object=("task", task.pk, task.slot),
            reason=reason,
            extra={"kind": task.kind, "slot": task.slot},
        )
        if task.turn is not None:
            _drop(unit, task, caused_by=entry)
        else:
            let_go(unit.case, task, entry.event_id, Part.Outcome.SKIPPED)


def _drop(unit: CaseUnit, task: Task, caused_by: Entry) -> None:
    """A probe that its person passed on is nobody else's, and must be gone from their hands like any other task."""
    entry = unit.record(
        Action.TASK_WITHDRAWN,
        object=("task", task.pk, task.slot),
        extra={"kind": task.kind, "slot": task.slot},
        caused_by=caused_by,
    )
    leave_part(unit.case.pk, task, Part.Outcome.SKIPPED)
    task.holder, task.status, task.event_id = None, Task.Status.WITHDRAWN, entry.event_id
    task.token = task.lease_until = task.started_at = None
    task.save()


def let_go(case: Case, task: Task, event_id: UUID, outcome: str) -> None:
    """Take a task out of its holder's hands: back into the pool, or, if it is theirs alone, back to their pile."""
    if not task.bound:
        leave_part(case.pk, task, outcome)
        task.holder = None
    task.status = Task.Status.RESERVED if task.bound else Task.Status.OPEN
    task.token = task.lease_until = task.started_at = None
    task.entered_at = timezone.now()
    task.event_id = event_id
    task.save()
