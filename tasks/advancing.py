"""The machine's part: comparing reads once the last verdict is in, and healing whatever was left undone.

Due work is found from the database, never remembered only by a broker.
"""

from uuid import UUID

from workflow.acting import machine
from workflow.comparing import compare
from workflow.intake import accept, may_begin
from workflow.models import Case, Project
from workflow.settling import settle
from workflow.states import State
from workflow.unit import CaseUnit, on_case
from workflow.waves.room import may_begin_now, those_that_may

from .models import Task
from .opening import match_tasks


def advance(*, case_id: UUID) -> None:
    """Do everything that a case is due without a person; doing it again changes nothing."""
    with on_case(machine(), case_id) as unit:
        do_what_is_due(unit)


def do_what_is_due(unit: CaseUnit) -> list[Task]:
    """The same for a case that is locked by now; returns the tasks that were opened."""
    if unit.case.state == State.INTAKE and not unit.case.held and _may_begin(unit):
        accept(unit)
    if settle(unit).consensus_is_due:
        compare(unit)
        settle(unit)
    return match_tasks(unit)


def due_cases() -> list[UUID]:
    """Cases that wait for the machine: to be compared, or to be let in. Short-lived states, so few rows."""
    waiting = Case.objects.filter(held=False, state__in=[State.CONSENSUS, State.INTAKE])
    return list(those_that_may(waiting).order_by("created_at").values_list("pk", flat=True))


def waiting_in(wave_id: UUID) -> list[UUID]:
    """The cases of a wave that wait in intake, the most urgent and then the oldest first."""
    waiting = Case.objects.filter(wave=wave_id, held=False, state=State.INTAKE)
    return list(waiting.order_by("-priority", "created_at").values_list("pk", flat=True))


def heal() -> int:
    """Advance every case at work in every project: closes whatever gap a crash or a bug has left."""
    return sum(advance_all(project) for project in Project.objects.all())


def advance_all(project: Project) -> int:
    """Advance every case at work in a project; returns how many were looked at."""
    at_work = Case.objects.filter(project=project, probe_score=None)
    at_work = at_work.exclude(state__in=[State.FINAL, State.EXCLUDED])
    ids = list(those_that_may(at_work).values_list("pk", flat=True))
    for case_id in ids:
        advance(case_id=case_id)
    return len(ids)


def _may_begin(unit: CaseUnit) -> bool:
    return may_begin(unit.project) and may_begin_now(unit.case)
