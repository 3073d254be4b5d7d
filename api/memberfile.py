"""What the API shows of a project's people, and the form of what managers send about them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Credential
from workflow import members
from workflow.models import Membership, Role, Training

from .fields import AnyObject, Input, Text, Truth, Whole, reason_code

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
    body_parts = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Credential
        fields = (
            "id", "profession", "specialty", "subspecialty", "board_certifications", "years_experience",
            "years_experience_in_modality", "modalities", "body_parts", "verified_by", "evidence_digest", "valid_from",
            "valid_to",
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


class DisqualifyIn(WhyIn):
    """From which day on somebody's work must not stand, and whether others do it again at once."""

    since = serializers.DateField()
    reread = Truth(default=True)


class SinceIn(Input):
    """From which day on."""

    since = serializers.DateField()


class ImpactOut(serializers.Serializer[Any]):
    """What somebody did from a moment on, the cases that it touches by state, and what would be done again.

    labels: those in force in whose round they took part. reopened: final cases that begin a new round with new
    readers. reread: cases that are still being read, whose read is replaced. later: the rest, left to a manager.
    """

    since = serializers.DateTimeField()
    reads = serializers.IntegerField()
    reviews = serializers.IntegerField()
    arbitrations = serializers.IntegerField()
    states = serializers.DictField(child=serializers.IntegerField())
    labels = serializers.IntegerField()
    reopened = serializers.ListField(child=serializers.UUIDField())
    reread = serializers.ListField(child=serializers.UUIDField())
    later = serializers.ListField(child=serializers.UUIDField())


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
    body_parts = serializers.ListField(child=Text(max_length=40), required=False, max_length=40, default=list)
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
