"""What managers do, with the work that follows from it: every act on a case ends by opening what it wants."""

from collections.abc import Callable, Sequence
from uuid import UUID

from django.db import transaction

from audit.log import Reason
from workflow import managing
from workflow.acting import Acting
from workflow.intake import NewCase, Row, register_cases
from workflow.models import Project
from workflow.unit import CaseUnit, on_case

from .beginning import begin
from .completing import follow
from .opening import enter_anew, rank_anew


def register(*, acting: Acting, project: Project, cases: Sequence[NewCase]) -> list[Row]:
    """Register cases and open their first tasks, all or nothing; refused rows refuse only themselves."""
    with transaction.atomic():
        rows = register_cases(acting=acting, project=project, cases=cases)
        begin(project=project, case_ids=[r.case_id for r in rows if r.result == "registered" and r.case_id])
    return rows


def hold(*, acting: Acting, case_id: UUID, reason: Reason) -> None:
    """Hand out no work from a case until it is resumed."""
    _manage(acting, case_id, lambda unit: managing.hold(unit, reason))


def resume(*, acting: Acting, case_id: UUID) -> None:
    """Hand out work from a held case again."""

    def resumed(unit: CaseUnit) -> None:
        managing.resume(unit)
        enter_anew(unit)

    _manage(acting, case_id, resumed)


def set_priority(*, acting: Acting, case_id: UUID, priority: int) -> None:
    """Change what is handed out first."""
    with on_case(acting, case_id) as unit:
        managing.set_priority(unit, priority)
        rank_anew(unit.project, [unit.case], unit.now())


def exclude(*, acting: Acting, case_id: UUID, reason: Reason) -> None:
    """Exclude a case, or ask for the second person that this needs."""
    _manage(acting, case_id, lambda unit: managing.exclude(unit, reason))


def approve_exclusion(*, acting: Acting, case_id: UUID) -> None:
    """Agree as the second person."""
    _manage(acting, case_id, managing.approve_exclusion)


def reinstate(*, acting: Acting, case_id: UUID, reason: Reason) -> None:
    """Bring an excluded case back to where it was, with its work."""
    _manage(acting, case_id, lambda unit: managing.reinstate(unit, reason))


def reopen(*, acting: Acting, case_id: UUID, readers: str, reason: Reason) -> None:
    """Begin a new round of a final case."""
    _manage(acting, case_id, lambda unit: managing.reopen(unit, readers=readers, reason=reason))


def _manage(acting: Acting, case_id: UUID, act: Callable[[CaseUnit], object]) -> None:
    with on_case(acting, case_id) as unit:
        act(unit)
        unit.forget()
        follow(unit)
