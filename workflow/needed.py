"""What a case's state calls for: a pure function from its situation to the tasks that must be open."""

from dataclasses import dataclass
from uuid import UUID

from .situation import Situation
from .states import State


@dataclass(frozen=True, slots=True)
class Wanted:
    """A task that must be open; for `member_id` alone, if given."""

    kind: str
    slot: int
    member_id: UUID | None = None
    read_id: UUID | None = None
    returned: bool = False


def work_needed(situation: Situation) -> tuple[Wanted, ...]:
    """Every task that the case wants now. Asked after each change, and by the job that heals gaps."""
    match situation.state:
        case State.ANNOTATION:
            return (*_reads(situation), *_reviews(situation))
        case State.JUNIOR_REVIEW:
            return _reviews(situation)
        case State.CONSENSUS:
            return tuple(
                Wanted("reconcile", slot.number, slot.member_id) for slot in situation.second_look_pending
            )
        case State.ARBITRATION:
            return (Wanted("arbitrate", 1, situation.arbiter_id),)
        case _:
            return ()


def _reads(situation: Situation) -> tuple[Wanted, ...]:
    return tuple(
        Wanted("annotate", slot.number, slot.member_id, returned=slot.reopened)
        for slot in situation.slots
        if not slot.is_in
    )


def _reviews(situation: Situation) -> tuple[Wanted, ...]:
    if situation.is_probe:
        return ()
    # The reviewer of an earlier revision reviews the rework too: nobody else may take that part of the case.
    return tuple(
        Wanted("review", slot.number, read_id=slot.read_id) for slot in situation.slots if slot.needs_verdict
    )
