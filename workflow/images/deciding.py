"""A manager decides on what the gate found: the case is let in with a reason, and the log says in spite of what."""

from collections.abc import Sequence
from uuid import UUID

from audit.actions import Action
from audit.log import Reason
from workflow.errors import AlreadyDone, InvalidInput
from workflow.models import GateFinding, Role
from workflow.reasons import code_faults
from workflow.states import State
from workflow.unit import CaseUnit


def accept_findings(unit: CaseUnit, reason: Reason) -> list[UUID]:
    """Let a case in although the gate found something; AlreadyDone if nothing is left to decide."""
    unit.acting.using(Role.MANAGER)
    if faults := code_faults(reason.code, "Say why these images are good enough."):
        raise InvalidInput(faults)
    waiting = list(GateFinding.objects.filter(case=unit.case, decided_event=None).select_for_update())
    if not waiting or unit.case.state != State.INTAKE:
        raise AlreadyDone("Nothing waits to be decided on this case.")
    entry = unit.record(
        Action.DEVIATION_RECORDED,
        object=("case", unit.case.pk, unit.case.round),
        reason=reason,
        extra={"gate": sorted({one.code for one in waiting})},
    )
    GateFinding.objects.filter(pk__in=[one.pk for one in waiting]).update(decided_event=entry.event_id)
    return [one.pk for one in waiting]


def waits(case_id: UUID) -> bool:
    """Whether something that the gate found of a case is undecided."""
    return GateFinding.objects.filter(case=case_id, decided_event=None).exists()


def those_that_wait(case_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these cases that wait at the gate. One query."""
    waiting = GateFinding.objects.filter(case__in=case_ids, decided_event=None)
    return set(waiting.values_list("case", flat=True))
