"""Probes: what is known of a case beforehand, whom it is shown to, and how they did."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from audit.models import Content, Event

from .cases import Case
from .decisions import Read
from .projects import Membership, Project


class GoldItem(models.Model):
    """A case whose answer is known, to be shown as a control or in calibration; only retiring it changes it."""

    class Use(models.TextChoices):
        GOLD = "gold"  # mixed in, unknown to the reader
        CALIBRATION = "calibration"  # worked through openly, with feedback after each

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="gold_items")
    source_case = models.ForeignKey(Case, models.PROTECT, related_name="gold_items")
    use = models.CharField(max_length=11, choices=Use.choices, default=Use.GOLD)
    position = models.PositiveIntegerField(
        default=0
    )  # of calibration: the order in which it is worked through
    content = models.ForeignKey(Content, models.PROTECT, related_name="+")  # the answer, and the reasoning
    created_at = models.DateTimeField(default=timezone.now)
    event = models.ForeignKey(Event, models.PROTECT, to_field="event_id", related_name="+")
    retired_event = models.ForeignKey(Event, models.PROTECT, to_field="event_id", null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source_case", "use"],
                condition=models.Q(retired_event__isnull=True),
                name="a_case_is_gold_once",
            ),
        ]


class Probe(models.Model):
    """One person's showing of a case; written once, with the event of the case that shows it."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="probe")
    member = models.ForeignKey(Membership, models.PROTECT, related_name="probes")
    item = models.ForeignKey(GoldItem, models.PROTECT, null=True, related_name="showings")
    earlier = models.ForeignKey(Read, models.PROTECT, null=True, related_name="+")  # of a repeat: their own
    turn = models.PositiveIntegerField(null=True)  # after how many claims of theirs it is offered
    draw = models.JSONField(null=True)  # how the turn was drawn, to be repeated from its seed
    event = models.OneToOneField(Event, models.PROTECT, to_field="event_id", related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(item__isnull=True) ^ models.Q(earlier__isnull=True),
                name="a_probe_knows_its_answer",
            ),
            models.UniqueConstraint(
                fields=["member", "turn"],
                condition=models.Q(turn__isnull=False),
                name="one_probe_per_turn",
            ),
        ]


class ProbeDue(models.Model):
    """When a probe's read is scored: not at once, so that it can be recalled for as long as any other."""

    read = models.OneToOneField(Read, models.PROTECT, primary_key=True, related_name="+")
    due_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["due_at"], name="probe_due")]


class ProbeScore(models.Model):
    """How a person did on a probe: written once, with its event."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="probe_score")
    member = models.ForeignKey(Membership, models.PROTECT, related_name="probe_scores")
    read = models.OneToOneField(Read, models.PROTECT, related_name="+")
    passed = models.BooleanField()
    low = models.BooleanField(default=False)  # whether the reader stood low after it
    content = models.ForeignKey(Content, models.PROTECT, related_name="+")
    scored_at = models.DateTimeField()
    event = models.OneToOneField(Event, models.PROTECT, to_field="event_id", related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["member", "scored_at"], name="score_of_member")]
