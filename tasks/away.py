"""When somebody is away or gone, their work goes to others; what only they could do closes, if they are gone."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from audit.log import Reason
from workflow import members
from workflow.acting import Acting, machine
from workflow.many_cases import on_cases
from workflow.models import Membership, Role
from workflow.unit import CaseUnit, on_case

from .assigning.handing_over import Change, hand_over
from .assigning.work import open_work
from .closing import CLOSABLE, close_part
from .models import Task
from .taking_back import out_of_hands

HELD = (Task.Status.RESERVED, Task.Status.LEASED)


@dataclass(frozen=True, slots=True)
class Hands:
    """What somebody has: reserved by a manager and not begun, in hand, and come back to them alone.

    closes: of what came back, what somebody else can begin anew; the rest (second looks) waits for them.
    """

    reserved: int
    in_hand: int
    returned: int
    closes: int


def in_hands_of(member: Membership) -> Hands:
    """What would go to others, close or wait if this person were away or gone. One query."""
    known = _held(member).exclude(status=Task.Status.RESERVED, turn__isnull=False)
    held = list(known.values_list("status", "bound", "kind"))
    bound = [kind for _, is_bound, kind in held if is_bound]
    return Hands(
        reserved=sum(status == Task.Status.RESERVED and not is_bound for status, is_bound, _ in held),
        in_hand=sum(status == Task.Status.LEASED and not is_bound for status, is_bound, _ in held),
        returned=len(bound),
        closes=sum(kind in CLOSABLE for kind in bound),
    )


def set_status(*, acting: Acting, member: Membership, status: str, reason: Reason) -> Membership:
    """Pause a person, let them work again, or let them leave, with the work that follows, in one transaction.

    Paused: what they have reserved or in hand is anybody's again, drafts are kept; what came back to them waits.
    Left: that closes as incomplete too, and a new planned read (or review) opens for anybody.
    """
    with transaction.atomic():
        member = members.set_status(acting=acting, member=member, status=status, reason=reason)
        if status != Membership.Status.ACTIVE:
            _pass_on(acting, member, reason, gone=status == Membership.Status.LEFT)
    return member


def close_account(*, acting: Acting, member: Membership, reason: Reason) -> None:
    """Close a person's account: they leave every project, and their work there goes to others."""
    with transaction.atomic():
        left = Membership.objects.filter(user=member.user_id).exclude(status=Membership.Status.LEFT)
        found = list(left.select_related("project__log", "user").order_by("project_id"))
        members.deactivate(acting=acting, user=member.user, reason=reason)
        for each in found:
            # A manager's name in one project's log must not appear in another's.
            same = each.project_id == acting.person().project_id
            _pass_on(acting if same else machine(acting.request), each, reason, gone=True)


def _pass_on(acting: Acting, member: Membership, reason: Reason, *, gone: bool) -> None:
    acting = acting.using(Role.MANAGER) if acting.member is not None else acting
    cases = list(_held(member).values_list("case_id", flat=True).distinct())
    with on_cases(acting, member.project, cases) as many:
        ids = _held(member).filter(bound=False, status=Task.Status.RESERVED).values_list("pk", flat=True)
        work = open_work(member.project, None, list(ids), len(cases) * 9 + 1, held_too=True)
        hand_over(many, [Change(one, None) for one in work], reason)
    rest = _held(member).order_by("case_id", "slot").values_list("case_id", "pk")
    for case_id, task_id in list(rest):
        with on_case(acting, case_id) as unit:
            _let_go_of(unit, task_id, reason, gone=gone)


def _let_go_of(unit: CaseUnit, task_id: UUID, reason: Reason, *, gone: bool) -> None:
    task = Task.objects.select_for_update(of=("self",)).select_related("holder").get(pk=task_id)
    if task.holder is None or task.status not in HELD:
        return
    if task.status == Task.Status.LEASED:
        out_of_hands(unit, task, task.holder, reason)
    if gone and task.bound and task.kind in CLOSABLE:
        close_part(unit, task, reason)


def _held(member: Membership) -> QuerySet[Task]:
    return Task.objects.filter(holder=member, status__in=HELD)
