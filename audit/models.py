"""The log's tables. What may be done with them is said in SQL: migrations/0002_enforcement.py."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from .fields import Xid8Field, from_body


class Log(models.Model):
    """One project's Merkle log in one epoch; `size` and `frontier` are the sealer's compact range."""

    project_id = models.UUIDField()
    epoch = models.PositiveIntegerField(default=1)
    origin = models.CharField(max_length=200, unique=True)
    size = models.BigIntegerField(default=0)
    frontier = ArrayField(models.BinaryField(), default=list)
    left_off_at = models.BigIntegerField(
        null=True
    )  # the size of the epoch before when this one was begun; a trigger's

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project_id", "epoch"], name="one_log_per_epoch"),
        ]


class Event(models.Model):
    """One audited act. `body` is the canonical JSON that is hashed; every other column is computed from it."""

    log = models.ForeignKey(Log, models.PROTECT)
    body = models.BinaryField()
    leaf_hash = models.GeneratedField(
        expression=models.Func(
            models.F("body"), function="audit_leaf_hash", output_field=models.BinaryField()
        ),
        output_field=models.BinaryField(),
        db_persist=True,
    )
    event_id = from_body("event_id", output_field=models.UUIDField(), kind="uuid")
    stream_kind = from_body("stream", "kind", output_field=models.TextField())
    stream_id = from_body("stream", "id", output_field=models.UUIDField(), kind="uuid")
    stream_seq = from_body("seq", output_field=models.BigIntegerField(), kind="int")
    prev = from_body("prev", output_field=models.TextField(null=True))
    action = from_body("action", output_field=models.TextField())
    actor_id = from_body("actor", "id", output_field=models.TextField())
    object_id = from_body("object", "id", output_field=models.TextField())
    state_from = from_body("state", "from", output_field=models.TextField(null=True))
    state_to = from_body("state", "to", output_field=models.TextField(null=True))
    after_digest = from_body("after", "digest", output_field=models.TextField(null=True))
    server_time = from_body("time", "server", output_field=models.TextField())
    regressed_us = from_body("time", "regressed_us", output_field=models.BigIntegerField(), kind="int")
    xact = Xid8Field()
    db_time = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["stream_id", "stream_seq"], name="one_event_per_place_in_a_stream"
            ),
            models.UniqueConstraint(fields=["event_id"], name="event_id_is_unique"),
        ]


class Pending(models.Model):
    """Events not yet sealed: filled by a trigger, drained by the sealer."""

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, db_constraint=False)


class Leaf(models.Model):
    """An event's place in the Merkle log."""

    pk = models.CompositePrimaryKey("log_id", "leaf_index")
    log = models.ForeignKey(Log, models.PROTECT)
    leaf_index = models.BigIntegerField()
    event = models.OneToOneField(Event, models.PROTECT)
    leaf_hash = models.BinaryField()


class Tile(models.Model):
    """The root of 256 leaves that stand together: leaves 256·place to 256·place + 255. Derived, so never trusted."""

    pk = models.CompositePrimaryKey("log_id", "place")
    log = models.ForeignKey(Log, models.PROTECT)
    place = models.BigIntegerField()
    root = models.BinaryField()


class Checkpoint(models.Model):
    """A signed tree head, kept for ever."""

    pk = models.CompositePrimaryKey("log_id", "size")
    log = models.ForeignKey(Log, models.PROTECT)
    size = models.BigIntegerField()
    note = models.TextField()


class Standing(models.Model):
    """What the sealer, which alone knows the log key and the last head it signed, lets everybody know of a log.

    `code` and `sentence` say why it refuses to sign; empty while it signs.
    """

    log = models.OneToOneField(Log, models.PROTECT, primary_key=True)
    vkey = models.CharField(max_length=400)
    code = models.CharField(max_length=30, blank=True)
    sentence = models.CharField(max_length=300, blank=True)
    looked_at = models.DateTimeField()


class Content(models.Model):
    """Bytes that events cite by their plain SHA-256; a new version is a new row."""

    digest = models.CharField(max_length=71, primary_key=True)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    body = models.BinaryField()
    data = models.GeneratedField(
        expression=models.Func(
            models.F("media_type"),
            models.F("body"),
            function="audit_json_of",
            output_field=models.JSONField(null=True),
        ),
        output_field=models.JSONField(null=True),
        db_persist=True,
    )
    erasable_group = models.UUIDField(null=True)


class Opening(models.Model):
    """Salt and value behind a commitment; erasable, because no leaf holds it."""

    commitment = models.CharField(max_length=71, primary_key=True)
    kind = models.CharField(max_length=20)
    salt = models.BinaryField()
    value = models.JSONField()
    subject_id = models.UUIDField(null=True)
    retention_until = models.DateField(null=True)
    legal_basis = models.CharField(max_length=100, blank=True)


class AccessBatch(models.Model):
    """Rows of the access log that one `access.batch` event holds: a file of them is content, cited by digest."""

    log = models.ForeignKey(Log, models.PROTECT, related_name="+")
    event = models.OneToOneField(Event, models.PROTECT, to_field="event_id", related_name="+")
    content = models.ForeignKey(Content, models.PROTECT, related_name="+")
    count = models.PositiveIntegerField()
    first = models.DateTimeField()
    last = models.DateTimeField()
    xact = Xid8Field()

    class Meta:
        verbose_name_plural = "access batches"


class Access(models.Model):
    """One sight of pixels or patient-level data: audit/access.py. Kept in a table by month."""

    pk = models.CompositePrimaryKey("log_id", "at", "id")
    log = models.ForeignKey(Log, models.DO_NOTHING, related_name="+", db_constraint=False)
    at = models.DateTimeField()
    id = models.BigIntegerField()
    actor = models.TextField()
    role = models.TextField()
    code = models.TextField()
    what = models.TextField()
    case_id = models.UUIDField(null=True)
    task_id = models.UUIDField(null=True)
    study = models.TextField(blank=True)
    series = models.TextField(blank=True)
    instance = models.UUIDField(null=True)
    frames = ArrayField(models.IntegerField(), default=list)
    request = models.TextField(blank=True)
    batch = models.ForeignKey(AccessBatch, models.PROTECT, null=True, related_name="rows")

    class Meta:
        verbose_name_plural = "access"
