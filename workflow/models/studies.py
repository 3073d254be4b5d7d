"""Images: what an import brought, row by row, and the studies, series and instances that came of it.

Only de-identified facts are here. Who a pseudonym is lies sealed in the vault; file names are kept nowhere.
"""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from audit.models import Event

from .cases import Case
from .projects import Membership, Project


class ImportBatch(models.Model):
    """Files that come in together: received, then taken in by a job; withdrawn as one until the first claim."""

    class State(models.TextChoices):
        RECEIVING = "receiving"
        WAITING = "waiting"  # everything is here; the machine takes it in
        DONE = "done"
        WITHDRAWN = "withdrawn"

    class Unit(models.TextChoices):
        STUDY = "study"  # each study becomes a case
        SERIES = "series"  # each series does
        LIST = "list"  # each row of the manifest does, with the series that it lists

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="imports")
    requested_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    unit = models.CharField(max_length=6, choices=Unit.choices, default=Unit.STUDY)
    split = models.CharField(max_length=5, blank=True)  # of cases that no row of a manifest names
    has_manifest = models.BooleanField(default=False)
    options = models.JSONField(default=dict)  # of de-identification, as they were when it was opened
    state = models.CharField(max_length=9, choices=State.choices, default=State.RECEIVING)
    finished_at = models.DateTimeField(null=True)
    event = models.ForeignKey(Event, models.PROTECT, to_field="event_id", null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=["receiving", "waiting", "done", "withdrawn"]),
                name="import_state_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(split__in=["", "train", "tune", "test"]), name="import_split_is_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["created_at"], condition=models.Q(state="waiting"), name="import_waiting"),
            models.Index(fields=["project", "created_at"], name="import_by_time"),
        ]


class ImportRow(models.Model):
    """A case that the manifest wants, or that a study without a manifest becomes; its images by pseudonym."""

    class Result(models.TextChoices):
        WAITING = "waiting"
        REGISTERED = "registered"
        EXISTS = "exists"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField()  # its line in the manifest, or a count
    external_ref = models.CharField(max_length=200)
    patient_key = models.CharField(max_length=200, blank=True)  # blank: the patient's pseudonym
    split = models.CharField(max_length=5, blank=True)
    priority = models.SmallIntegerField(default=0)
    wave = models.CharField(max_length=60, blank=True)
    needs = ArrayField(models.CharField(max_length=120), default=list)
    strata = models.JSONField(default=dict)
    shown = models.JSONField(default=dict)
    images = models.JSONField(
        default=list
    )  # [{"study": uid, "series": [uid, …] or [], "role": current|prior}]
    gold = models.JSONField(null=True)  # the labels that are known of it
    truth = models.BinaryField(null=True)  # sealed
    result = models.CharField(max_length=10, choices=Result.choices, default=Result.WAITING)
    faults = models.JSONField(default=list)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "number"], name="import_rows_are_numbered"),
            models.UniqueConstraint(fields=["batch", "external_ref"], name="import_names_a_case_once"),
        ]


class Study(models.Model):
    """A study under its pseudonym; written once, deleted only with the withdrawal of the batch that brought it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="studies")
    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="studies")
    uid = models.CharField(max_length=64)
    patient = models.CharField(max_length=64)
    synthetic = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "uid"], name="study_is_there_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["project", "patient"], name="study_by_patient")]


class Series(models.Model):
    """A series under its pseudonym."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="series")
    study = models.ForeignKey(Study, models.PROTECT, related_name="series")
    uid = models.CharField(max_length=64)
    modality = models.CharField(max_length=16, blank=True)

    class Meta:
        verbose_name_plural = "series"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["study", "uid"], name="series_is_there_once"),
        ]


class Instance(models.Model):
    """One stored file: what it is, where its frames lie in it, what was measured on its pixels."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="instances")
    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="instances")
    series = models.ForeignKey(Series, models.PROTECT, related_name="instances")
    uid = models.CharField(max_length=64)
    original_digest = models.CharField(max_length=71)  # of the file that came in, which is not kept
    digest = models.CharField(max_length=71)  # of the stored file
    size = models.BigIntegerField()
    frames = models.JSONField(default=list)  # [[offset, length], …] in the stored file, in bytes
    facts = models.JSONField(default=dict)
    measures = models.JSONField(default=dict)
    likeness = models.BigIntegerField(null=True)  # 64 bits, of the middle frame; null if it shows nothing
    burned_in = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "uid"], name="instance_is_there_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["series"], name="instance_of_series")]


class ImportFile(models.Model):
    """A file of a batch by its number, and what became of it."""

    class State(models.TextChoices):
        RECEIVING = "receiving"
        RECEIVED = "received"
        OPENED = "opened"  # an archive, whose members are rows of their own
        ACCEPTED = "accepted"
        DUPLICATE = "duplicate"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="files")
    number = models.PositiveIntegerField()
    member = models.PositiveIntegerField(
        default=0
    )  # of an archive: its place in it, from 1; 0 for a file itself
    size = models.BigIntegerField()
    received = models.BigIntegerField(default=0)
    state = models.CharField(max_length=9, choices=State.choices, default=State.RECEIVING)
    code = models.CharField(max_length=40, blank=True)
    sentence = models.CharField(max_length=300, blank=True)
    series_uid = models.CharField(max_length=64, blank=True)  # of a refused one, by its pseudonym, if it told
    instance = models.ForeignKey(Instance, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "number", "member"], name="import_files_are_numbered"),
            models.CheckConstraint(
                condition=models.Q(received__gte=0, received__lte=models.F("size")),
                name="no_more_is_received_than_announced",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["batch", "state"], name="import_file_by_state"),
        ]


class CaseImage(models.Model):
    """A series that belongs to a case; written with the event that attaches it."""

    class Role(models.TextChoices):
        CURRENT = "current"
        PRIOR = "prior"

    case = models.ForeignKey(Case, models.PROTECT, related_name="images")
    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="+")
    series = models.ForeignKey(Series, models.PROTECT, related_name="cases")
    role = models.CharField(max_length=7, choices=Role.choices, default=Role.CURRENT)
    position = models.PositiveIntegerField()
    likeness = models.BigIntegerField(null=True)  # of its middle instance: what near-duplicates are found by
    event = models.ForeignKey(Event, models.PROTECT, to_field="event_id", related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "series"], name="a_series_is_in_a_case_once"),
        ]


class GateFinding(models.Model):
    """Why a case waits in intake for its manager; only deciding it changes it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="gate_findings")
    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="+")
    series = models.ForeignKey(Series, models.SET_NULL, null=True, related_name="+")
    code = models.CharField(max_length=40)
    sentence = models.CharField(max_length=300)
    measured = models.JSONField(default=dict)
    found_event = models.ForeignKey(Event, models.PROTECT, to_field="event_id", related_name="+")
    decided_event = models.ForeignKey(Event, models.PROTECT, to_field="event_id", null=True, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["case"], condition=models.Q(decided_event__isnull=True), name="gate_finding_open"
            ),
        ]
