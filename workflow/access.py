"""The way to anything of a project: found together with a person's membership, asked for, or refused."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now

from accounts.scopes import Scope
from audit.models import Opening

from .counted import without_probes
from .errors import LinkOver, NotAllowed, NotFound, TokenScope
from .models import Case, Membership, Part, Project, SafetyReport
from .permissions import Kind, Refusal, Verb, Yes, may
from .prepared import Prepared
from .safety import contacts
from .states import State

Allowed = tuple[Membership, str]  # the member, and the role that they act in


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the person's key, and what limits the token that they came with (nothing, if they came in person).

    `memberships`: all of theirs, oldest first, where they were read together with the token.
    """

    user: UUID
    scope: Scope
    memberships: tuple[Membership, ...] | None = None


def in_project(caller: Caller, slug: str, verb: Verb, kind: Kind) -> Allowed:
    """The person as a member of a project who may do this there; NotFound for an outsider."""
    if caller.memberships is None:
        return _ask(_first(caller, _rows(caller).filter(project__slug=slug)), verb, kind)
    return _ask(_known(caller, [m for m in caller.memberships if m.project.slug == slug]), verb, kind)


def on_agreement(caller: Caller, slug: str) -> Allowed:
    """The person as a member who may see how well a project's readers agree; NotFound for an outsider."""
    found = _first(caller, _rows(caller).filter(project__slug=slug).annotate(plays_part=in_open_cases()))
    return _ask(found, Verb.SEE, Kind.AGREEMENT, plays_part=getattr(found, "plays_part", False))


def in_open_cases() -> Exists:
    """Whether a membership plays a part in the present round of any case that isn't final; a probe tells nothing."""
    parts = Part.objects.filter(member=OuterRef("pk"), round=F("case__round"), case__source_case=None)
    return Exists(parts.exclude(case__state__in=[State.FINAL, State.EXCLUDED]))


def on_case(caller: Caller, case_id: UUID, verb: Verb, kind: Kind = Kind.CASE) -> Allowed:
    """The person as a member who may do this with a case; NotFound for an outsider."""
    found = _who_plays_a_part(caller, case_id)
    return _ask(found, verb, kind, plays_part=getattr(found, "plays_part", False))


def on_task(caller: Caller, task_id: UUID, verb: Verb, kind: Kind = Kind.TASK) -> Allowed:
    """The person as a member of a task's project who may work on tasks; NotFound for an outsider.

    LinkOver for a token that is for the task while its person holds it, once they don't.
    """
    found = _first(caller, _rows(caller).filter(project__cases__tasks=task_id))
    allowed = _ask(found, verb, kind, task=task_id)
    if caller.scope.task is not None and not _in_hands(allowed[0], caller.scope):
        raise LinkOver()
    return allowed


def at_work(caller: Caller, task_id: UUID, verb: Verb, kind: Kind = Kind.TASK) -> Allowed:
    """As `on_task`, for an act that itself refuses tasks of other projects: who has only one isn't looked up again."""
    known = caller.memberships or ()
    if len(known) == 1 and caller.scope.task is None:
        found = _known(caller, list(known))
        if isinstance(may(found, verb, kind), Yes):
            return _ask(found, verb, kind)
    return on_task(caller, task_id, verb, kind)


def by_membership(
    caller: Caller, member_id: UUID, verb: Verb, kind: Kind, task_id: UUID | None = None
) -> Allowed:
    """The person as one of their memberships, for what is known to be of its project; NotFound if it isn't theirs.

    `task_id`: of the task that it is done on. Whether a token for that task is over is the asker's to look at.
    """
    if caller.memberships is None:
        return _ask(_first(caller, _rows(caller).filter(pk=member_id)), verb, kind, task=task_id)
    return _ask(
        _known(caller, [m for m in caller.memberships if m.pk == member_id]), verb, kind, task=task_id
    )


def on_report(caller: Caller, report_id: UUID, verb: Verb) -> Allowed:
    """The person as a member who may do this with a safety report; NotFound for an outsider."""
    case_id = SafetyReport.objects.filter(pk=report_id).values_list("case", flat=True).first()
    if case_id is None:
        raise NotFound("There is no such report.")
    found = _who_plays_a_part(caller, case_id)
    plays_part = getattr(found, "plays_part", False)
    return _ask(found, verb, Kind.SAFETY_REPORT, plays_part=plays_part, is_contact=is_contact(found))


def is_contact(member: Membership | None) -> bool:
    """Whether urgent and incidental findings of the project are this member's to acknowledge."""
    return member is not None and member in contacts(member.project_id)


