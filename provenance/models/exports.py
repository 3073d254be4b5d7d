"""Exports: who asked for which bundle, how far it is, and what came of it."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from audit.models import Event
from workflow.models import Membership, Project


class Export(models.Model):
    """One bundle. What it holds follows from its event and the checkpoint over it; this row only keeps track."""

    class Profile(models.TextChoices):
        FULL = "full"
        SUBSET = "subset"
        PSEUDONYMOUS = "pseudonymous"
        LABELS = "labels"  # no bundle: the labels as files of other formats

    class State(models.TextChoices):
        REQUESTED = "requested"  # until everything that was there is sealed
        RECORDED = "recorded"  # export.created is in the log and waits for a signed checkpoint
        PACKING = "packing"
        READY = "ready"
        EXPIRED = "expired"  # was ready; its file was deleted when its time was over
        WRITTEN = "written"  # by the command, to a place of the caller's
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="exports")
    profile = models.CharField(max_length=12, choices=Profile.choices)
    cases = ArrayField(models.UUIDField(), null=True)  # of a subset
    formats = ArrayField(models.CharField(max_length=8), null=True)  # of labels
    requested_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=20)
    request = models.JSONField(default=dict)  # where it was asked from, as its event will say
    auth = models.JSONField(null=True)
    requested_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    event = models.OneToOneField(Event, models.PROTECT, to_field="event_id", null=True, related_name="+")
    leaves = models.BigIntegerField(null=True)  # the checkpoint's size
    progress = models.PositiveSmallIntegerField(default=0)  # thousandths
    size = models.BigIntegerField(null=True)  # bytes
    sha256 = models.CharField(max_length=64, blank=True)
    fault_code = models.CharField(max_length=40, blank=True)
    fault = models.CharField(max_length=300, blank=True)
    tries = models.PositiveSmallIntegerField(
        default=0, db_default=0
    )  # that failed for a reason nobody expected
    # Attempts since one ended in order: whoever is killed while packing leaves theirs counted.
    begun = models.PositiveSmallIntegerField(default=0, db_default=0)
    retry_at = models.DateTimeField(null=True)  # not before
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(state="ready")
                | models.Q(sha256__regex="^[0-9a-f]{64}$", size__isnull=False, leaves__isnull=False),
                name="a_ready_export_has_its_digest",
            ),
            models.CheckConstraint(
                condition=models.Q(profile="subset") ^ models.Q(cases__isnull=True),
                name="a_subset_names_its_cases",
            ),
            models.CheckConstraint(
                condition=models.Q(profile="labels") ^ models.Q(formats__isnull=True),
                name="labels_name_their_formats",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["requested_at"],
                condition=models.Q(state__in=["requested", "recorded", "packing"]),
                name="export_unfinished",
            ),
        ]
