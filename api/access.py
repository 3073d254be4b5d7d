"""The ways to anything of a project over the API: `workflow.ways`, with who asks and from where."""

from datetime import UTC, datetime
from typing import Final, cast
from uuid import UUID

from django.db import models
from django.db.models import F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from rest_framework.request import Request

from accounts.models import Token
from accounts.scopes import WHOLE, Scope
from tasks.models import Task
from workflow import access
from workflow.counted import PROBES
from workflow.models import Membership
from workflow.permissions import READERS, Kind, Verb, may
from workflow.ways import Ways

from .authentication import MEMBERSHIPS
from .origins import acting_as

NOT_YET: Final = datetime(9999, 1, 1, tzinfo=UTC)  # what waits for one comes last


def tasks_open_to(members: list[Membership], *, mine: bool) -> QuerySet[Task]:
    """These members' own tasks, and everybody's where they may see the worklist."""
    # What waits for its turn is in no list of its holder's: it must come to them as if it came from the pool.
    own = Q(holder__in=[m.pk for m in members]) & ~Q(status=Task.Status.RESERVED, turn__isnull=False)
    staffed = [m for m in members if may(m, Verb.SEE, Kind.WORKLIST)]
    if mine or not staffed:
        return Task.objects.filter(own)
    others = Q(case__project__in=[m.project_id for m in staffed]) & ~Q(case__purpose__in=PROBES)
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


def caller(request: Request) -> access.Caller:
    """Whoever asks, with what limits the token that they came with."""
    known = getattr(request._request, MEMBERSHIPS, None)
    return access.Caller(person(request), scope_of(request), known)


def scope_of(request: Request) -> Scope:
    """What limits the token of this request; nothing for somebody who is signed in."""
    return request.auth.scope if isinstance(request.auth, Token) else WHOLE


def person(request: Request) -> UUID:
    """The key of whoever asks."""
    return cast(UUID, request.user.pk)


_WAYS: Final = Ways(caller, acting_as)
acting_in_project = _WAYS.acting_in_project
acting_on_agreement = _WAYS.acting_on_agreement
acting_on_case = _WAYS.acting_on_case
acting_on_task = _WAYS.acting_on_task
acting_at_work = _WAYS.acting_at_work
acting_by_membership = _WAYS.acting_by_membership
acting_on_report = _WAYS.acting_on_report
members_who_may = _WAYS.members_who_may
projects_open_to = _WAYS.projects_open_to
reports_open_to = _WAYS.reports_open_to
memberships_of = _WAYS.memberships_of
