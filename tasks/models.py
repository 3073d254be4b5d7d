"""Tasks, their leases, and drafts. A task is always a person's; a job is always the machine's."""

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from audit.models import Content, Event
from workflow.models import Case, GuidelineVersion, Membership, Part, Project


class Pool(models.Model):
    """Tasks that ask the same of whoever takes them, but for parts in their cases; a task never changes its pool.

    The claim asks once for each pool whether a person may take from it, and then looks at tasks in order.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    guideline = models.ForeignKey(GuidelineVersion, models.PROTECT, related_name="+")
    site = models.CharField(max_length=400)  # "": none
    needs = ArrayField(models.CharField(max_length=120))
    new_readers = models.BooleanField()  # the round wants readers who have no part in an earlier one

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "kind", "guideline", "site", "needs", "new_readers"],
                name="one_pool_of_a_kind",
            ),
        ]


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
    # arbitrate: when the reads were shown, after the first look; annotate: a model's marks, after the commitment
    revealed_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True)
    rank = (
        models.DateTimeField()
    )  # opened_at less the priority's bonus: order without arithmetic at claim time
    bound = models.BooleanField(default=False)  # for its holder alone: a lapse or release keeps it theirs
    returned = models.BooleanField(default=False)
    pool = models.ForeignKey(Pool, models.PROTECT, null=True, related_name="+")  # the database fills it in
    ring = models.SmallIntegerField(null=True)  # `ordering.ring_of` the case; the database fills it in
    entered_at = models.DateTimeField(db_default=Now())  # when it last became open to be taken
    start_by = models.DateTimeField(null=True)  # a reservation that isn't started by then is anybody's
    turn = models.IntegerField(null=True)  # a reservation offered only after so many claims of its holder
    seen_at = models.DateTimeField(null=True)  # the holder's last sign of life
    active_seconds = models.PositiveIntegerField(default=0, db_default=0)  # at work on it, idle time left out
    session_position = models.PositiveSmallIntegerField(null=True)  # how manieth of its holder's session
    done_at = models.DateTimeField(null=True)
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
                fields=["pool", "rank", "ring", "slot", "id"],
                condition=models.Q(status="open"),
                name="task_offer_order",
            ),
            models.Index(
                fields=["pool", "due_at"],
                condition=models.Q(status="open", due_at__isnull=False),
                name="task_overdue",
            ),
            models.Index(
                fields=["pool", "lease_until"],
                condition=models.Q(status="leased", bound=False),
                name="task_lease_over",
            ),
            models.Index(
                fields=["pool", "start_by"],
                condition=models.Q(status="reserved", bound=False, start_by__isnull=False),
                name="task_not_started",
            ),
            models.Index(
                fields=["holder", "status"],
                condition=models.Q(status__in=["reserved", "leased"]),
                name="task_of_holder",
            ),
            models.Index(fields=["case", "round"], name="task_of_case"),
        ]

    @property
    def came_back(self) -> bool:
        """Whether its holder is told that it is theirs alone. A probe is, too, and looks like anybody's."""
        return self.bound and self.turn is None


class Worker(models.Model):
    """How much a member took up: locked by each claim, so that two tabs never get two cases."""

    member = models.OneToOneField(Membership, models.PROTECT, primary_key=True, related_name="worker")
    claims = models.PositiveIntegerField(default=0, db_default=0)
    day = models.DateField(null=True)  # in the project's time zone
    day_claims = models.PositiveIntegerField(default=0, db_default=0)
    session_started_at = models.DateTimeField(null=True)
    session_claims = models.PositiveIntegerField(default=0, db_default=0)
    last_task = models.UUIDField(null=True)  # the one taken up last
    # The task whose images their browser may fetch before they claim it (decision 0025); it counts only as long as
    # that task is open, or reserved for them, and they have another in hand.
    ahead = models.UUIDField(null=True)
    ahead_until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ahead__isnull=True, ahead_until__isnull=True)
                | models.Q(ahead__isnull=False, ahead_until__isnull=False),
                name="kept_ahead_until_a_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["ahead"], condition=models.Q(ahead__isnull=False), name="worker_ahead"),
        ]