def members_who_may(caller: Caller, verb: Verb, kind: Kind, slug: str | None = None) -> list[Membership]:
    """The person's memberships in which they may do this, oldest first; a project that is named must be among them."""
    if slug is not None:
        return [in_project(caller, slug, verb, kind)[0]]
    return [m for m in memberships_of(caller) if may(m, verb, kind)]


def projects_open_to(caller: Caller) -> QuerySet[Project]:
    """The projects of a person."""
    return Project.objects.filter(
        pk__in=[m.project_id for m in members_who_may(caller, Verb.SEE, Kind.PROJECT)]
    )


def cases_open_to(members: Iterable[Membership]) -> QuerySet[Case]:
    """The cases of the projects of members who may see cases, but those in which they play a part themselves.

    Probes are in no list: each is a showing of a case that is.
    """
    them = list(members)
    cases = without_probes(Case.objects.filter(project__in=[m.project_id for m in them]))
    return cases.exclude(plays_part(them, case="pk", prefix=""))


def reports_open_to(caller: Caller) -> QuerySet[Any]:
    """The safety reports that a person may see, each with its `words` (None once they were erased).

    The safety contact sees all of their project; staff none of a case in which they play a part.
    """
    mine = memberships_of(caller)
    called = [m for m in mine if may(m, Verb.SEE, Kind.SAFETY_REPORT, is_contact=True) and is_contact(m)]
    staff = [m for m in mine if m not in called and may(m, Verb.SEE, Kind.SAFETY_REPORT)]
    by_role = Q(case__project__in=[m.project_id for m in staff]) & ~plays_part(
        staff, case="case", prefix="case__"
    )
    words = Opening.objects.filter(commitment=OuterRef("text")).values("value")[:1]
    reports = SafetyReport.objects.filter(Q(case__project__in=[m.project_id for m in called]) | by_role)
    about = ("case__project", "reporter__user", "acknowledged_by__user", "acknowledged_event")
    return reports.select_related(*about).annotate(words=Subquery(words))


def plays_part(members: Iterable[Membership], *, case: str, prefix: str) -> Q:
    """What `may` is told of one case as `plays_part`, for many in one query."""
    part = Part.objects.filter(
        case=OuterRef(case), round=OuterRef(f"{prefix}round"), member__in=[m.pk for m in members]
    )
    return Q(Exists(part)) & ~Q(**{f"{prefix}state": State.FINAL})


def memberships_of(caller: Caller) -> list[Membership]:
    """A person's memberships, whatever their status, oldest first; where a token limits them, only those it is for.

    TokenScope for a token of one task, which is for no list.
    """
    if caller.scope.task is not None:
        raise TokenScope(caller.scope.sentence())
    known = caller.memberships
    found = list(_rows(caller).order_by("created_at", "id") if known is None else known)
    for member in found:
        member.scope = caller.scope
    return [member for member in found if caller.scope.within(member.project.slug)]


def _rows(caller: Caller) -> QuerySet[Membership]:
    return Membership.objects.select_related("project__log", "user").filter(user=caller.user)


def _in_hands(member: Membership, scope: Scope) -> bool:
    """Whether the member holds the token's task now, under the lease that the token was made under."""
    return _HOLDING.first(member.pk, scope.task, scope.lease) is not None


def _holding(member_id: UUID, task_id: UUID, lease: UUID) -> QuerySet[Membership]:
    held = {"tasks": task_id, "tasks__status": "leased", "tasks__token": lease}
    return Membership.objects.filter(pk=member_id, **held, tasks__lease_until__gt=Now())


_HOLDING: Final = Prepared(_holding, UUID, UUID, UUID)


def _first(caller: Caller, rows: QuerySet[Membership]) -> Membership | None:
    """The one membership, knowing how its person came."""
    return _known(caller, list(rows[:1]))


def _known(caller: Caller, rows: list[Membership]) -> Membership | None:
    found = rows[0] if rows else None
    if found is not None:
        found.scope = caller.scope
    return found


def _who_plays_a_part(caller: Caller, case_id: UUID) -> Membership | None:
    part = Part.objects.filter(case=case_id, member=OuterRef("pk"), round=F("case__round"))
    plays_part = Exists(part.exclude(case__state=State.FINAL))
    return _first(caller, _rows(caller).filter(project__cases=case_id).annotate(plays_part=plays_part))


def _ask(
    member: Membership | None,
    verb: Verb,
    kind: Kind,
    *,
    plays_part: bool = False,
    is_contact: bool = False,
    task: UUID | None = None,
) -> Allowed:
    answer = may(member, verb, kind, plays_part=plays_part, is_contact=is_contact, task=task)
    if isinstance(answer, Refusal):
        if answer.by_token:
            raise TokenScope(answer.reason)
        raise NotFound() if answer.hidden else NotAllowed(answer.reason)
    assert member is not None
    assert isinstance(answer, Yes)
    return member, answer.role
