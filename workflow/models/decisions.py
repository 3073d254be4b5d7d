"""What people and the consensus engine decided. Rows here are written once and never changed."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from audit.models import Content, Event

from .cases import Case
from .projects import Membership


class Decision(models.Model):
    """What every decision has: its case and round, and the event that recorded it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.PositiveSmallIntegerField()
    event = models.OneToOneField(Event, models.PROTECT, to_field="event_id", related_name="+")

    class Meta:
        abstract = True


class Read(Decision):
    """One person's independent labels in a round. A rework is a new revision."""

    class Kind(models.TextChoices):
        PLANNED = "planned"
        CONDITIONAL = "conditional"
        SAME_READER = "same_reader"
        SECOND_LOOK = "second_look"
        FIRST_LOOK = "first_look"  # the arbiter's own, before anything is revealed; slot 0

    case = models.ForeignKey(Case, models.PROTECT, related_name="reads")
    slot = models.PositiveSmallIntegerField()
    revision = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    member = models.ForeignKey(Membership, models.PROTECT, related_name="reads")
    task_id = models.UUIDField()
    content = models.ForeignKey(Content, models.PROTECT, related_name="+")
    display = models.ForeignKey(Content, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "round", "slot", "revision"], name="one_read_per_revision"
            ),
            models.CheckConstraint(condition=models.Q(revision__gte=1), name="revisions_begin_at_one"),
        ]


class Recall(Decision):
    """An author took a read back before the next person opened it."""

    read = models.OneToOneField(Read, models.PROTECT, related_name="recall")


class Review(Decision):
    """A junior reviewer's verdict on a read; the read itself stays as it is."""

    class Verdict(models.TextChoices):
        ACCEPT = "accept"
        CORRECT = "correct"
        RETURN = "return"
        ESCALATE = "escalate"
        WAIVED = "waived"

    case = models.ForeignKey(Case, models.PROTECT, related_name="reviews")
    read = models.OneToOneField(Read, models.PROTECT, related_name="review")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reviewer = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="reviews")
    correction = models.ForeignKey(Content, models.PROTECT, null=True, related_name="+")
    comments = models.ForeignKey(Content, models.PROTECT, null=True, related_name="+")
    reason_code = models.CharField(max_length=60, blank=True)
    during = (
        models.PositiveSmallIntegerField()
    )  # the case's `passes` then: a return acts once the case went back

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(verdict="waived") ^ models.Q(reviewer__isnull=False),
                name="a_verdict_has_a_reviewer_unless_waived",
            ),
            models.CheckConstraint(
                condition=models.Q(verdict="correct") ^ models.Q(correction__isnull=True),
                name="a_correction_is_kept_with_its_verdict",
            ),
        ]


class ConsensusReport(Decision):
    """The computed comparison of the reads: metrics, parameters, engine version, inputs."""

    class Outcome(models.TextChoices):
        ACCEPT = "accept"
        REQUEST_READ = "request_read"
        ESCALATE = "escalate"

    case = models.ForeignKey(Case, models.PROTECT, related_name="consensus_reports")
    sequence = models.PositiveSmallIntegerField()
    second_look = models.PositiveSmallIntegerField(default=0)  # how many second looks went before it
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    sampled = models.BooleanField(default=False)
    read_ids = ArrayField(models.UUIDField())
    content = models.ForeignKey(Content, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "round", "sequence"], name="one_report_per_sequence"),
        ]


class Arbitration(Decision):
    """A senior's decision, with its reason."""

    class Outcome(models.TextChoices):
        DECIDED = "decided"
        EQUIVOCAL = "equivocal"
        SENT_BACK = "sent_back"

    case = models.ForeignKey(Case, models.PROTECT, related_name="arbitrations")
    arbiter = models.ForeignKey(Membership, models.PROTECT, related_name="arbitrations")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    content = models.ForeignKey(Content, models.PROTECT, related_name="+")
    reason_code = models.CharField(max_length=60)
    rework = ArrayField(models.UUIDField(), default=list)  # reads to rework, when sent back

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "round"],
                condition=models.Q(outcome="sent_back"),
                name="sent_back_once_per_round",
            ),
        ]


class ReferenceLabel(Decision):
    """The case's released answer; a later version supersedes it, none is deleted."""

    class Status(models.TextChoices):
        DETERMINED = "determined"
        EQUIVOCAL = "equivocal"

    case = models.ForeignKey(Case, models.PROTECT, related_name="labels")
    version = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices)
    settled_by = models.CharField(max_length=20)  # consensus | arbitration
    content = models.ForeignKey(Content, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "version"], name="one_label_per_version"),
            models.UniqueConstraint(fields=["case", "round"], name="one_label_per_round"),
        ]
