"""What a reader says alone of a case, kept before a model's marks are shown to them."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from audit.actions import Action
from audit.contents import Blob
from workflow.errors import Committed
from workflow.models import Commitment
from workflow.protocol.sections import MODEL_OUTPUT
from workflow.reading import Worked, checked_labels, kind_of
from workflow.unit import CaseUnit

from .showing import commitment_of


def already_committed(unit: CaseUnit, labels: Any) -> bool:
    """Whether the person who acts committed to these very labels before; Committed if it was to others."""
    made = commitment_of(unit, unit.acting.person())
    if made is None:
        return False
    if made.content_id != checked_labels(unit, labels).digest:
        raise Committed()
    return True


def commit_labels(
    unit: CaseUnit,
    *,
    task_id: UUID,
    slot: int,
    labels: Any,
    display: Blob,
    started_at: datetime,
    worked: Worked,
) -> Commitment:
    """Keep what a reader says before the marks are shown, whole and valid like a read, once in a round."""
    blob = checked_labels(unit, labels)
    made = Commitment(
        id=uuid4(),
        case=unit.case,
        round=unit.case.round,
        slot=slot,
        kind=kind_of(unit, slot),
        member=unit.acting.person(),
        task_id=task_id,
        content_id=blob.digest,
        display_id=display.digest,
        started_at=started_at,
        committed_at=unit.now(),
    )
    entry = unit.record(
        Action.READ_COMMITTED,
        object=("commitment", made.pk, 1),
        after=blob,
        display=display.digest,
        extra={"slot": slot, "kind": made.kind, **worked},
        hiding=[MODEL_OUTPUT],
    )
    unit.journal.hold(display)
    made.event_id = entry.event_id
    made.save(force_insert=True)
    return made
