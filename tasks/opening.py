"""Tasks follow the case: what it wants is opened, what it no longer wants is withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from audit.actions import Action
from audit.log import Entry
from workflow.models import Case, Membership, Part, Project
from workflow.needed import Wanted, work_needed
from workflow.notices import tell
from workflow.unit import CaseUnit

from .due import due_at
from .models import Task
from .parts import PART_OF, leave_part, part_slot, take_part
from .preferences import rank_for

CAME_BACK = "A read of yours came back to you, with comments."
LIVE = (Task.Status.OPEN, Task.Status.RESERVED, Task.Status.LEASED)


def match_tasks(unit: CaseUnit, caused_by: Entry | None = None) -> list[Task]:
    """Make the case's live tasks equal to what its state calls for; returns those that were opened."""
    wanted = work_needed(unit.situation())
    live = list(Task.objects.filter(case=unit.case, status__in=LIVE).select_for_update())
    for task in live:
        if not any(_answers(task, want, unit.case.round) for want in wanted):
            _withdraw(unit, task, caused_by)
    missing = [w for w in wanted if not any(_answers(task, w, unit.case.round) for task in live)]
    return _open(unit, missing, caused_by)


def rank_anew(project: Project, cases: Sequence[Case], now: datetime) -> None:
    """Put the live tasks of cases where their present priority wants them in the order of handing out."""
    ranks = {case.pk: rank_for(project, case) for case in cases}
    live = list(Task.objects.filter(case__in=list(ranks), status__in=LIVE))
    for task in live:
        task.rank, task.entered_at = ranks[task.case_id], now
    Task.objects.bulk_update(live, ["rank", "entered_at"])


def enter_anew(unit: CaseUnit) -> None:
    """Let the case's open tasks be found by those who came past them while they were held back."""
    Task.objects.filter(case=unit.case, status=Task.Status.OPEN).update(entered_at=unit.now())


def _answers(task: Task, want: Wanted, round_number: int) -> bool:
    return (task.round, task.kind, task.slot, task.read_id) == (
        round_number,
        want.kind,
        want.slot,
        want.read_id,
    )


def _withdraw(unit: CaseUnit, task: Task, caused_by: Entry | None) -> None:
    entry = unit.record(
        Action.TASK_WITHDRAWN,
        object=("task", task.pk, task.slot),
        extra={"kind": task.kind, "slot": task.slot},
        caused_by=caused_by,
    )
    if task.holder_id is not None and not task.bound:
        leave_part(unit.case.pk, task, Part.Outcome.WITHDRAWN)
        task.holder_id = task.holder_id if task.status == Task.Status.LEASED else None
    task.status, task.token, task.lease_until = Task.Status.WITHDRAWN, None, None
    task.event_id = entry.event_id
    task.save()


def _open(unit: CaseUnit, wanted: list[Wanted], caused_by: Entry | None) -> list[Task]:
    if not wanted:
        return []
    now = unit.now()
    keepers = keepers_of(unit)
    tasks = [_new_task(unit, want, keepers, now, caused_by) for want in wanted]
    for task in tasks:
        if task.holder is not None:
            active = (
                Part.Outcome.ACTIVE if task.holder_id in keepers.active.values() else Part.Outcome.RESERVED
            )
            take_part(unit.case, task, task.holder, active)
            if task.returned and task.holder != unit.acting.member:  # not what they recalled themselves
                tell([task.holder], kind="returned", text=CAME_BACK, link="/work/")
    return Task.objects.bulk_create(tasks)


@dataclass(frozen=True, slots=True)
class Keepers:
    """Who holds which part of this round: their work comes back to them; and whose part is closed for good."""

    active: dict[tuple[str, int], UUID]
    closed: frozenset[UUID]

    def of(self, want: Wanted, part: tuple[str, int]) -> UUID | None:
        """For whom alone a task is opened, if for anybody."""
        theirs = None if want.member_id in self.closed else want.member_id
        return theirs or self.active.get(part)


def keepers_of(unit: CaseUnit) -> Keepers:
    """The parts of the case's round that somebody holds, or that are closed. One query."""
    outcomes = (Part.Outcome.ACTIVE, Part.Outcome.CLOSED)
    parts = Part.objects.filter(case=unit.case, round=unit.case.round, outcome__in=outcomes)
    rows = list(parts.values_list("kind", "slot", "member_id", "outcome"))
    return Keepers(
        {(kind, slot): who for kind, slot, who, outcome in rows if slot > 0 and outcome == outcomes[0]},
        frozenset(who for *_, who, outcome in rows if outcome == outcomes[1]),
    )


def times_of(project: Project, kind: str, now: datetime) -> dict[str, datetime | None]:
    """The columns of a task that follow from when it opens."""
    return {"opened_at": now, "entered_at": now, "due_at": due_at(project, kind, now)}


def _new_task(unit: CaseUnit, want: Wanted, keepers: Keepers, now: datetime, caused_by: Entry | None) -> Task:
    part_kind = PART_OF[Task.Kind(want.kind)]
    slot = part_slot(want.kind, want.slot, distinct_reviewers=unit.protocol.junior_review.distinct_reviewers)
    holder_id = keepers.of(want, (part_kind, slot))
    task = Task(
        id=uuid4(),
        case=unit.case,
        round=unit.case.round,
        kind=want.kind,
        slot=want.slot,
        max_slot=unit.at_work().reads_max,
        status=Task.Status.RESERVED if holder_id else Task.Status.OPEN,
        read_id=want.read_id,
        holder=Membership.objects.get(pk=holder_id) if holder_id else None,
        part_kind=part_kind,
        part_slot=slot,
        bound=holder_id is not None,
        returned=want.returned and holder_id is not None,
        rank=rank_for(unit.project, unit.case),
        **times_of(unit.project, want.kind, now),
    )
    entry = unit.record(
        Action.TASK_RESERVED if holder_id else Action.TASK_OPENED,
        object=("task", task.pk, task.slot),
        extra={"kind": want.kind, "slot": want.slot, "for": task.holder.actor_id if task.holder else None},
        caused_by=caused_by,
    )
    task.event_id = entry.event_id
    return task
