"""The ways to anything of a project for requests of any kind, which need only tell who asks, and from where."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from . import access
from .acting import Acting
from .models import Membership, Project
from .permissions import Kind, Verb

Request = TypeVar("Request")


@dataclass(frozen=True, slots=True)
class Ways(Generic[Request]):
    """What `workflow.access` finds for a request. `caller`: who asks; `acting_as`: a member in a role, from there."""

    caller: Callable[[Request], access.Caller]
    acting_as: Callable[[Request, Membership, str], Acting]

    def acting_in_project(self, request: Request, slug: str, verb: Verb, kind: Kind) -> Acting:
        """The person as a member of a project who may do this there; NotFound for an outsider."""
        return self.acting_as(request, *access.in_project(self.caller(request), slug, verb, kind))

    def acting_on_agreement(self, request: Request, slug: str) -> Acting:
        """The person as a member who may see how well a project's readers agree; NotFound for an outsider."""
        return self.acting_as(request, *access.on_agreement(self.caller(request), slug))

    def acting_on_case(self, request: Request, case_id: UUID, verb: Verb, kind: Kind = Kind.CASE) -> Acting:
        """The person as a member who may do this with a case; NotFound for an outsider."""
        return self.acting_as(request, *access.on_case(self.caller(request), case_id, verb, kind))

    def acting_on_task(self, request: Request, task_id: UUID, verb: Verb, kind: Kind = Kind.TASK) -> Acting:
        """The person as a member of a task's project who may work on tasks; NotFound for an outsider."""
        return self.acting_as(request, *access.on_task(self.caller(request), task_id, verb, kind))

    def acting_at_work(self, request: Request, task_id: UUID, verb: Verb, kind: Kind = Kind.TASK) -> Acting:
        """The same, for an act that itself refuses a task of another project."""
        return self.acting_as(request, *access.at_work(self.caller(request), task_id, verb, kind))

    def acting_by_membership(
        self, request: Request, member_id: UUID, verb: Verb, kind: Kind, task_id: UUID | None = None
    ) -> Acting:
        """The person as one of their memberships, perhaps on a task of its project; NotFound if it isn't theirs."""
        caller = self.caller(request)
        return self.acting_as(request, *access.by_membership(caller, member_id, verb, kind, task_id))

    def acting_on_report(self, request: Request, report_id: UUID, verb: Verb) -> Acting:
        """The person as a member who may do this with a safety report; NotFound for an outsider."""
        return self.acting_as(request, *access.on_report(self.caller(request), report_id, verb))

    def members_who_may(
        self, request: Request, verb: Verb, kind: Kind, slug: str | None = None
    ) -> list[Membership]:
        """The person's memberships in which they may do this, oldest first; a named project must be among them."""
        return access.members_who_may(self.caller(request), verb, kind, slug)

    def projects_open_to(self, request: Request) -> QuerySet[Project]:
        """The projects of a person."""
        return access.projects_open_to(self.caller(request))

    def reports_open_to(self, request: Request) -> QuerySet[Any]:
        """The safety reports that a person may see, each with its `words`."""
        return access.reports_open_to(self.caller(request))

    def memberships_of(self, request: Request) -> list[Membership]:
        """The person's memberships, whatever their status, as far as what they came with is for them."""
        return access.memberships_of(self.caller(request))
