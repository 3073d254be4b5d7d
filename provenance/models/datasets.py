"""Datasets: which reference labels are released together, and as what; once locked they never change."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from audit.models import Content, Event
from workflow.models import Case, Membership, Project, ReferenceLabel

LOCKED_FACTS = ("manifest", "cases", "locked_at", "locked_by")


def _all_or_none(names: tuple[str, ...], *, null: bool) -> models.Q:
    return models.Q(**{f"{name}__isnull": null for name in names})


class Dataset(models.Model):
    """A named version of the released labels. Composed, it is a plan; locked, its rows and manifest stand for ever."""

    class State(models.TextChoices):
        COMPOSED = "composed"
        LOCKED = "locked"
        WITHDRAWN = "withdrawn"  # a plan that was given up, or a locked one that nobody shall use any more

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="datasets")
    name = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField()
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="later", db_index=False)
    criteria: Any = models.JSONField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.COMPOSED)
    composed_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    composed_at = models.DateTimeField(default=timezone.now)
    event = models.ForeignKey(Event, models.PROTECT, to_field="event_id", related_name="+")  # the last
    manifest = models.ForeignKey(Content, models.PROTECT, null=True, related_name="+")
    cases = models.PositiveIntegerField(null=True)
    locked_at = models.DateTimeField(null=True)
    locked_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "name", "version"], name="dataset_versions_are_numbered"
            ),
            models.UniqueConstraint(
                fields=["supersedes"],
                condition=~models.Q(state="withdrawn"),
                name="one_dataset_supersedes_another",
            ),
            models.CheckConstraint(
                condition=_all_or_none(LOCKED_FACTS, null=True) | _all_or_none(LOCKED_FACTS, null=False),
                name="a_locked_dataset_has_its_manifest",
            ),
            models.CheckConstraint(
                condition=models.Q(state="withdrawn")
                | models.Q(state="composed", manifest__isnull=True)
                | models.Q(state="locked", manifest__isnull=False),
                name="a_dataset_is_locked_by_its_manifest",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["project", "-composed_at"], name="dataset_by_project")]

    @property
    def title(self) -> str:
        """What it is called, with its version."""
        return f"{self.name}, version {self.version}"

    @property
    def was_locked(self) -> bool:
        """Whether it has a manifest: it was locked, and may have been withdrawn since."""
        return self.manifest_id is not None


class DatasetCase(models.Model):
    """One case of a locked dataset, with the label that was in force when it was locked."""

    dataset = models.ForeignKey(Dataset, models.PROTECT, related_name="members", db_index=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    label = models.ForeignKey(ReferenceLabel, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dataset", "case"], name="a_case_is_once_in_a_dataset"),
        ]
