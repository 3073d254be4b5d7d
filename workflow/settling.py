"""After every act: does the case move on by itself? Reads in, verdicts in; the comparison is in comparing.py."""

from audit.log import Entry

from .models import Review
from .situation import Situation
from .states import State
from .unit import CaseUnit


def settle(unit: CaseUnit, caused_by: Entry | None = None) -> Situation:
    """Make every move that the present facts call for, each with its event, and return the facts that result."""
    while True:
        situation = unit.situation()
        name = next_move(situation)
        if name is None:
            return situation
        if name == "give_back":
            unit.case.passes += 1
        caused_by = unit.move(name, caused_by=caused_by)


def next_move(situation: Situation) -> str | None:
    """The move that the facts call for, or None: pure, so that a test can ask it anything."""
    if situation.is_probe:
        return None  # it is scored, and goes no further
    if situation.held:
        return None  # it keeps its place; whatever comes in meanwhile moves it once it is resumed
    if situation.state == State.ANNOTATION:
        return "begin_review" if situation.all_in else None
    if situation.state == State.JUNIOR_REVIEW:
        if not situation.all_in:
            return "give_back"  # an author took a read back
        return _verdicts_together(situation) if situation.all_reviewed else None
    return None


def _verdicts_together(situation: Situation) -> str:
    verdicts = {slot.verdict for slot in situation.slots}
    limit = situation.protocol.junior_review.max_returns
    if Review.Verdict.ESCALATE in verdicts:
        return "escalate"
    if Review.Verdict.RETURN in verdicts:
        returned = [slot for slot in situation.slots if slot.verdict == Review.Verdict.RETURN]
        return "escalate" if any(slot.returns > limit for slot in returned) else "give_back"
    return "compare"
