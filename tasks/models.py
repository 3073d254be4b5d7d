"""Tasks, their leases, and drafts. A task is always a person's; a job is always the machine's."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from audit.models import Event
from workflow.models import Case, Membership, Part


class Task(models.Model):
    """One person's piece of work on a case. A lease is the holder, the token and the deadline together."""

    class Kind(models.TextChoices):
        ANNOTATE = "annotate"
        REVIEW = "review"
        RECONCILE = "reconcile"
        ARBITRATE = "arbitrate"

    class Status(models.TextChoices):
        OPEN = "open"  # anyone who may
        RESERVED = "reserved"  # for its holder, not started
        LEASED = "leased"  # its holder is at it
        DONE = "done"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="tasks")
    round = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    slot = models.PositiveSmallIntegerField()
    max_slot = models.PositiveSmallIntegerField()  # the round's reads_max: slot may not exceed it
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    read_id = models.UUIDField(null=True)  # the read that a review is about
    holder = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="tasks")
    part_kind = models.CharField(max_length=10, choices=Part.Kind.choices)
    part_slot = models.PositiveSmallIntegerField()
    token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)  # when the present holder first claimed it
    revealed_at = models.DateTimeField(
        null=True
    )  # arbitrate: when the reads were shown, after the first look
    opened_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True)
    rank = (
        models.DateTimeField()
    )  # opened_at less the priority's bonus: order without arithmetic at claim time
    bound = models.BooleanField(default=False)  # for its holder alone: a lapse or release keeps it theirs
    returned = models.BooleanField(default=False)
    event = models.ForeignKey(Event, models.PROTECT, to_field="event_id", related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "round", "kind", "slot"],
                condition=models.Q(status__in=["open", "reserved", "leased"]),
                name="one_live_task_per_slot",
            ),
            models.CheckConstraint(
                condition=models.Q(slot__range=(1, models.F("max_slot"))), name="slot_within_maximum"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status="leased", holder__isnull=False, token__isnull=False, lease_until__isnull=False
                )
                | models.Q(~models.Q(status="leased"), token__isnull=True, lease_until__isnull=True),
                name="leased_has_holder_token_and_deadline",
            ),
            models.CheckConstraint(
                condition=models.Q(status="open", holder__isnull=True)
                | models.Q(status__in=["reserved", "leased", "done"], holder__isnull=False)
                | models.Q(status="withdrawn"),
                name="holder_fits_status",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=["annotate", "reconcile"], part_kind="reader", part_slot=models.F("slot")
                )
                | models.Q(kind="review", part_kind="reviewer", part_slot__in=[0, models.F("slot")])
                | models.Q(kind="arbitrate", part_kind="arbiter"),
                name="part_fits_kind",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["kind", "rank", "slot", "id"],
                condition=models.Q(status__in=["open", "leased"]),
                name="task_claim_order",
            ),
            models.Index(
                fields=["holder", "status"],
                condition=models.Q(status__in=["reserved", "leased"]),
                name="task_of_holder",
            ),
            models.Index(fields=["case", "round"], name="task_of_case"),
        ]


class Draft(models.Model):
    """What a person typed and drew for a task but has not submitted. It outlives a lapsed lease."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="drafts")
    member = models.ForeignKey(Membership, models.PROTECT, related_name="drafts")
    version = models.PositiveIntegerField(default=1)
    data = models.JSONField()
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "member"], name="one_draft_per_person_and_task"),
        ]
