"""The way to anything of a project on a screen: what `workflow.access` finds, with where the request came from."""

from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from structlog.contextvars import bind_contextvars

from accounts.origins import origin, session_proof
from accounts.scopes import WHOLE
from workflow import access
from workflow.acting import Acting
from workflow.models import Case, Membership, Project
from workflow.permissions import Kind, Verb


def acting_as(request: HttpRequest, member: Membership, role: str) -> Acting:
    """A member in a role, from where this request came; log lines of this request name them from now on."""
    bind_contextvars(actor=member.actor_id)
    return Acting(member, role, request=origin(request), auth=session_proof(request))


def acting_in_project(request: HttpRequest, slug: str, verb: Verb, kind: Kind) -> Acting:
    """The person as a member of a project who may do this there; NotFound for an outsider."""
    return acting_as(request, *access.in_project(caller(request), slug, verb, kind))


def acting_on_agreement(request: HttpRequest, slug: str) -> Acting:
    """The person as a member who may see how well a project's readers agree; NotFound for an outsider."""
    return acting_as(request, *access.on_agreement(caller(request), slug))


def acting_on_case(request: HttpRequest, case_id: UUID, verb: Verb, kind: Kind = Kind.CASE) -> Acting:
    """The person as a member who may do this with a case; NotFound for an outsider."""
    return acting_as(request, *access.on_case(caller(request), case_id, verb, kind))


def acting_on_task(request: HttpRequest, task_id: UUID, verb: Verb, kind: Kind = Kind.TASK) -> Acting:
    """The person as a member of a task's project who may work on tasks; NotFound for an outsider."""
    return acting_as(request, *access.on_task(caller(request), task_id, verb, kind))


def acting_on_report(request: HttpRequest, report_id: UUID, verb: Verb) -> Acting:
    """The person as a member who may do this with a safety report; NotFound for an outsider."""
    return acting_as(request, *access.on_report(caller(request), report_id, verb))


def members_who_may(
    request: HttpRequest, verb: Verb, kind: Kind, slug: str | None = None
) -> list[Membership]:
    """The person's memberships in which they may do this, oldest first; a project that is named must be among them."""
    return access.members_who_may(caller(request), verb, kind, slug)


def projects_open_to(request: HttpRequest) -> QuerySet[Project]:
    """The projects of a person."""
    return access.projects_open_to(caller(request))


def cases_open_to(members: list[Membership]) -> QuerySet[Case]:
    """The cases of the projects of members who may see cases, but those in which they play a part themselves."""
    return access.cases_open_to(members)


def reports_open_to(request: HttpRequest) -> QuerySet[Any]:
    """The safety reports that a person may see, each with its `words`."""
    return access.reports_open_to(caller(request))


def memberships_of(request: HttpRequest) -> list[Membership]:
    """The person's memberships, whatever their status."""
    return access.memberships_of(caller(request))


def caller(request: HttpRequest) -> access.Caller:
    """Whoever is signed in: in person, so that no token limits them."""
    return access.Caller(person(request), WHOLE)


def person(request: HttpRequest) -> UUID:
    """The key of whoever is signed in."""
    return cast(UUID, request.user.pk)
