"""Datasets as people see them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from provenance.models import Dataset, DatasetCase
from workflow.errors import NotFound
from workflow.models import Project
from workflow.states import State

from .differences import Differences, counted_against
from .selecting import Composition, composition, labels_of


@dataclass(frozen=True, slots=True)
class Shown:
    """A dataset with its counts: those of its manifest, or before it is locked those of this moment.

    `moved_on`: how many of its cases have another label by now, or none, because they were reopened or excluded.
    """

    dataset: Dataset
    counts: dict[str, Any]
    seen: str  # what a lock names; empty once it is locked
    differences: Differences | None
    moved_on: int


def datasets_of(project: Project) -> QuerySet[Dataset]:
    """A project's datasets, the last composed first, each with who composed and locked it."""
    found = Dataset.objects.filter(project=project).order_by("-composed_at", "-version", "pk")
    return found.select_related("supersedes", "composed_by__user", "locked_by__user", "project__log")


def dataset_of(project: Project, dataset_id: UUID) -> Dataset:
    """A dataset of a project; NotFound if there is none."""
    dataset = datasets_of(project).filter(pk=dataset_id).first()
    if dataset is None:
        raise NotFound("There is no such dataset in this project.")
    return dataset


def shown(dataset: Dataset) -> Shown:
    """A dataset with its counts, beside the one that it supersedes."""
    live: Composition | None = None
    if not dataset.was_locked:
        live = composition(dataset.project, labels_of(dataset))
    before = dataset.supersedes
    return Shown(
        dataset=dataset,
        counts=live.document() if live else dataset.manifest.data,  # type: ignore[union-attr]
        seen=live.digest if live and dataset.state == Dataset.State.COMPOSED else "",
        differences=counted_against(before, labels_of(dataset)) if before else None,
        moved_on=_moved_on(dataset) if dataset.was_locked else 0,
    )


def members_of(dataset: Dataset) -> QuerySet[DatasetCase]:
    """The cases of a locked dataset, with their labels, in the order of their cases."""
    return DatasetCase.objects.filter(dataset=dataset).select_related("case", "label").order_by("case_id")


def _moved_on(dataset: Dataset) -> int:
    in_force = Q(case__state=State.FINAL, case__round=F("label__round"))
    return DatasetCase.objects.filter(dataset=dataset).exclude(in_force).count()