class Place(models.Model):
    """How far a member came in a pool: nothing before it is for them, but what entered the pool `since` then.

    Only saves the claim from looking at finished work again and again; any row may be deleted at any time.
    """

    member = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    rank = models.DateTimeField()
    gone = models.IntegerField()  # how far along the ring within that rank
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "pool"], name="one_place_in_a_pool"),
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


class Escalation(models.Model):
    """Somebody was told that a task is late: its holder, each once, and the project's managers, once; written once."""

    class Step(models.TextChoices):
        WARNED = "warned"  # its holder, before it is due on their own clock
        DUE = "due"  # the managers, when it is due

    task = models.ForeignKey(Task, models.PROTECT, related_name="escalations")
    step = models.CharField(max_length=6, choices=Step.choices)
    holder = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    event = models.ForeignKey(Event, models.PROTECT, to_field="event_id", related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["task"], condition=models.Q(step="due"), name="managers_are_told_once"
            ),
            models.UniqueConstraint(
                fields=["task", "holder"], condition=models.Q(step="warned"), name="holders_are_warned_once"
            ),
            models.CheckConstraint(
                condition=models.Q(step="due", holder__isnull=True)
                | models.Q(step="warned", holder__isnull=False),
                name="who_is_warned_is_named",
            ),
        ]


class Shortage(models.Model):
    """What nobody could take on a day of the project's zone: cases, kinds of task, and what is missing."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    day = models.DateField()
    found = models.JSONField()  # [{case, kind, why}], in the order of handing out
    listed_at = models.DateTimeField(default=timezone.now)
    # Not a column: what of it somebody may see. `shortages.shortages_of` sets it.
    stuck: Any = None

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "day"], name="one_list_of_shortages_a_day"),
        ]


class Issue(models.Model):
    """What a reader asks the project's manager about a case; only its answer is added later."""

    class Kind(models.TextChoices):
        IMAGE = "image", "The images"
        GUIDELINE = "guideline", "The guideline isn’t clear"
        TECHNICAL = "technical", "Something doesn’t work"
        OTHER = "other", "Something else"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="issues")
    task = models.ForeignKey(Task, models.PROTECT, related_name="+")
    reporter = models.ForeignKey(Membership, models.PROTECT, related_name="issues")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    text = models.CharField(max_length=71)  # commitment; the words are its opening
    viewer = models.JSONField(default=dict)  # how the images were shown, as the viewer says it
    picture = models.BinaryField(null=True)  # PNG, without anything but pixels
    picture_digest = models.CharField(max_length=71, blank=True)
    raised_at = models.DateTimeField()
    event = models.OneToOneField(Event, models.PROTECT, to_field="event_id", related_name="+")
    answer = models.CharField(max_length=71, blank=True)  # commitment
    answered_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    answered_event = models.ForeignKey(
        Event, models.PROTECT, to_field="event_id", null=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(answer="", answered_by__isnull=True, answered_event__isnull=True)
                | models.Q(~models.Q(answer=""), answered_by__isnull=False, answered_event__isnull=False),
                name="issue_is_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["image", "guideline", "technical", "other"]),
                name="issue_kind_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(picture__isnull=True, picture_digest="")
                | models.Q(~models.Q(picture_digest=""), picture__isnull=False),
                name="picture_has_its_digest",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["case"], condition=models.Q(answer=""), name="issue_open"),
            models.Index(fields=["reporter", "raised_at"], name="issue_of_reporter"),
        ]


class Attestation(models.Model):
    """A reader said on a day what display they read on, and that it is fit for it; written once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(Membership, models.PROTECT, related_name="attestations")
    day = models.DateField()  # in the project's time zone
    content = models.ForeignKey(Content, models.PROTECT, related_name="+")
    event = models.OneToOneField(Event, models.PROTECT, to_field="event_id", related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "day"], name="one_attestation_a_day"),
        ]
