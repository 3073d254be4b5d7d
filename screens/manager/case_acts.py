"""What a manager does to a case, each on a page of its own that says first what will happen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from audit.log import Reason
from screens.access import acting_on_case
from screens.staffed import screen
from screens.styled import Styled, WithReason, sent
from tasks import cases
from tasks.importing.letting_in import let_in
from workflow.acting import Acting
from workflow.errors import DomainError, NotFound
from workflow.images.deciding import waits
from workflow.managing import was_claimed
from workflow.models import Case, CaseRound, Exclusion, Membership, Part, Role
from workflow.permissions import Verb
from workflow.queries import name_of
from workflow.states import State

from .import_forms import LetInForm


class HoldForm(WithReason):
    """Why a case waits."""

    codes = ("missing_images", "quality_query", "waits_for_prior", "later")


class ExcludeForm(WithReason):
    """Why a case leaves the study."""

    codes = ("bad_image", "wrong_patient", "duplicate", "consent_withdrawn", "protocol_violation")


class ReinstateForm(WithReason):
    """Why a case comes back."""

    codes = ("excluded_in_error", "question_settled")


class ReopenForm(WithReason):
    """Why a final case is read again, and by whom."""

    codes = ("new_evidence", "guideline_changed", "label_error")
    readers = forms.ChoiceField(
        label="Who reads it",
        choices=[
            (CaseRound.Readers.NEW, "New readers: independent of the round before"),
            (CaseRound.Readers.SAME, "The same readers: their new reads are not independent"),
            (CaseRound.Readers.NONE, "Nobody: straight to the arbiter"),
        ],
        initial=CaseRound.Readers.NEW,
        widget=forms.RadioSelect,
    )


class PriorityForm(Styled):
    """What is handed out first."""

    priority = forms.IntegerField(
        min_value=-100,
        max_value=100,
        label="Priority",
        help_text="From -100 to 100; the highest is handed out first.",
    )


class Bare(Styled):
    """Nothing but the wish to go on."""


@dataclass(frozen=True, slots=True)
class Act:
    """An act on a case: its address, who may, its words, its form, and what it calls."""

    name: str
    verb: Verb
    title: str
    button: str
    form: type[Styled]
    call: Callable[..., None]
    says: Callable[[Case], str]
    done: str
    harsh: bool = False

    def do(self, acting: Acting, case_id: UUID, given: dict[str, Any]) -> None:
        """Do it with what was given; code and words go on as one reason."""
        rest = {key: value for key, value in given.items() if key not in ("reason_code", "note")}
        if "reason_code" in given:
            rest["reason"] = Reason(given["reason_code"], given["note"].strip())
        self.call(acting=acting, case_id=case_id, **rest)


def _exclude_says(case: Case) -> str:
    if was_claimed(case):
        return (
            "Somebody has opened this case already, so this only asks for its exclusion: another manager, who has had "
            "no part in the case, must agree. Until then the case goes on as it is; put it on hold if it should wait."
        )
    return "Nobody has opened this case yet: it leaves the study at once. It can be reinstated."


ACTS: Final = (
    Act(
        "let-in", Verb.LET_IN, "Accept as it is", "Accept with this reason", LetInForm, let_in,
        lambda case: "The case waits because the quality gate found something in its images. Accepted with a "
        "reason, it begins as any other; the log says in spite of what.",
        "It is let in.",
    ),
    Act(
        "hold", Verb.HOLD, "Put on hold", "Put on hold", HoldForm, cases.hold,
        lambda case: "The case keeps its place and hands out no new work until it is resumed. "
        "Whoever is at it now may finish what they hold.",
        "The case is on hold.",
    ),
    Act(
        "resume", Verb.RESUME, "Resume", "Resume", Bare, cases.resume,
        lambda case: "The case hands out its work again.", "The case hands out its work again.",
    ),
    Act(
        "priority", Verb.PRIORITIZE, "Change priority", "Change priority", PriorityForm, cases.set_priority,
        lambda case: f"The priority is {case.priority} now. The case’s open tasks move in the order of handing out.",
        "The priority is changed.",
    ),
    Act(
        "exclude", Verb.EXCLUDE, "Exclude", "Exclude", ExcludeForm, cases.exclude, _exclude_says,
        "Done. The case’s page says where it stands.", harsh=True,
    ),
    Act(
        "approve-exclusion", Verb.APPROVE_EXCLUSION, "Agree to the exclusion", "Agree and exclude", Bare,
        cases.approve_exclusion,
        lambda case: "You agree, as a second person who has not seen the reads, that the case leaves the study. "
        "It can be reinstated.",
        "The case is excluded.", harsh=True,
    ),
    Act(
        "reinstate", Verb.REINSTATE, "Reinstate", "Reinstate", ReinstateForm, cases.reinstate,
        lambda case: f"The case goes back to {case.excluded_from.replace('_', ' ')}, with its work.",
        "The case is back where it was.",
    ),
    Act(
        "reopen", Verb.REOPEN, "Reopen", "Begin a new round", ReopenForm, cases.reopen,
        lambda case: f"Round {case.round + 1} begins, under the guideline and protocol that are published now. "
        "The present label stays in force until a new one supersedes it; none is deleted.",
        "A new round has begun.",
    ),
)  # fmt: skip
BY_NAME: Final = {act.name: act for act in ACTS}


def acts_for(case: Case, wish: Exclusion | None, member: Membership) -> list[Act]:
    """The acts that make sense for a case as it stands."""
    at_work = case.state not in (State.FINAL, State.EXCLUDED)
    fitting = {
        "let-in": case.state == State.INTAKE and waits(case.pk),
        "hold": at_work and not case.held,
        "resume": case.held,
        "priority": at_work,
        "exclude": case.state != State.EXCLUDED and wish is None,
        "approve-exclusion": wish is not None and wish.requested_by_id != member.pk,
        "reinstate": case.state == State.EXCLUDED,
        "reopen": case.state == State.FINAL,
    }
    return [act for act in ACTS if fitting[act.name]]


def who_may_agree(case: Case, wish: Exclusion | None) -> list[str]:
    """The managers who may agree to an exclusion: not who asked, nor anybody who had a part in the case."""
    if wish is None:
        return []
    managers = Membership.objects.filter(
        project=case.project_id,
        status=Membership.Status.ACTIVE,
        roles__contains=[Role.MANAGER],
        user__is_active=True,
    ).exclude(pk=wish.requested_by_id)
    apart = managers.exclude(pk__in=Part.objects.filter(case=case).values("member"))
    return [name_of(member) for member in apart.select_related("user").order_by("created_at")]


@screen("GET", "POST")
def act(request: HttpRequest, slug: str, case_id: UUID, name: str) -> HttpResponse:
    """Say what an act will do; on POST do it, or show what refused it with all that was typed."""
    chosen = BY_NAME.get(name)
    if chosen is None:
        raise NotFound("There is no such act.")
    acting = acting_on_case(request, case_id, chosen.verb)
    case = Case.objects.select_related("project").get(pk=case_id)
    if case.project.slug != slug:
        raise NotFound("There is no such case in this project.")
    form = chosen.form(sent(request), initial={"priority": case.priority})
    if request.method == "POST" and form.is_valid() and _done(request, chosen, acting, case, form):
        # Whoever came from the gate goes on with the next case there.
        at_gate = request.GET.get("from") == "gate"
        return redirect("project_gate", slug) if at_gate else redirect("project_case", slug, case_id)
    context = {
        "project": case.project,
        "here": "cases",
        "case": case,
        "act": chosen,
        "form": form,
        "says": chosen.says(case),
    }
    return render(request, "manager/case_act.html", context, status=422 if form.errors else 200)


def _done(request: HttpRequest, chosen: Act, acting: Acting, case: Case, form: Styled) -> bool:
    try:
        chosen.do(acting, case.pk, form.cleaned_data)
    except DomainError as error:
        form.refuse(error)
        return False
    messages.success(request, f"{case.external_ref}: {chosen.done}")
    return True
