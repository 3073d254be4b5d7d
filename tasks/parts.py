"""Parts: what a person is in a case's round, written at claim or reservation."""

import secrets
from uuid import UUID

from workflow.models import Case, Membership, Part

from .models import Task

PART_OF = {
    Task.Kind.ANNOTATE: Part.Kind.READER,
    Task.Kind.RECONCILE: Part.Kind.READER,
    Task.Kind.REVIEW: Part.Kind.REVIEWER,
    Task.Kind.ARBITRATE: Part.Kind.ARBITER,
}


def part_slot(kind: str, slot: int, *, distinct_reviewers: bool) -> int:
    """The slot of the part that a task asks for; 0 where one reviewer may review several reads of a case."""
    return 0 if kind == Task.Kind.REVIEW and not distinct_reviewers else slot


def new_case_number() -> str:
    """A case's name for one reader: random, so that two readers can't tell that they have the same case."""
    digits = f"{secrets.randbelow(10**10):010d}"
    return f"{digits[:4]}-{digits[4:7]}-{digits[7:]}"


def take_part(
    case: Case,
    task: Task,
    member: Membership,
    outcome: str = Part.Outcome.ACTIVE,
    *,
    new_to_it: bool = False,
) -> Part:
    """Write the part that `task` asks for, or take up the one that this person let go; `new_to_it`: they have none."""
    had = Part.objects.filter(case=case, round=task.round, member=member)
    part = None if new_to_it else had.first()
    if part is None:
        part = Part(
            case=case, round=task.round, member=member, kind=task.part_kind, case_number=new_case_number()
        )
    elif part.slot == task.part_slot and part.outcome == outcome:
        return part
    elif part.outcome != Part.Outcome.RESERVED:
        outcome = Part.Outcome.ACTIVE  # what was once opened is never called a reservation again
    part.slot, part.outcome = task.part_slot, outcome
    part.save(force_insert=part._state.adding)
    return part


def open_part(task: Task) -> None:
    """Take up the part of a probe that comes to its holder: one statement, as many as a part takes that is new."""
    parts = Part.objects.filter(case=task.case_id, round=task.round, member=task.holder_id)
    parts.update(outcome=Part.Outcome.ACTIVE)


def leave_part(case_id: UUID, task: Task, outcome: str) -> None:
    """Keep how the holder's part ended.

    One reviewer of several reads goes on playing the part in which they finished a review, whatever becomes of
    the next one; only passing the case on ends it, so that it isn't offered to them again. A reservation that was
    never opened leaves nothing behind.
    """
    Part.objects.filter(
        case=case_id, round=task.round, member=task.holder_id, outcome=Part.Outcome.RESERVED
    ).delete()
    theirs = Task.objects.filter(case=case_id, round=task.round, holder=task.holder_id)
    if outcome != Part.Outcome.SKIPPED and theirs.filter(status=Task.Status.DONE).exists():
        return
    Part.objects.filter(case=case_id, round=task.round, member=task.holder_id).update(outcome=outcome)
