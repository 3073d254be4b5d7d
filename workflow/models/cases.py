"""Cases, their rounds, and the parts that people play in them."""

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django_fsm import RETURN_VALUE, FSMField, transition

from audit.models import Event
from workflow.states import State, sources

from .projects import GuidelineVersion, Membership, Project, ProtocolVersion
from .waves import Wave


class Case(models.Model):
    """What gets one reference label. Every change to this row needs an event in the same transaction."""

    class Split(models.TextChoices):
        TRAIN = "train"
        TUNE = "tune"
        TEST = "test"

    class Purpose(models.TextChoices):
        STUDY = "study"
        PILOT = "pilot"  # of a pilot wave: read like any other, and never counted
        REFERENCE = "reference"  # known beforehand, to show to readers as a control; it stays in intake
        GOLD = "gold"  # the purposes from here on are probes: one person's showing of another case
        REPEAT = "repeat"
        CALIBRATION = "calibration"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="cases")
    external_ref = models.CharField(max_length=200)
    patient_key = models.CharField(max_length=200)
    split = models.CharField(max_length=5, choices=Split.choices)
    strata = models.JSONField(default=dict)
    # What whoever works on it must be qualified for, such as "modality:MR"; see workflow/qualification.py.
    needs = ArrayField(models.CharField(max_length=120), default=list, db_default=[])
    shown = models.JSONField(default=dict)  # what readers see beside the images: the question, a marked place
    state = FSMField(default=State.INTAKE, choices=[(s.value, s.value) for s in State], protected=True)
    excluded_from = models.CharField(max_length=20, blank=True)
    held = models.BooleanField(default=False)
    priority = models.SmallIntegerField(default=0)
    round = models.PositiveSmallIntegerField(default=0)
    reads_wanted = models.PositiveSmallIntegerField(default=0)
    passes = models.PositiveSmallIntegerField(default=0)  # how often it went back to annotation
    purpose = models.CharField(
        max_length=11, choices=Purpose.choices, default=Purpose.STUDY, db_default=Purpose.STUDY
    )
    wave = models.ForeignKey(Wave, models.PROTECT, null=True, related_name="cases", db_index=False)
    source_case = models.ForeignKey("self", models.PROTECT, null=True, related_name="probes", db_index=False)
    created_at = models.DateTimeField(default=timezone.now)
    audit_seq = models.BigIntegerField(default=0)
    audit_head = models.BinaryField(max_length=32, default=b"")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(source_case__isnull=True, purpose__in=["study", "pilot", "reference"])
                | models.Q(source_case__isnull=False, purpose__in=["gold", "repeat", "calibration"]),
                name="a_probe_has_its_source",
            ),
            models.CheckConstraint(
                condition=models.Q(wave__isnull=True) & ~models.Q(purpose="pilot")
                | models.Q(wave__isnull=False, purpose__in=["study", "pilot"]),
                name="a_pilot_case_has_its_wave",
            ),
            models.UniqueConstraint(
                fields=["project", "external_ref"], name="external_ref_is_unique_in_project"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in State]), name="case_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state="excluded") ^ models.Q(excluded_from=""),
                name="excluded_from_somewhere",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["intake", "excluded"]) | models.Q(round__gte=1),
                name="a_case_at_work_has_a_round",
            ),
            models.CheckConstraint(condition=models.Q(priority__range=(-100, 100)), name="priority_in_range"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "state", "created_at"], name="case_by_state"),
            models.Index(fields=["project", "patient_key"], name="case_by_patient"),
            models.Index(
                fields=["wave", "state"], condition=models.Q(wave__isnull=False), name="case_of_wave"
            ),
            models.Index(
                fields=["source_case"], condition=models.Q(source_case__isnull=False), name="probe_of_case"
            ),
        ]

    @property
    def shows(self) -> uuid.UUID:
        """The case that whoever works on it sees: itself, or of a control the case that it shows again."""
        return self.source_case_id or self.pk

    # The bodies are empty on purpose: what a move brings about is said in workflow/transitions.py.
    @transition(state, source=sources("accept"), target=State.ANNOTATION)
    def accept(self) -> None:
        """Intake found the case complete."""

    @transition(state, source=sources("begin_review"), target=State.JUNIOR_REVIEW)
    def begin_review(self) -> None:
        """Every planned read is in."""

    @transition(state, source=sources("give_back"), target=State.ANNOTATION)
    def give_back(self) -> None:
        """At least one verdict returns a read, or an author recalled one."""

    @transition(state, source=sources("escalate"), target=State.ARBITRATION)
    def escalate(self) -> None:
        """A verdict escalates, or the limit of returns is reached."""

    @transition(state, source=sources("compare"), target=State.CONSENSUS)
    def compare(self) -> None:
        """Every verdict is in and accepts."""

    @transition(state, source=sources("ask_another"), target=State.ANNOTATION)
    def ask_another(self) -> None:
        """The protocol wants another read."""

    @transition(state, source=sources("dispute"), target=State.ARBITRATION)
    def dispute(self) -> None:
        """The reads disagree, or an agreed case was drawn for the senior."""

    @transition(state, source=sources("agree"), target=State.FINAL)
    def agree(self) -> None:
        """The reads agree."""

    @transition(state, source=sources("send_back"), target=State.ANNOTATION)
    def send_back(self) -> None:
        """The arbiter wants reads reworked, or one more."""

    @transition(state, source=sources("sign"), target=State.FINAL)
    def sign(self) -> None:
        """The arbiter decided."""

    @transition(state, source=sources("reopen_to_read"), target=State.ANNOTATION)
    def reopen_to_read(self) -> None:
        """A new round begins with its reads."""

    @transition(state, source=sources("reopen_to_arbitrate"), target=State.ARBITRATION)
    def reopen_to_arbitrate(self) -> None:
        """A new round begins with the arbiter."""

    @transition(state, source=sources("exclude"), target=State.EXCLUDED)
    def exclude(self) -> None:
        """The case leaves the study, with a reason."""

    @transition(
        state, source=sources("reinstate"), target=RETURN_VALUE(*[s.value for s in State if s != "excluded"])
    )
    def reinstate(self) -> str:
        """The case returns to where it was."""
        return self.excluded_from

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Never reload in place: the library would drop its protection (django-fsm-2 4.2.4). Fetch anew."""
        raise NotImplementedError("Fetch the case again instead of refreshing it.")


class CaseRound(models.Model):
    """One pass of a case through the tiers, under one guideline and one protocol version."""

    class Readers(models.TextChoices):
        FIRST = "first"
        SAME = "same_readers"
        NEW = "new_readers"
        NONE = "none"  # reopened straight to the arbiter

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    readers = models.CharField(max_length=12, choices=Readers.choices, default=Readers.FIRST)
    guideline = models.ForeignKey(GuidelineVersion, models.PROTECT, related_name="+")
    protocol = models.ForeignKey(ProtocolVersion, models.PROTECT, related_name="+")
    reads_planned = models.PositiveSmallIntegerField()
    reads_max = models.PositiveSmallIntegerField()
    event = models.ForeignKey(Event, models.PROTECT, to_field="event_id", related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="one_round_per_number"),
            models.UniqueConstraint(fields=["case", "number", "reads_max"], name="round_with_its_maximum"),
            models.CheckConstraint(
                condition=models.Q(reads_planned__lte=models.F("reads_max")),
                name="planned_reads_within_maximum",
            ),
        ]


class Part(models.Model):
    """What a person is in a case's round. Written at claim or reservation, kept with its outcome."""

    class Kind(models.TextChoices):
        READER = "reader"
        REVIEWER = "reviewer"
        ARBITER = "arbiter"

    class Outcome(models.TextChoices):
        RESERVED = "reserved"
        ACTIVE = "active"
        RELEASED = "released"
        LAPSED = "lapsed"
        SKIPPED = "skipped"
        WITHDRAWN = "withdrawn"
        CLOSED = "closed"  # what came back to them will not be finished: they left, or must not go on

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="parts")
    round = models.PositiveSmallIntegerField()
    member = models.ForeignKey(Membership, models.PROTECT, related_name="parts")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    slot = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.ACTIVE)
    case_number = models.CharField(max_length=12)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "round", "member"], name="one_part_per_person_and_round"),
            models.UniqueConstraint(
                fields=["case", "round", "member", "kind", "slot"], name="part_as_tasks_cite_it"
            ),
            models.UniqueConstraint(
                fields=["case", "round", "kind", "slot"],
                condition=models.Q(outcome__in=["reserved", "active"]) & models.Q(slot__gt=0),
                name="one_person_per_part",
            ),
            models.UniqueConstraint(fields=["member", "case_number"], name="case_number_is_the_readers_own"),
        ]


class Exclusion(models.Model):
    """A wish to exclude a case that was claimed: it needs a second person who has not seen the reads."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="exclusions")
    requested_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    reason_code = models.CharField(max_length=60)
    reason_commitment = models.CharField(max_length=71)
    requested_event = models.ForeignKey(Event, models.PROTECT, to_field="event_id", related_name="+")
    approved_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    approved_event = models.ForeignKey(
        Event, models.PROTECT, to_field="event_id", null=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True)
                | ~models.Q(approved_by=models.F("requested_by")),
                name="exclusion_needs_two_people",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(approved_by__isnull=True),
                name="one_open_exclusion_per_case",
            ),
        ]
