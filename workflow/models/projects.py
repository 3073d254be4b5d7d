"""Projects, their people, and the two lines of versions that fix how labels are made."""

import secrets
import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from accounts.scopes import Scope
from audit.models import Content, Event, Log


class Role(models.TextChoices):
    """What a person may be in a project; several at once, but one part in each case's round."""

    ANNOTATOR = "annotator"
    JUNIOR_REVIEWER = "junior_reviewer"
    SENIOR_ARBITER = "senior_arbiter"
    MANAGER = "manager"
    AUDITOR = "auditor"


def new_actor_id() -> str:
    """A person's name in one project's log: 128 random bits, not linkable to another project."""
    return f"act_{secrets.token_hex(16)}"


def new_seed() -> str:
    """The root of a project's random draws; each draw's own seed is derived from it and recorded."""
    return secrets.token_hex(32)


class Project(models.Model):
    """One truthing effort with one guideline line, one protocol line and its people."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    time_zone = models.CharField(max_length=60, default="UTC")
    settings = models.JSONField(default=dict)
    seed = models.CharField(max_length=64, default=new_seed)
    log = models.OneToOneField(Log, models.PROTECT)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person in a project: roles, site, capacity, and their name in its log."""

    class Status(models.TextChoices):
        ACTIVE = "active"
        PAUSED = "paused"
        LEFT = "left"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices))
    site = models.CharField(max_length=40, blank=True)
    capacity_per_day = models.PositiveIntegerField(default=100)
    conflicts = ArrayField(
        models.CharField(max_length=40), default=list
    )  # sites whose cases they must not see
    safety_contact = models.BooleanField(default=False)  # told of urgent and incidental findings
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    actor_id = models.CharField(max_length=36, default=new_actor_id, unique=True)
    person = models.CharField(max_length=71)
    credentials = models.ForeignKey(Content, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    # Not a column: what the person may do as they came, by a token perhaps. `access` sets it, `may` insists on it.
    scope: Scope | None = None

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "user"], name="one_membership_per_person_and_project"),
            models.CheckConstraint(
                condition=models.Q(roles__contained_by=Role.values) & ~models.Q(roles=[]),
                name="membership_roles_are_known",
            ),
        ]

    def has(self, role: str) -> bool:
        """Whether this person holds `role` and may act now."""
        return self.status == self.Status.ACTIVE and role in self.roles


class Version(models.Model):
    """What guideline and protocol versions share: a draft becomes published, for ever, then retired."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"
        RETIRED = "retired"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="%(class)ss")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    draft = models.JSONField(null=True)
    content = models.ForeignKey(Content, models.PROTECT, null=True, related_name="+")
    change_note = models.TextField(blank=True)
    changes_meaning = models.BooleanField(default=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    event = models.ForeignKey(Event, models.PROTECT, to_field="event_id", null=True, related_name="+")

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "number"], name="%(class)s_number_is_unique"),
            models.UniqueConstraint(
                fields=["project"], condition=models.Q(status="published"), name="one_published_%(class)s"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status="draft", draft__isnull=False, content__isnull=True, event__isnull=True
                )
                | models.Q(
                    status__in=["published", "retired"],
                    content__isnull=False,
                    published_at__isnull=False,
                    published_by__isnull=False,
                    event__isnull=False,
                ),
                name="%(class)s_is_draft_or_published",
            ),
        ]


class GuidelineVersion(Version):
    """What a reader must know: instructions, label schema, examples. One digest."""


class ProtocolVersion(Version):
    """How reads become truth: reads, blinding, review, consensus, arbitration, bounds. One digest."""


class Acknowledgement(models.Model):
    """A member has read a guideline version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(Membership, models.PROTECT, related_name="acknowledgements")
    guideline = models.ForeignKey(GuidelineVersion, models.PROTECT, related_name="acknowledgements")
    event = models.OneToOneField(Event, models.PROTECT, to_field="event_id", related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "guideline"], name="acknowledged_once"),
        ]
