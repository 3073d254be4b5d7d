"""Late work: its holder is warned on their own clock, the project's managers are told when it is due; nobody twice.

What is late is found in the database, so that a run may be missed or repeated. Each telling is a row that is unique
(`tasks_escalation`), written with its event and its notices in one transaction.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from audit.actions import Action
from audit.log import Journal, Reason
from workflow.acting import machine
from workflow.models import Membership, Project
from workflow.notices import tell
from workflow.settings.reading import calendar_of, due_after, share

from .models import Escalation, Task
from .opening import LIVE
from .telling import managers_and_cases

AT_ONCE: Final = 1000  # tasks in one event
SCHEMA: Final = "consilium/escalation/v1"
WARNED, DUE = Escalation.Step.WARNED, Escalation.Step.DUE
REASONS: Final = {WARNED: "task_due_soon", DUE: "task_overdue"}


def escalate(now: datetime | None = None) -> int:
    """Warn holders and tell managers of every project of what is late by `now`, each once; of how many tasks."""
    projects = [project.pk for project in Project.objects.all() if due_after(project)]
    moment = now or timezone.now()
    return sum(_told(project, step, moment) for project in projects for step in (WARNED, DUE))


def _told(project_id: UUID, step: str, now: datetime) -> int:
    with transaction.atomic():
        # Two workers at once: the second waits here, and then finds nothing that the first has told.
        rows = Project.objects.select_for_update(no_key=True, of=("self",)).select_related("log")
        project = rows.get(pk=project_id)
        late = _soon(project, now) if step == WARNED else _overdue(project, now)
        tasks = list(late.select_related("holder").order_by("due_at", "pk"))
        if tasks:
            told = _warn(tasks) if step == WARNED else _tell_managers(project, tasks)
            for some in _batched(tasks, AT_ONCE):
                _record(project, step, some, told)
    return len(tasks)


def _batched(tasks: Sequence[Task], most: int) -> Iterator[Sequence[Task]]:
    return (tasks[first : first + most] for first in range(0, len(tasks), most))


def _overdue(project: Project, now: datetime) -> QuerySet[Task]:
    """Live tasks that are due and of which no manager was told; on hold, a case keeps its work back on purpose."""
    told = Escalation.objects.filter(task=OuterRef("pk"), step=DUE)
    live = Task.objects.filter(case__project=project, case__held=False, status__in=LIVE, due_at__lte=now)
    return live.exclude(Exists(told)).exclude(status=Task.Status.RESERVED, turn__isnull=False)


def _soon(project: Project, now: datetime) -> QuerySet[Task]:
    """Tasks in somebody's hands for so long that they should know; what has gone back to the pool is nobody's."""
    told = Escalation.objects.filter(task=OuterRef("pk"), step=WARNED, holder=OuterRef("holder"))
    calendar, warn_at, late = calendar_of(project), share(project, "warn_at"), Q(pk__in=[])
    assert warn_at is not None
    for kind, work in due_after(project).items():
        begun = calendar.begun(now, work * float(warn_at))
        leased = Q(status=Task.Status.LEASED, started_at__lte=begun) & (
            Q(bound=True, turn=None) | Q(lease_until__gt=now)
        )
        # What waits for its turn must not be known to its holder; what wasn't started in time is anybody's.
        reserved = Q(status=Task.Status.RESERVED, event__db_time__lte=begun, turn=None)
        reserved &= Q(start_by=None) | Q(start_by__gt=now)
        late |= Q(kind=kind) & (leased | reserved)
    held = Task.objects.filter(late, case__project=project, case__held=False, holder__status="active")
    return held.exclude(Exists(told))


def _warn(tasks: Sequence[Task]) -> list[Membership]:
    by_holder: dict[UUID, list[Task]] = defaultdict(list)
    for task in tasks:
        assert task.holder_id is not None
        by_holder[task.holder_id].append(task)
    holders = [mine[0].holder for mine in by_holder.values() if mine[0].holder is not None]
    for holder in holders:
        count = len(by_holder[holder.pk])
        text = "1 of your tasks is due soon." if count == 1 else f"{count} of your tasks are due soon."
        tell([holder], kind="task_due_soon", text=text, link="/work/")
    return holders


def _tell_managers(project: Project, tasks: Sequence[Task]) -> list[Membership]:
    told = []
    for manager, seen in managers_and_cases(project, {task.case_id for task in tasks}):
        if count := sum(task.case_id in seen for task in tasks):
            said = "1 more task is overdue." if count == 1 else f"{count} more tasks are overdue."
            link = f"/projects/{project.slug}/work/?matter=overdue"
            tell([manager], kind="task_overdue", text=said, link=link)
            told.append(manager)
    return told


def _record(project: Project, step: str, tasks: Sequence[Task], told: Sequence[Membership]) -> None:
    journal = Journal(project.log, machine().actor(), machine().request)
    listed = [_listed(task, step) for task in tasks]
    about: dict[str, Any] = {"step": step, "count": len(tasks), "told": sorted(m.actor_id for m in told)}
    entry = journal.record(
        journal.stream("project", project.pk),
        Action.DEVIATION_RECORDED,
        object=("tasks", str(project.pk), 1),
        after=journal.keep({"schema": SCHEMA, "step": step, "tasks": listed}),
        reason=Reason(REASONS[Escalation.Step(step)]),
        extra=about,
    )
    journal.write()
    Escalation.objects.bulk_create(
        Escalation(task=t, step=step, holder=t.holder if step == WARNED else None, event_id=entry.event_id)
        for t in tasks
    )


def _listed(task: Task, step: str) -> dict[str, Any]:
    due = task.due_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if task.due_at else None
    holder = task.holder.actor_id if task.holder else None
    return {
        "task": str(task.pk),
        "case": str(task.case_id),
        "kind": task.kind,
        "due_at": due,
        "holder": holder,
    }
