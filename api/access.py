"""The way to anything of a project over the API: what `workflow.access` finds, with where the request came from."""

from datetime import UTC, datetime
from typing import Any, Final, cast
from uuid import UUID

from django.db import models
from django.db.models import F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from rest_framework.request import Request

from accounts.models import Token
from accounts.scopes import WHOLE, Scope
from tasks.models import Task
from workflow import access
from workflow.acting import Acting
from workflow.models import Case, Membership, Project
from workflow.permissions import READERS, Kind, Verb, may

from .origins import acting_as

NOT_YET: Final = datetime(9999, 1, 1, tzinfo=UTC)  # what waits for one comes last


def acting_in_project(request: Request, slug: str, verb: Verb, kind: Kind) -> Acting:
    """The person as a member of a project who may do this there; NotFound for an outsider."""
    return acting_as(request, *access.in_project(caller(request), slug, verb, kind))


def acting_on_agreement(request: Request, slug: str) -> Acting:
    """The person as a member who may see how well a project's readers agree; NotFound for an outsider."""
    return acting_as(request, *access.on_agreement(caller(request), slug))


def acting_on_case(request: Request, case_id: UUID, verb: Verb, kind: Kind = Kind.CASE) -> Acting:
    """The person as a member who may do this with a case; NotFound for an outsider."""
    return acting_as(request, *access.on_case(caller(request), case_id, verb, kind))


def acting_on_task(request: Request, task_id: UUID, verb: Verb, kind: Kind = Kind.TASK) -> Acting:
    """The person as a member of a task's project who may work on tasks; NotFound for an outsider."""
    return acting_as(request, *access.on_task(caller(request), task_id, verb, kind))


def acting_on_report(request: Request, report_id: UUID, verb: Verb) -> Acting:
    """The person as a member who may do this with a safety report; NotFound for an outsider."""
    return acting_as(request, *access.on_report(caller(request), report_id, verb))


def members_who_may(request: Request, verb: Verb, kind: Kind, slug: str | None = None) -> list[Membership]:
    """The person's memberships in which they may do this, oldest first; a project that is named must be among them."""
    return access.members_who_may(caller(request), verb, kind, slug)


def projects_open_to(request: Request) -> QuerySet[Project]:
    """The projects of a person."""
    return access.projects_open_to(caller(request))


def cases_open_to(members: list[Membership]) -> QuerySet[Case]:
    """The cases of the projects of members who may see cases, but those in which they play a part themselves."""
    return access.cases_open_to(members)


def reports_open_to(request: Request) -> QuerySet[Any]:
    """The safety reports that a person may see, each with its `words`."""
    return access.reports_open_to(caller(request))


def tasks_open_to(members: list[Membership], *, mine: bool) -> QuerySet[Task]:
    """These members' own tasks, and everybody's where they may see the worklist."""
    own = Q(holder__in=[m.pk for m in members])
    staffed = [m for m in members if may(m, Verb.SEE, Kind.WORKLIST)]
    if mine or not staffed:
        return Task.objects.filter(own)
    others = Q(case__project__in=[m.project_id for m in staffed])
    return Task.objects.filter(own | others & ~access.plays_part(members, case="case", prefix="case__"))


def in_order_of_taking(
    rows: QuerySet[Task], members: list[Membership]
) -> tuple[QuerySet[Task], tuple[str, ...]]:
    """The rows and what to order them by: one's own by when one took them up.

    When a task opened would tell somebody who works on it when another's read came in.
    """
    if not any(set(member.roles) & set(READERS) for member in members):
        return rows, ("opened_at", "id")
    own = Q(holder__in=[m.pk for m in members])
    taken = models.Case(When(own, then=Coalesce("started_at", Value(NOT_YET))), default=F("opened_at"))
    return rows.annotate(taken=taken), ("taken", "id")


def memberships_of(request: Request) -> list[Membership]:
    """The person's memberships, as far as their token is for them."""
    return access.memberships_of(caller(request))


def caller(request: Request) -> access.Caller:
    """Whoever asks, with what limits the token that they came with."""
    return access.Caller(person(request), scope_of(request))


def scope_of(request: Request) -> Scope:
    """What limits the token of this request; nothing for somebody who is signed in."""
    return request.auth.scope if isinstance(request.auth, Token) else WHOLE


def person(request: Request) -> UUID:
    """The key of whoever asks."""
    return cast(UUID, request.user.pk)
