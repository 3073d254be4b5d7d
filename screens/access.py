"""The ways to anything of a project on a screen: `workflow.ways`, with who asks and from where."""

from typing import Final, cast
from uuid import UUID

from django.http import HttpRequest
from structlog.contextvars import bind_contextvars

from accounts.origins import origin, session_proof
from accounts.scopes import WHOLE
from workflow.access import Caller
from workflow.acting import Acting
from workflow.models import Membership
from workflow.ways import Ways


def acting_as(request: HttpRequest, member: Membership, role: str) -> Acting:
    """A member in a role, from where this request came; log lines of this request name them from now on."""
    bind_contextvars(actor=member.actor_id)
    return Acting(member, role, request=origin(request), auth=session_proof(request))


def caller(request: HttpRequest) -> Caller:
    """Whoever is signed in: in person, so that no token limits them."""
    return Caller(person(request), WHOLE)


def person(request: HttpRequest) -> UUID:
    """The key of whoever is signed in."""
    return cast(UUID, request.user.pk)


_WAYS: Final = Ways(caller, acting_as)
acting_in_project = _WAYS.acting_in_project
acting_on_agreement = _WAYS.acting_on_agreement
acting_on_case = _WAYS.acting_on_case
acting_on_task = _WAYS.acting_on_task
acting_on_report = _WAYS.acting_on_report
members_who_may = _WAYS.members_who_may
projects_open_to = _WAYS.projects_open_to
reports_open_to = _WAYS.reports_open_to
memberships_of = _WAYS.memberships_of
