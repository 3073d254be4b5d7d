"""What managers do to a case: hold, resume, priority, exclude by two, reinstate, reopen."""

from uuid import UUID

from django.db.models import Q

from audit.actions import Action
from audit.log import Reason

from .acting import Acting
from .errors import AlreadyDone, IllegalMove, InvalidInput, NeedsSecondPerson
from .models import Case, CaseRound, Exclusion, GuidelineVersion, Part, ProtocolVersion, ReferenceLabel, Role
from .rounds import begin_round
from .states import State
from .unit import CaseUnit
from .versions import published


def hold(unit: CaseUnit, reason: Reason) -> None:
    """Keep the case where it is and hand out no work from it."""
    _managing(unit)
    if unit.case.held or unit.case.state in (State.FINAL, State.EXCLUDED):
        raise IllegalMove("Only a case at work that isn't held yet can be held.")
    unit.case.held = True
    unit.record(Action.CASE_HELD, object=("case", unit.case.pk, unit.case.round), reason=reason)


def resume(unit: CaseUnit) -> None:
    """Hand out work from a held case again."""
    _managing(unit)
    if not unit.case.held:
        raise IllegalMove("The case isn't on hold.")
    unit.case.held = False
    unit.record(Action.CASE_RESUMED, object=("case", unit.case.pk, unit.case.round))


def set_priority(unit: CaseUnit, priority: int) -> None:
    """Change what is handed out first, -100 to 100."""
    _managing(unit)
    if not -100 <= priority <= 100:
        raise InvalidInput(
            [{"path": "/priority", "code": "bad_priority", "message": "Priority goes from -100 to 100."}]
        )
    before, unit.case.priority = unit.case.priority, priority
    unit.record(
        Action.CASE_PRIORITY_CHANGED,
        object=("case", unit.case.pk, unit.case.round),
        extra={"from": before, "to": priority},
    )


def exclude(unit: CaseUnit, reason: Reason) -> Exclusion | None:
    """Take a case out of the study. Once somebody claimed it, this only asks for a second person's approval."""
    acting = _managing(unit)
    if unit.case.state == State.EXCLUDED:
        raise AlreadyDone("The case is excluded already.")
    if not was_claimed(unit.case):
        unit.case.held = False
        unit.move("exclude", reason=reason)
        return None
    if Exclusion.objects.filter(case=unit.case, approved_by__isnull=True).exists():
        raise AlreadyDone(
            "Somebody has asked for this already; a second person who has not seen the reads must agree."
        )
    wish = Exclusion(case=unit.case, requested_by=acting.person(), reason_code=reason.code)
    entry = unit.record(
        Action.CASE_EXCLUSION_REQUESTED,
        object=("case", unit.case.pk, unit.case.round),
        reason=reason,
        extra={"exclusion": str(wish.pk)},
    )
    wish.requested_event_id = entry.event_id
    wish.save(force_insert=True)
    return wish


def approve_exclusion(unit: CaseUnit) -> Exclusion:
    """Agree, as a second person who has not seen the reads, that a claimed case leaves the study."""
    acting = _managing(unit)
    wish = Exclusion.objects.filter(case=unit.case, approved_by__isnull=True).select_for_update().first()
    if wish is None:
        raise IllegalMove("Nobody has asked to exclude this case.")
    if wish.requested_by_id == acting.person().pk:
        raise NeedsSecondPerson("You asked for this exclusion yourself: a second person must agree.")
    if Part.objects.filter(case=unit.case, member=acting.person()).exists():
        raise NeedsSecondPerson(
            "You had a part in this case: somebody who has not seen its reads must agree."
        )
    unit.case.held = False
    entry = unit.move("exclude", reason=Reason(wish.reason_code), extra={"exclusion": str(wish.pk)})
    wish.approved_by, wish.approved_event_id = acting.person(), entry.event_id
    wish.save(update_fields=["approved_by", "approved_event"])
    return wish


def reinstate(unit: CaseUnit, reason: Reason) -> None:
    """Bring an excluded case back to where it was."""
    _managing(unit)
    unit.move("reinstate", reason=reason)


def reopen(unit: CaseUnit, *, readers: str, reason: Reason) -> None:
    """Begin a new round of a final case: read again by the same or by new readers, or straight to the arbiter."""
    _managing(unit)
    if readers not in (CaseRound.Readers.SAME, CaseRound.Readers.NEW, CaseRound.Readers.NONE):
        message = "Choose same_readers, new_readers, or none to go straight to the arbiter."
        raise InvalidInput([{"path": "/readers", "code": "bad_readers", "message": message}])
    move = "reopen_to_arbitrate" if readers == CaseRound.Readers.NONE else "reopen_to_read"
    guideline = published(GuidelineVersion, unit.project)
    protocol = published(ProtocolVersion, unit.project)
    if unit.case.state != State.FINAL:
        raise IllegalMove(
            f"Only a final case can be reopened; this one is in {unit.case.state.replace('_', ' ')}."
        )
    if unit.case.gold_items.exists():
        raise IllegalMove(
            "This case is or was a control, so readers may know it. Register it anew to read it again."
        )
    begin_round(unit, move, readers, guideline, protocol, reason)


def was_claimed(case: Case) -> bool:
    """Whether anybody ever opened work on the case."""
    return Part.objects.filter(~Q(outcome=Part.Outcome.RESERVED), case=case).exists()


def read_before(case: Case) -> set[UUID]:
    """The members who had a part in earlier rounds: new readers must not be among them."""
    return set(Part.objects.filter(case=case, round__lt=case.round).values_list("member_id", flat=True))


def latest_label(case: Case) -> ReferenceLabel | None:
    """The label in force, if the case was ever settled."""
    return ReferenceLabel.objects.filter(case=case).order_by("-version").first()


def _managing(unit: CaseUnit) -> Acting:
    unit.acting = unit.acting.using(Role.MANAGER)
    return unit.acting
