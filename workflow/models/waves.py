"""Waves: batches of cases with a target per stratum, opened and closed by the manager."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from audit.models import Event

from .projects import Project


class Wave(models.Model):
    """A batch of cases that begin together. Once one of them began, all but its status is fixed."""

    class Status(models.TextChoices):
        PLANNED = "planned"
        OPEN = "open"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="waves")
    name = models.CharField(max_length=60)
    pilot = models.BooleanField(default=False)  # its reads never count
    strata = models.JSONField(default=list)  # [{"where": {stratum: value}, "target": n, "quota": n or null}]
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.PLANNED)
    created_at = models.DateTimeField(default=timezone.now)
    event = models.ForeignKey(Event, models.PROTECT, to_field="event_id", related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "name"], name="wave_name_is_unique_in_project"),
            models.CheckConstraint(
                condition=models.Q(status__in=["planned", "open", "closed"]), name="wave_status_is_known"
            ),
        ]
