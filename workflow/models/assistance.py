"""Models as readers: what they say of cases, what people had said before they saw it, and what they made of it."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from audit.models import Content, Event

from .cases import Case
from .decisions import Decision, Read
from .projects import Membership, Project


class ReaderModel(models.Model):
    """A model that reads in a project: one file under one digest; only retiring it changes it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="reader_models")
    name = models.CharField(max_length=120)
    version = models.CharField(max_length=60)
    digest = models.CharField(max_length=71)  # of its file or weights, as its manager says
    intended_use = models.TextField(max_length=2000)
    content = models.ForeignKey(Content, models.PROTECT, related_name="+")  # all of this, as its event has it
    created_at = models.DateTimeField(default=timezone.now)
    event = models.ForeignKey(Event, models.PROTECT, to_field="event_id", related_name="+")
    retired_event = models.ForeignKey(Event, models.PROTECT, to_field="event_id", null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "name", "version"], name="model_version_is_registered_once"
            ),
            models.UniqueConstraint(fields=["project", "digest"], name="model_file_is_registered_once"),
            models.CheckConstraint(
                condition=models.Q(digest__regex=r"^sha256:[0-9a-f]{64}$"), name="model_digest_is_a_sha256"
            ),
        ]


class Prediction(models.Model):
    """What a model says of a case: the first that came, for ever; written once, with an event of the case."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    model = models.ForeignKey(ReaderModel, models.PROTECT, related_name="predictions")
    case = models.ForeignKey(Case, models.PROTECT, related_name="predictions")
    attached_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    content = models.ForeignKey(Content, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    event = models.OneToOneField(Event, models.PROTECT, to_field="event_id", related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["model", "case"], name="one_prediction_per_model_and_case"),
        ]


class Commitment(Decision):
    """What a reader said alone of a case, before a model's marks were shown to them; written once, then they see them.

    It is no read: it moves nothing, and only what its reader submits afterwards is reviewed and compared.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="commitments")
    slot = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=Read.Kind.choices)
    member = models.ForeignKey(Membership, models.PROTECT, related_name="commitments")
    task_id = models.UUIDField()
    content = models.ForeignKey(Content, models.PROTECT, related_name="+")  # the labels, whole
    display = models.ForeignKey(Content, models.PROTECT, related_name="+")  # without any model's marks
    started_at = models.DateTimeField()
    committed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "round", "member"], name="commitment_is_made_once"),
        ]


class Assistance(models.Model):
    """That a read was made with a model's marks on the page, and what became of them; written once, with the read."""

    class Manner(models.TextChoices):
        AS_START = "as_start"  # from the beginning
        AFTER_COMMITMENT = "after_commitment"  # once the reader's own labels were in

    class Shift(models.TextChoices):
        """How the read differs from what its reader had committed to: in what differs from the model, all in all."""

        UNCHANGED = "unchanged"  # the same labels
        TOWARDS = "towards"  # less of it differs from the model
        AWAY = "away"  # more does
        NEITHER = "neither"  # as much does

    read = models.OneToOneField(Read, models.PROTECT, primary_key=True, related_name="assistance")
    prediction = models.ForeignKey(Prediction, models.PROTECT, related_name="assistances")
    manner = models.CharField(max_length=16, choices=Manner.choices)
    content = models.ForeignKey(Content, models.PROTECT, related_name="+")  # mark by mark
    kept = models.PositiveIntegerField()  # of the model's findings
    changed = models.PositiveIntegerField()
    dropped = models.PositiveIntegerField()
    added = models.PositiveIntegerField()  # by the reader
    commitment = models.ForeignKey(Commitment, models.PROTECT, null=True, related_name="assistances")
    shift = models.CharField(max_length=10, choices=Shift.choices, blank=True, default="", db_default="")
    event = models.OneToOneField(Event, models.PROTECT, to_field="event_id", related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(manner__in=["as_start", "after_commitment"]),
                name="manner_of_assistance_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    manner="after_commitment",
                    commitment__isnull=False,
                    shift__in=["unchanged", "towards", "away", "neither"],
                )
                | models.Q(manner="as_start", commitment__isnull=True, shift=""),
                name="commitment_goes_with_its_manner",
            ),
        ]
