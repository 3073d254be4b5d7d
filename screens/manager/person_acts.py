"""What a manager changes about a person, each on a page of its own that says first what will happen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from audit.canonical import FaultAt
from audit.log import Reason
from screens.access import acting_in_project
from screens.staffed import refusal, screen
from screens.styled import Styled, sent
from tasks import away
from tasks.disqualifying import Impact, disqualify, impact_of
from workflow import members
from workflow.acting import Acting
from workflow.errors import DomainError, NotFound
from workflow.models import Membership
from workflow.on_member import member_of
from workflow.permissions import Kind, Verb
from workflow.queries import name_of

from .person_forms import (
    CloseForm,
    CredentialForm,
    DeclareForm,
    DisqualifyForm,
    LeaveForm,
    PauseForm,
    ResumeForm,
    RolesForm,
    TrainingForm,
)

Do = Callable[[Acting, Membership, dict[str, Any]], object]


@dataclass(frozen=True, slots=True)
class Act:
    """An act on a person: its address, who may, its words, its form, and what it calls."""

    name: str
    verb: Verb
    title: str
    button: str
    form: type[Styled]
    do: Do
    says: str
    statuses: tuple[str, ...] = ("active", "paused")
    harsh: bool = False


def _status(status: str) -> Do:
    return lambda acting, member, given: away.set_status(
        acting=acting,
        member=member,
        status=status,
        reason=Reason(given["reason_code"], given["note"].strip()),
    )


def _disqualify(acting: Acting, member: Membership, given: dict[str, Any]) -> object:
    reason = Reason(given["reason_code"], given["note"].strip())
    return disqualify(
        acting=acting, member=member, since=given["since"], reason=reason, reread=given["reread"]
    )


def _training(acting: Acting, member: Membership, given: dict[str, Any]) -> object:
    material = {"schema": "consilium/training-material/v1", "name": given["title"], "title": given["title"]}
    material["link"] = given["link"]
    rest = {name: given[name] for name in ("score", "passed", "completed_at")}
    return members.record_training(acting=acting, member=member, material=material, **rest)


ACTS: Final = (
    Act(
        "roles", Verb.CHANGE_ROLES, "Change roles", "Change roles", RolesForm,
        lambda acting, member, given: members.change_roles(acting=acting, member=member, **given),
        "From now on the person may do what these roles allow, and no more. What they hold now stays theirs. "
        "In one case nobody plays two parts, whatever their roles.",
    ),
    Act(
        "declare", Verb.DECLARE, "Change declarations", "Save", DeclareForm,
        lambda acting, member, given: members.declare(acting=acting, member=member, **given),
        "Cases from a site with a conflict of interest are not handed out to them. Work that they hold stays theirs.",
    ),
    Act(
        "pause", Verb.SET_STATUS, "Pause", "Pause", PauseForm, _status("paused"),
        "The person takes no new work and sees nothing of the project until they are resumed. What is reserved for "
        "them or in their hands is anybody’s again, and their drafts are kept; returned work waits for them.",
        ("active",),
    ),
    Act(
        "resume", Verb.SET_STATUS, "Resume", "Resume", ResumeForm, _status("active"),
        "The person may work again, in the roles that they have.", ("paused", "left"),
    ),
    Act(
        "leave", Verb.SET_STATUS, "Let leave", "Let leave", LeaveForm, _status("left"),
        "The person has no part in the project any more. Their reads, and their name in the log, stay. What is "
        "reserved for them or in their hands is anybody’s again; reads that were returned to them close as "
        "incomplete, and new ones open.", harsh=True,
    ),
    Act(
        "disqualify", Verb.SET_STATUS, "Disqualify", "Disqualify", DisqualifyForm, _disqualify,
        "The person leaves the project, and their work from a day on must not stand. Final cases that they took part "
        "in begin a new round with new readers; a read of theirs in a case that is still being read closes, and "
        "another reads in its place. Nothing is erased. Choose a day to see what it touches.",
        ("active", "paused", "left"), harsh=True,
    ),
    Act(
        "credentials", Verb.QUALIFY, "Add a credential", "Add", CredentialForm,
        lambda acting, member, given: members.add_credential(acting=acting, user=member.user, **given),
        "You verified this. From now on the log cites it with everything that the person does, in all their projects.",
        ("active", "paused", "left"),
    ),
    Act(
        "training", Verb.TRAIN, "Record training", "Record", TrainingForm, _training,
        "The record is kept for ever, and cited in the person’s credential snapshot.", ("active", "paused", "left"),
    ),
    Act(
        "close", Verb.CLOSE, "Close account", "Close the account", CloseForm,
        lambda acting, member, given: away.close_account(
            acting=acting, member=member, reason=Reason(given["reason_code"], given["note"].strip())
        ),
        "The person can’t sign in any more, their tokens end, and they leave every project. Their work, and their name "
        "in the logs, stay. This is not undone from here.", ("active", "paused", "left"), harsh=True,
    ),
)  # fmt: skip
BY_NAME: Final = {act.name: act for act in ACTS}


def acts_for(member: Membership) -> list[Act]:
    """The acts that make sense for a person as they are."""
    closed = {"resume", "close"} if not member.user.is_active else set()
    return [act for act in ACTS if member.status in act.statuses and act.name not in closed]


@screen("GET", "POST")
def act(request: HttpRequest, slug: str, member_id: UUID, name: str) -> HttpResponse:
    """Say what an act will do; on POST do it, or show what refused it with all that was typed."""
    chosen = BY_NAME.get(name)
    if chosen is None:
        raise NotFound("There is no such act.")
    acting = acting_in_project(request, slug, chosen.verb, Kind.MEMBER)
    member = member_of(acting, member_id)
    impact = _impact(request, member) if chosen.name == "disqualify" else None
    form = chosen.form(sent(request), initial=_as_now(member, acting.person()) | _asked(impact, request))
    if request.method == "POST" and form.is_valid() and _done(request, chosen, acting, member, form):
        return redirect("project_person", slug, member_id)
    context = {
        "project": member.project,
        "here": "people",
        "member": member,
        "name": name_of(member),
        "act": chosen,
        "impact": impact,
        "hands": away.in_hands_of(member) if chosen.name in ("pause", "leave") else None,
        "form": form,
    }
    return render(request, "manager/person_act.html", context, status=422 if form.errors else 200)


def _impact(request: HttpRequest, member: Membership) -> Impact | None:
    """What a day touches, once `?since=` names one that has begun."""
    try:
        return impact_of(member, date.fromisoformat(request.GET.get("since", "")))
    except (ValueError, DomainError):
        return None


def _asked(impact: Impact | None, request: HttpRequest) -> dict[str, Any]:
    return {"since": request.GET["since"]} if impact else {}


def _as_now(member: Membership, manager: Membership) -> dict[str, Any]:
    return {
        "roles": member.roles,
        "conflicts": "\n".join(member.conflicts),
        "capacity_per_day": member.capacity_per_day,
        "safety_contact": member.safety_contact,
        "verified_by": name_of(manager),
    }


def _done(request: HttpRequest, chosen: Act, acting: Acting, member: Membership, form: Styled) -> bool:
    try:
        chosen.do(acting, member, dict(form.cleaned_data))
    except (DomainError, FaultAt) as error:
        form.refuse(refusal(error))
        return False
    messages.success(request, f"{name_of(member)}: {chosen.title.lower()}: done.")
    return True
