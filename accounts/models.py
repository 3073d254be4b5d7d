"""People, what they are qualified for, and the tokens that they let programs use."""

import hashlib
import secrets
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar, Final

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from accounts.scopes import Scope, scope_of

LONGEST_LINK: Final = timedelta(hours=8)


class User(AbstractUser):
    """A person. Deactivated, never deleted: the log keeps pointing at them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Somebody else knows the password: its person chooses their own before anything else.
    password_is_one_time = models.BooleanField(default=False, db_default=False)


class Credential(models.Model):
    """What a person is qualified for, in a span of time, and who verified it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="credentials")
    profession = models.CharField(max_length=80)
    specialty = models.CharField(max_length=80, blank=True)
    subspecialty = models.CharField(max_length=80, blank=True)
    board_certifications = models.JSONField(default=list, blank=True)
    years_experience = models.PositiveSmallIntegerField(default=0)
    years_experience_in_modality = models.PositiveSmallIntegerField(default=0)
    modalities = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    body_parts = ArrayField(models.CharField(max_length=40), default=list, blank=True, db_default=[])
    verified_by = models.CharField(max_length=120, blank=True)
    evidence_digest = models.CharField(max_length=71, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="credential_ends_after_it_begins",
            ),
        ]


class Token(models.Model):
    """A bearer token. Only its SHA-256 is kept; the token itself is shown once.

    `projects` (slugs) and `verbs` limit what it may do, None is no limit; `made_by` is the token that asked for it.
    `task` limits it to one task while that is in its person's hands under `lease` (the lease's token): so an outside
    viewer is let in (tasks/links.py). Tasks are above this package, so no foreign key says that there is one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=80)
    sha256 = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    projects = ArrayField(models.CharField(max_length=60), null=True)
    verbs = ArrayField(models.CharField(max_length=40), null=True)
    made_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="made")
    task = models.UUIDField(null=True)
    lease = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(models.Q(projects__isnull=True) | ~models.Q(projects=[]))
                & (models.Q(verbs__isnull=True) | ~models.Q(verbs=[])),
                name="token_may_something",
            ),
            models.CheckConstraint(
                condition=models.Q(task__isnull=True, lease__isnull=True)
                | models.Q(
                    task__isnull=False,
                    lease__isnull=False,
                    projects__isnull=False,
                    projects__len=1,
                    verbs__isnull=False,
                ),
                name="token_of_a_task_has_one_project",
            ),
            models.CheckConstraint(
                condition=models.Q(task__isnull=True)
                | models.Q(expires_at__lte=models.F("created_at") + LONGEST_LINK),
                name="token_of_a_task_is_short_lived",
            ),
        ]

    @property
    def scope(self) -> Scope:
        """What it is limited to."""
        return replace(scope_of(self.projects, self.verbs), task=self.task, lease=self.lease)


class SavedView(models.Model):
    """A person's own name for a way to look at a list of a project: its filter, sort and columns, as a query string.

    Private to them, as a filter may hold what they searched for. It grants nothing: the list asks as ever.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="saved_views")
    project = models.CharField(max_length=60)  # its slug, which never changes
    list = models.CharField(max_length=40)  # the name of its address
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=4000)
    opens_first = models.BooleanField(default=False)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "project", "list", "name"], name="one_view_per_name"),
            models.UniqueConstraint(
                fields=["user", "project", "list"],
                condition=models.Q(opens_first=True),
                name="one_view_opens_first",
            ),
        ]


class ShownColumns(models.Model):
    """Which columns of a list a person wants to see, in whatever project."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    list = models.CharField(max_length=40)
    columns = ArrayField(models.CharField(max_length=40))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "list"], name="columns_once_per_list"),
        ]


class Preference(models.Model):
    """What a person chose for every screen under a name, such as their keys; private to them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="preferences")
    name = models.CharField(max_length=40)
    value = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "name"], name="one_preference_per_name"),
        ]


TOKEN_PREFIX = "cns_"  # noqa: S105


def new_token_text() -> str:
    """A token of 256 random bits, with a prefix that secret scanners can find."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def token_hash(text: str) -> bytes:
    """Plain SHA-256 is enough: the input has 256 random bits, so there is nothing to guess."""
    return hashlib.sha256(text.encode()).digest()
