"""What managers do to a case: one table, an address for each row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_on_case
from api.casefile import CaseDetailOut
from api.fields import Input, Text, Whole, reason_code
from api.idempotency import changing
from audit.log import Reason
from tasks import cases
from tasks.importing.letting_in import let_in
from workflow.acting import Acting
from workflow.models import CaseRound
from workflow.permissions import Verb

from .base import View, operation
from .cases import shown


class Nothing(Input):
    """An empty object, or no body at all."""


class ReasonIn(Input):
    """Why: a code, and words of which the log keeps only a commitment."""

    reason_code = reason_code()
    note = Text(max_length=4000, required=False, allow_blank=True, default="")


class ReopenIn(ReasonIn):
    """Who reads again: the same readers, new ones, or none (straight to the arbiter)."""

    readers = serializers.ChoiceField([CaseRound.Readers.SAME, CaseRound.Readers.NEW, CaseRound.Readers.NONE])


class PriorityIn(Input):
    """What is handed out first has the highest."""

    priority = Whole(min_value=-100, max_value=100)


def reason_of(given: dict[str, Any]) -> Reason:
    """The reason as the log takes it."""
    return Reason(given["reason_code"], given["note"])


@dataclass(frozen=True, slots=True)
class Act:
    """An act on a case: its address, who may, what it takes, what it calls, and what it says of itself."""

    name: str
    verb: Verb
    form: type[Input]
    call: Callable[..., None]
    sentence: str

    def do(self, acting: Acting, case_id: UUID, given: dict[str, Any]) -> None:
        """Do it with what was given; code and note go on as one reason."""
        rest = {key: value for key, value in given.items() if key not in ("reason_code", "note")}
        reason = {"reason": reason_of(given)} if "reason_code" in given else {}
        self.call(acting=acting, case_id=case_id, **rest, **reason)


ACTS: Final = (
    Act("hold", Verb.HOLD, ReasonIn, cases.hold, "Keep a case where it is and hand out no work from it."),
    Act("resume", Verb.RESUME, Nothing, cases.resume, "Hand out work from a held case again."),
    Act(
        "exclude",
        Verb.EXCLUDE,
        ReasonIn,
        cases.exclude,
        "Exclude a case. Once somebody claimed it this only asks: `exclusion` then waits for a second person.",
    ),
    Act(
        "approve-exclusion",
        Verb.APPROVE_EXCLUSION,
        Nothing,
        cases.approve_exclusion,
        "Agree, as a second person who has not seen the reads, that a case leaves the study.",
    ),
    Act(
        "reinstate", Verb.REINSTATE, ReasonIn, cases.reinstate, "Bring an excluded case back to where it was."
    ),
    Act("reopen", Verb.REOPEN, ReopenIn, cases.reopen, "Begin a new round of a final case."),
    Act(
        "let-in",
        Verb.LET_IN,
        ReasonIn,
        let_in,
        "Accept what the quality gate found of a case's images, with a reason; the case then begins.",
    ),
    Act("priority", Verb.PRIORITIZE, PriorityIn, cases.set_priority, "Change what is handed out first."),
)


def view_of(act: Act) -> type[View]:
    """The view of an act: ask, do it, and show the case as it stands."""

    class ActOnCase(View):
        @operation(
            operation_id=f"{act.verb}_case",
            description=act.sentence,
            request=None if act.form is Nothing else act.form,
            responses=CaseDetailOut,
        )
        @changing
        def post(self, request: Request, case_id: UUID) -> Response:
            acting = acting_on_case(request, case_id, act.verb)
            act.do(acting, case_id, self.given(request, act.form))
            return shown(acting, case_id)

    return ActOnCase
