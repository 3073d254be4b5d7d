"""The people of a project: who they are in it, what qualifies them, and what its managers change about that."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Credential
from api.access import acting_in_project
from api.fields import AnyObject, Input, Text, Truth, Whole, reason_code
from api.idempotency import ShownOnce, changing
from api.pagination import Cursor
from audit.log import Reason
from workflow import members
from workflow.acting import Acting
from workflow.admitting import NewAccount, Place, admit, admit_new
from workflow.models import Membership, Role, Training
from workflow.on_member import member_of
from workflow.permissions import Kind, Verb
from workflow.queries import members_of

from .base import View, operation

DIGEST = r"^sha256:[0-9a-f]{64}$"


class MemberOut(serializers.ModelSerializer[Membership]):
    """A person in a project; `actor_id` is their name in its log."""

    username = serializers.CharField(source="user.username")
    name = serializers.CharField(source="user.get_full_name")
    roles = serializers.ListField(child=serializers.CharField())
    conflicts = serializers.ListField(
        child=serializers.CharField(), help_text="Sites whose cases they don't get."
    )

    class Meta:
        model = Membership
        fields: tuple[str, ...] = (
            "id", "actor_id", "username", "name", "roles", "status", "site", "capacity_per_day", "conflicts",
            "safety_contact", "created_at",
        )  # fmt: skip


class CredentialOut(serializers.ModelSerializer[Credential]):
    """What a person is qualified for, in a span of time, and who verified it."""

    board_certifications = serializers.ListField(child=AnyObject())
    modalities = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Credential
        fields = (
            "id", "profession", "specialty", "subspecialty", "board_certifications", "years_experience",
            "years_experience_in_modality", "modalities", "verified_by", "evidence_digest", "valid_from", "valid_to",
        )  # fmt: skip


class TrainingOut(serializers.ModelSerializer[Training]):
    """Training that a person completed; the material is content under its digest."""

    material = serializers.CharField(source="material_id")

    class Meta:
        model = Training
        fields = ("id", "material", "completed_at", "score", "passed")


class MemberDetailOut(MemberOut):
    """A person with their credentials, their training, and the snapshot that the log cites now."""

    credential_snapshot = serializers.CharField(source="credentials_id", allow_null=True)
    credentials = serializers.SerializerMethodField()
    training = serializers.SerializerMethodField()

    class Meta(MemberOut.Meta):
        fields = (*MemberOut.Meta.fields, "credential_snapshot", "credentials", "training")

    @extend_schema_field(CredentialOut(many=True))
    def get_credentials(self, member: Membership) -> list[dict[str, Any]]:
        """All that they ever held, the newest first."""
        held = Credential.objects.filter(user=member.user_id).order_by("-valid_from", "id")
        return list(CredentialOut(held, many=True).data)

    @extend_schema_field(TrainingOut(many=True))
    def get_training(self, member: Membership) -> list[dict[str, Any]]:
        """What they completed for this project, the newest first."""
        done = Training.objects.filter(member=member).order_by("-completed_at", "id")
        return list(TrainingOut(done, many=True).data)


class AdmittedOut(MemberDetailOut):
    """The person who was let in, and the password of a new account."""

    password = serializers.CharField(
        allow_null=True,
        help_text="Of a new account; shown once, and null when the request is answered again.",
    )

    class Meta(MemberDetailOut.Meta):
        fields = (*MemberDetailOut.Meta.fields, "password")


class NewAccountIn(Input):
    """Who the new person is."""

    first_name = Text(max_length=150, required=False, allow_blank=True, default="")
    last_name = Text(max_length=150, required=False, allow_blank=True, default="")
    email = Text(max_length=254, required=False, allow_blank=True, default="")


class AdmitIn(Input):
    """Whom to let in, and as what. With `new_account` the user name is a new one, and gets a password."""

    username = Text(max_length=150)
    roles = serializers.ListField(child=serializers.ChoiceField(Role.choices), min_length=1, max_length=10)
    site = Text(max_length=members.LONGEST_SITE, required=False, allow_blank=True, default="")
    capacity_per_day = Whole(min_value=0, max_value=members.MOST_PER_DAY, required=False, default=100)
    new_account = NewAccountIn(required=False, allow_null=True, default=None)


class RolesIn(Input):
    """The roles from now on, all of them."""

    roles = serializers.ListField(child=serializers.ChoiceField(Role.choices), min_length=1, max_length=10)
    reason = Text(max_length=4000, required=False, allow_blank=True, default="")


class DeclareIn(Input):
    """What is declared from now on; what is left out stays as it is."""

    conflicts = serializers.ListField(
        child=Text(max_length=members.LONGEST_SITE), required=False, max_length=200
    )
    capacity_per_day = Whole(min_value=0, max_value=members.MOST_PER_DAY, required=False)
    safety_contact = Truth(required=False)


class WhyIn(Input):
    """Why: a code, and words of which the log keeps only a commitment."""

    reason_code = reason_code()
    note = Text(max_length=4000, required=False, allow_blank=True, default="")


class BoardIn(Input):
    """A board certification."""

    body = Text(max_length=200)
    country = serializers.RegexField(r"^[A-Z]{2}$", help_text="ISO 3166-1 alpha-2")
    year = Whole(min_value=1900, max_value=2200)
    verified_by = Text(max_length=200, required=False, allow_null=True, default=None)
    evidence_digest = serializers.RegexField(DIGEST, required=False, allow_null=True, default=None)


class CredentialIn(Input):
    """A credential that the manager verified."""

    profession = Text(max_length=80)
    specialty = Text(max_length=80, required=False, allow_blank=True, default="")
    subspecialty = Text(max_length=80, required=False, allow_blank=True, default="")
    board_certifications = BoardIn(many=True, required=False, max_length=20, default=list)  # type: ignore[call-arg]
    years_experience = Whole(min_value=0, max_value=80, required=False, default=0)
    years_experience_in_modality = Whole(min_value=0, max_value=80, required=False, default=0)
    modalities = serializers.ListField(child=Text(max_length=16), required=False, max_length=40, default=list)
    verified_by = Text(max_length=120, required=False, allow_blank=True, default="")
    evidence_digest = serializers.RegexField(DIGEST, required=False, allow_blank=True, default="")
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(required=False, allow_null=True, default=None)


class TrainingIn(Input):
    """Training that was completed: its material as a JSON document, kept as content."""

    material = AnyObject()
    completed_at = serializers.DateTimeField()
    score = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=0, required=False, allow_null=True, default=None
    )
    passed = Truth()


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
        return ShownOnce(AdmittedOut(shown).data, secret="password", status=201)  # noqa: S106


class MemberDetail(View):
    """One person."""

    @operation(operation_id="get_member", responses=MemberDetailOut)
    def get(self, request: Request, slug: str, member_id: UUID) -> Response:
        """A person in full: credentials, training, and the snapshot that the log cites."""
        acting = acting_in_project(request, slug, Verb.SEE, Kind.MEMBER)
        return Response(MemberDetailOut(member_of(acting, member_id)).data)


@dataclass(frozen=True, slots=True)
class Act:
    """What a manager may do about a person: its address, who may, what it takes, what it does, what it says."""

    name: str
    verb: Verb
    form: type[Input]
    do: Callable[[Acting, Membership, dict[str, Any]], object]
    sentence: str


def _status(status: str) -> Callable[[Acting, Membership, dict[str, Any]], object]:
    return lambda acting, member, given: members.set_status(
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
    Act("pause", Verb.SET_STATUS, WhyIn, _status("paused"), "Let a person take no work for a while."),
    Act("resume", Verb.SET_STATUS, WhyIn, _status("active"), "Let a person work again."),
    Act(
        "leave",
        Verb.SET_STATUS,
        WhyIn,
        _status("left"),
        "Let a person leave; their work and name in the log stay.",
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
        lambda acting, member, given: members.deactivate(
            acting=acting, user=member.user, reason=Reason(given["reason_code"], given["note"])
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
