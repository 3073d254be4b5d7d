"""Open work as the planner sees it, and whom a claim would refuse for the parts that they play."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from tasks.models import Task
from tasks.planning.question import OpenTask
from workflow.models import Part, Project

from .qualified import needs_of

MOST = 20_000  # tasks in one plan
# Whoever plans learns nothing of a case in which they play a part themselves.
_WORK = """
SELECT t.id, t.case_id, t.round, t.kind, t.slot, t.part_kind, t.part_slot, t.holder_id, c.priority,
       o.site, o.guideline_id, o.needs, o.new_readers, coalesce(t.start_by < clock_timestamp(), false)
FROM tasks_task t
JOIN tasks_pool o ON o.id = t.pool_id
JOIN workflow_case c ON c.id = t.case_id
WHERE c.project_id = %(project)s AND (%(held)s OR NOT c.held)
  AND (t.status = 'open' OR (t.status = 'reserved' AND NOT t.bound))
  AND (%(only)s::uuid[] IS NULL OR t.id = ANY(%(only)s))
  AND NOT EXISTS (SELECT 1 FROM workflow_part p
                  WHERE p.case_id = c.id AND p.round = c.round AND p.member_id = %(me)s)
ORDER BY t.rank, t.slot, t.id LIMIT %(most)s
"""
_PARTS = "SELECT case_id, round, member_id, kind, slot, outcome FROM workflow_part WHERE case_id = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Work:
    """A task that nobody has begun, open or reserved, with what of its case matters here."""

    id: UUID
    case_id: UUID
    round: int
    kind: str
    slot: int
    part_kind: str
    part_slot: int
    holder_id: UUID | None
    priority: int
    site: str
    guideline_id: UUID
    needs: list[str]
    new_readers: bool
    lapsed: bool  # reserved, and not begun in time: whoever comes may take it


@dataclass(frozen=True, slots=True)
class Played:
    """Somebody's part in a case."""

    case_id: UUID
    round: int
    member_id: UUID
    kind: str
    slot: int
    outcome: str


def open_work(
    project: Project,
    me: UUID | None,
    only: Sequence[UUID] | None = None,
    most: int = MOST,
    *,
    held_too: bool = False,
) -> list[Work]:
    """The project's tasks that nobody has begun, best rank first, but those of cases in which `me` plays a part.

    Of cases on hold only with `held_too`.
    """
    named = None if only is None else list(only)
    asked = {"project": project.pk, "me": me, "only": named, "most": most, "held": held_too}
    with connection.cursor() as cursor:
        cursor.execute(_WORK, asked)
        return [Work(*row) for row in cursor.fetchall()]


def parts_in(work: Iterable[Work]) -> dict[UUID, list[Played]]:
    """Everybody's parts in the cases of some work, all rounds, by case. One query."""
    found: dict[UUID, list[Played]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_PARTS, [list({one.case_id for one in work})])
        for row in cursor.fetchall():
            found[row[0]].append(Played(*row))
    return found


def keeps_out(part: Played, task: Work) -> bool:
    """Whether a claim would refuse a person this task for this part: the rule of `tasks.queues`, word for word."""
    if part.outcome == Part.Outcome.SKIPPED:
        return True
    if part.kind == Part.Kind.READER and task.kind in (Task.Kind.REVIEW, Task.Kind.ARBITRATE):
        return True
    if part.round == task.round:
        return part.kind != task.part_kind or not _let_go(part, task)
    return part.round < task.round and task.kind == Task.Kind.ANNOTATE and task.new_readers


def _let_go(part: Played, task: Work) -> bool:
    if part.outcome in (Part.Outcome.RELEASED, Part.Outcome.LAPSED):
        return True
    if part.outcome == Part.Outcome.WITHDRAWN and part.slot == task.part_slot:
        return True
    return part.kind == Part.Kind.REVIEWER and task.part_slot == 0


def as_open_tasks(
    work: Sequence[Work], parts: Mapping[UUID, list[Played]], training: Iterable[str]
) -> tuple[OpenTask, ...]:
    """The planner's tasks. A part that only one of these reservations made would go with it, and keeps nobody out."""
    reserved = {(one.case_id, one.round, one.holder_id) for one in work if one.holder_id}
    wanted = tuple(training)
    return tuple(
        OpenTask(
            id=str(one.id),
            kind=one.kind,
            case=f"{one.case_id}/{one.round}",
            needs=needs_of(one.needs, one.guideline_id, wanted),
            site=one.site,
            parts=frozenset(
                str(part.member_id)
                for part in parts.get(one.case_id, ())
                if (left := _without_reservation(part, reserved)) is not None and keeps_out(left, one)
            ),
            priority=max(one.priority, 0),
            reserved_for=str(one.holder_id) if one.holder_id else None,
        )
        for one in work
    )


def _without_reservation(part: Played, reserved: set[tuple[UUID, int, UUID]]) -> Played | None:
    """The part as it would be if its reservation were taken back: gone if it was never opened."""
    if (part.case_id, part.round, part.member_id) not in reserved:
        return part
    if part.outcome == Part.Outcome.RESERVED:
        return None
    released = Part.Outcome.RELEASED.value
    return Played(part.case_id, part.round, part.member_id, part.kind, part.slot, released)
