"""The people of a project: who they are in it, what qualifies them, and what its managers change about that."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_in_project
from api.fields import Input
from api.idempotency import ShownOnce, changing
from api.memberfile import (
    AdmitIn,
    AdmittedOut,
    CredentialIn,
    DeclareIn,
    DisqualifyIn,
    ImpactOut,
    MemberDetailOut,
    MemberOut,
    RolesIn,
    SinceIn,
    TrainingIn,
    WhyIn,
)
from api.pagination import Cursor
from audit.log import Reason
from tasks import away
from tasks.disqualifying import disqualify, impact_of
from workflow import members
from workflow.acting import Acting
from workflow.admitting import NewAccount, Place, admit, admit_new
from workflow.models import Membership
from workflow.on_member import member_of
from workflow.permissions import Kind, Verb
from workflow.queries import members_of

from .base import View, operation


class Members(View):
    """Everybody in a project."""

    pagination_class = Cursor

    @operation(operation_id="list_members", responses=MemberOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The people of a project, in the order in which they came; those who left are there too."""
        acting = acting_in_project(request, slug, Verb.SEE, Kind.MEMBER)
        return self.page(request, members_of(acting.person().project), MemberOut)

    @operation(operation_id="admit_member", request=AdmitIn, responses={201: AdmittedOut})
    @changing
    def post(self, request: Request, slug: str) -> Response:
        """Let a person in, by the user name of an account or with a new account."""
        acting = acting_in_project(request, slug, Verb.ADMIT, Kind.MEMBER)
        given = self.given(request, AdmitIn)
        new, username = given.pop("new_account"), given.pop("username")
        shown: Any
        if new is None:
            shown = admit(acting=acting, username=username, place=Place(**given))
            shown.password = None
        else:
            account = NewAccount(username, **new)
            shown, shown.password = admit_new(acting=acting, account=account, place=Place(**given))
        return ShownOnce(AdmittedOut(shown).data, secrets=["password"], status=201)


class MemberDetail(View):
    """One person."""

    @operation(operation_id="get_member", responses=MemberDetailOut)
    def get(self, request: Request, slug: str, member_id: UUID) -> Response:
        """A person in full: credentials, training, and the snapshot that the log cites."""
        acting = acting_in_project(request, slug, Verb.SEE, Kind.MEMBER)
        return Response(MemberDetailOut(member_of(acting, member_id)).data)


class MemberImpact(View):
    """What stands on a person's work."""

    @operation(operation_id="get_member_impact", parameters=[SinceIn], responses=ImpactOut)
    def get(self, request: Request, slug: str, member_id: UUID) -> Response:
        """What disqualifying a person from a day on would touch, and what would be done again."""
        acting = acting_in_project(request, slug, Verb.SEE, Kind.OVERVIEW)
        since = self.asked(request, SinceIn)["since"]
        return Response(ImpactOut(impact_of(member_of(acting, member_id), since)).data)


@dataclass(frozen=True, slots=True)
class Act:
    """What a manager may do about a person: its address, who may, what it takes, what it does, what it says."""

    name: str
    verb: Verb
    form: type[Input]
    do: Callable[[Acting, Membership, dict[str, Any]], object]
    sentence: str


def _status(status: str) -> Callable[[Acting, Membership, dict[str, Any]], object]:
    return lambda acting, member, given: away.set_status(
        acting=acting, member=member, status=status, reason=Reason(given["reason_code"], given["note"])
    )


def _qualify(acting: Acting, member: Membership, given: dict[str, Any]) -> object:
    boards = [dict(board) for board in given.pop("board_certifications")]
    return members.add_credential(acting=acting, user=member.user, board_certifications=boards, **given)


ACTS: Final = (
    Act(
        "roles",
        Verb.CHANGE_ROLES,
        RolesIn,
        lambda acting, member, given: members.change_roles(acting=acting, member=member, **given),
        "Grant and revoke roles. The last manager keeps theirs.",
    ),
    Act(
        "declare",
        Verb.DECLARE,
        DeclareIn,
        lambda acting, member, given: members.declare(acting=acting, member=member, **given),
        "State a person's conflicts of interest, daily capacity, or that they are told of urgent findings.",
    ),
    Act(
        "pause",
        Verb.SET_STATUS,
        WhyIn,
        _status("paused"),
        "Let a person take no work for a while. What they have not begun or hold goes to others; returned work waits.",
    ),
    Act("resume", Verb.SET_STATUS, WhyIn, _status("active"), "Let a person work again."),
    Act(
        "leave",
        Verb.SET_STATUS,
        WhyIn,
        _status("left"),
        "Let a person leave; their work and name in the log stay. What they hold goes to others, returned reads close "
        "as incomplete, and new ones open.",
    ),
    Act(
        "disqualify",
        Verb.SET_STATUS,
        DisqualifyIn,
        lambda acting, member, given: disqualify(
            acting=acting,
            member=member,
            since=given["since"],
            reread=given["reread"],
            reason=Reason(given["reason_code"], given["note"]),
        ),
        "Let a person leave because their work from a day on must not stand, and have it done again.",
    ),
    Act(
        "credentials",
        Verb.QUALIFY,
        CredentialIn,
        _qualify,
        "Add a credential; from now on it is cited in every project that the person is in.",
    ),
    Act(
        "training",
        Verb.TRAIN,
        TrainingIn,
        lambda acting, member, given: members.record_training(acting=acting, member=member, **given),
        "Record that a person completed training.",
    ),
    Act(
        "close",
        Verb.CLOSE,
        WhyIn,
        lambda acting, member, given: away.close_account(
            acting=acting, member=member, reason=Reason(given["reason_code"], given["note"])
        ),
        "Close a person's account: sign-in and tokens end. Only for whoever manages all projects of the person.",
    ),
)


def view_of(act: Act) -> type[View]:
    """The view of an act: ask, do it, and show the person as they are now."""

    class ActOnMember(View):
        @operation(
            operation_id=f"{act.name}_member",
            description=act.sentence,
            request=act.form,
            responses=MemberDetailOut,
        )
        @changing
        def post(self, request: Request, slug: str, member_id: UUID) -> Response:
            acting = acting_in_project(request, slug, act.verb, Kind.MEMBER)
            act.do(acting, member_of(acting, member_id), self.given(request, act.form))
            return Response(MemberDetailOut(member_of(acting, member_id)).data)

    return ActOnMember
