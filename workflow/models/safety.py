"""Urgent and incidental findings: reported at any tier, seen by the safety contact, never by another reader."""

import uuid
from typing import ClassVar

from django.db import models

from audit.models import Event

from .cases import Case
from .projects import Membership


class SafetyReport(models.Model):
    """A finding that somebody must know of now; only its acknowledgement and its escalation are added later."""

    class Kind(models.TextChoices):
        URGENT = "urgent"
        INCIDENTAL = "incidental"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="safety_reports")
    reporter = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    text = models.CharField(max_length=71)  # commitment; the words are its opening
    reported_at = models.DateTimeField()
    acknowledge_by = models.DateTimeField(null=True)
    event = models.OneToOneField(Event, models.PROTECT, to_field="event_id", related_name="+")
    acknowledged_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    acknowledged_event = models.ForeignKey(
        Event, models.PROTECT, to_field="event_id", null=True, related_name="+"
    )
    escalated_event = models.ForeignKey(
        Event, models.PROTECT, to_field="event_id", null=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(acknowledged_by__isnull=True, acknowledged_event__isnull=True)
                | models.Q(acknowledged_by__isnull=False, acknowledged_event__isnull=False),
                name="acknowledged_by_somebody_with_its_event",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["acknowledge_by"], condition=models.Q(acknowledged_by=None), name="safety_waiting"
            ),
        ]
