"""The way to anything of a project: found together with the person's membership, asked for, or refused."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from rest_framework.request import Request

from tasks.models import Task
from workflow.acting import Acting
from workflow.errors import NotAllowed, NotFound
from workflow.models import Case, Membership, Part, Project
from workflow.permissions import Kind, Refusal, Verb, may
from workflow.states import State

from .origins import acting_as


def acting_in_project(request: Request, slug: str, verb: Verb, kind: Kind) -> Acting:
    """The person as a member of a project who may do this there; NotFound for an outsider."""
    member = _memberships(request).filter(project__slug=slug).first()
    return _ask(request, member, verb, kind)


def acting_on_case(request: Request, case_id: UUID, verb: Verb, kind: Kind = Kind.CASE) -> Acting:
    """The person as a member who may do this with a case; NotFound for an outsider."""
    part = Part.objects.filter(case=case_id, member=OuterRef("pk"), round=F("case__round"))
    at_work = Exists(part.exclude(case__state=State.FINAL))
    member = _memberships(request).filter(project__cases=case_id).annotate(plays_part=at_work).first()
    return _ask(request, member, verb, kind, plays_part=getattr(member, "plays_part", False))


def acting_on_task(request: Request, task_id: UUID, verb: Verb) -> Acting:
    """The person as a member of a task's project who may work on tasks; NotFound for an outsider."""
    member = _memberships(request).filter(project__cases__tasks=task_id).first()
    return _ask(request, member, verb, Kind.TASK)


def members_who_may(request: Request, verb: Verb, kind: Kind, slug: str | None = None) -> list[Membership]:
    """The person's memberships in which they may do this, oldest first; a project that is named must be among them."""
    if slug is not None:
        return [acting_in_project(request, slug, verb, kind).person()]
    return [m for m in _memberships(request).order_by("created_at", "id") if may(m, verb, kind)]


def projects_open_to(request: Request) -> QuerySet[Project]:
    """The projects of a person, each with their membership in `memberships.all()`."""
    return Project.objects.filter(
        pk__in=[m.project_id for m in members_who_may(request, Verb.SEE, Kind.PROJECT)]
    )


def cases_open_to(members: list[Membership]) -> QuerySet[Case]:
    """The cases of the projects of members who may see cases, but those in which they play a part themselves."""
    cases = Case.objects.filter(project__in=[m.project_id for m in members])
    return cases.exclude(_plays_part(members, case="pk", prefix=""))


def tasks_open_to(members: list[Membership], *, mine: bool) -> QuerySet[Task]:
    """These members' own tasks, and everybody's where they may see the worklist."""
    own = Q(holder__in=[m.pk for m in members])
    staffed = [m for m in members if may(m, Verb.SEE, Kind.WORKLIST)]
    if mine or not staffed:
        return Task.objects.filter(own)
    others = Q(case__project__in=[m.project_id for m in staffed])
    return Task.objects.filter(own | others & ~_plays_part(members, case="case", prefix="case__"))


def _plays_part(members: list[Membership], *, case: str, prefix: str) -> Q:
    """What `may` is told of one case as `plays_part`, for many in one query."""
    part = Part.objects.filter(
        case=OuterRef(case), round=OuterRef(f"{prefix}round"), member__in=[m.pk for m in members]
    )
    return Q(Exists(part)) & ~Q(**{f"{prefix}state": State.FINAL})


def _memberships(request: Request) -> QuerySet[Any]:
    return Membership.objects.select_related("project__log", "user").filter(user=request.user.pk)


def _ask(
    request: Request, member: Membership | None, verb: Verb, kind: Kind, *, plays_part: bool = False
) -> Acting:
    answer = may(member, verb, kind, plays_part=plays_part)
    if isinstance(answer, Refusal):
        raise NotFound() if answer.hidden else NotAllowed(answer.reason)
    assert member is not None
    return acting_as(request, member, answer.role)
