"""A manager gives named tasks to one person; each task for itself, with a sentence where that can't be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction

from tasks.planning.eligibility import KIND, NEED, PART, SHARE, SITE, obstacle
from workflow.acting import Acting
from workflow.errors import InvalidInput
from workflow.many_cases import on_cases
from workflow.models import Case, Membership, Role
from workflow.projects import lock
from workflow.reasons import fault

from .asking import Asked, ask
from .handing_over import Change, hand_over

MOST: Final = 200
WHY_NOT: Final = {
    KIND: "This person doesn't do this kind of task.",
    NEED: "This person lacks a valid credential, training or guideline acknowledgement that the case needs.",
    SITE: "This person has a conflict of interest with the case's site.",
    PART: "This person already has a part in the case.",
    SHARE: "This person has reached their share of the dataset.",
}


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one task that was to be given to somebody; a code and a sentence if it was left alone."""

    task_id: UUID
    assigned: bool
    code: str = ""
    detail: str = ""


def assign(*, acting: Acting, task_ids: Sequence[UUID], to: Membership) -> list[Row]:
    """Reserve tasks that nobody has begun for one person, in one transaction; what they can't take is told, and left.

    Their time is not asked about: whoever names tasks decides. InvalidInput for somebody who is paused or has left.
    """
    acting = acting.using(Role.MANAGER).within(to.project)
    project, wanted = to.project, list(dict.fromkeys(task_ids))
    if not 1 <= len(wanted) <= MOST:
        raise InvalidInput([fault("/tasks", "bad_number", f"Name 1 to {MOST} tasks.")])
    cases = Case.objects.filter(project=project, tasks__in=wanted).values_list("pk", flat=True).distinct()
    with transaction.atomic():
        lock(project)
        with on_cases(acting, project, list(cases)) as many:
            asked = ask(project, acting.person().pk, only=wanted, to=to)
            if not asked.question.people:
                message = "This person takes up no work: they are paused, have left, or hold no role for it."
                raise InvalidInput([fault("/to", "not_at_work", message)])
            rows = _sorted_out(asked, wanted)
            changes = [Change(asked.work[str(row.task_id)], to.pk) for row in rows if row.assigned]
            hand_over(many, changes)
    return rows


def _sorted_out(asked: Asked, wanted: Sequence[UUID]) -> list[Row]:
    """Task by task in the order named: given, theirs already, or what keeps the person from it."""
    [person], tasks = asked.question.people, {task.id: task for task in asked.question.tasks}
    room, seen, rows = asked.question.room(person), set[str](), []
    # What they have reserved already counts as theirs: it stays.
    theirs = [task for task in tasks.values() if task.reserved_for == person.id]
    room = None if room is None else room - len({task.case for task in theirs})
    seen |= {task.case for task in theirs}
    for pk in wanted:
        task = tasks.get(str(pk))
        if task is None:
            rows.append(Row(pk, False, "not_free", "There is no such task here that nobody has begun."))
        elif task.reserved_for == person.id:
            rows.append(Row(pk, False, "theirs_already", "It is reserved for this person already."))
        elif why := obstacle(person, task) or (PART if task.case in seen else None):
            rows.append(Row(pk, False, why, WHY_NOT[why]))
        elif room is not None and len(seen) - len(theirs) >= room:
            rows.append(Row(pk, False, SHARE, WHY_NOT[SHARE]))
        else:
            seen.add(task.case)
            rows.append(Row(pk, True))
    return rows
