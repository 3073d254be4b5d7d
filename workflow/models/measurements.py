"""What was computed from a project's decisions and may be computed again at any time: no record, only a copy."""

import uuid
from typing import ClassVar

from django.db import models

from .projects import Project


class Measurement(models.Model):
    """A document computed from a project: its agreement, its monitors, its what-if table.

    `inputs` is a digest of what it rests on, so that it is known when it is out of date. `wanted_at` is set
    while somebody waits for it; `failed` says, in words without data, why it could not be computed.
    """

    class Kind(models.TextChoices):
        AGREEMENT = "agreement"
        MONITOR = "monitor"
        WHAT_IF = "what_if"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="measurements")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    conditions = models.JSONField(default=dict)
    conditions_key = models.CharField(max_length=64)
    inputs = models.CharField(max_length=64, blank=True)
    wanted_at = models.DateTimeField(null=True)
    computed_at = models.DateTimeField(null=True)
    document = models.JSONField(null=True)
    failed = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "kind", "conditions_key"], name="one_measurement_per_conditions"
            ),
            models.CheckConstraint(
                condition=models.Q(document__isnull=True) ^ models.Q(computed_at__isnull=False),
                name="a_measurement_says_when_it_was_computed",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["wanted_at"], condition=models.Q(wanted_at__isnull=False), name="measurements_wanted"
            ),
        ]
