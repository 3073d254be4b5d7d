"""Datasets: composed from released labels, locked with a manifest, superseded but never changed."""

from typing import ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_in_project
from api.datasetfile import (
    CriteriaIn,
    DatasetCaseOut,
    DatasetDetailOut,
    DatasetIn,
    DatasetOut,
    DifferenceList,
    LockIn,
    WithdrawDatasetIn,
    criteria_of,
)
from api.idempotency import changing
from api.pagination import Cursor
from provenance.datasets.composing import compose_dataset, recompose_dataset, withdraw_dataset
from provenance.datasets.differences import lines_between
from provenance.datasets.locking import lock_dataset
from provenance.datasets.queries import dataset_of, datasets_of, members_of, shown
from provenance.datasets.selecting import labels_of
from provenance.models import Dataset
from workflow.permissions import Kind, Verb

from .base import View, operation

MOST_LINES = 10_000


class Datasets(View):
    """The datasets of a project."""

    pagination_class = Cursor
    ordering: ClassVar[tuple[str, ...]] = ("-composed_at", "id")

    @operation(operation_id="list_datasets", responses=DatasetOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """Every dataset, the last composed first."""
        member = acting_in_project(request, slug, Verb.SEE, Kind.DATASET).person()
        return self.page(request, datasets_of(member.project), DatasetOut)

    @operation(operation_id="compose_dataset", request=DatasetIn, responses={201: DatasetDetailOut})
    @changing
    def post(self, request: Request, slug: str) -> Response:
        """Plan a dataset. Nothing is released before it is locked."""
        acting = acting_in_project(request, slug, Verb.PLAN, Kind.DATASET)
        project, given = acting.person().project, self.given(request, DatasetIn)
        earlier = given["supersedes"]
        dataset = compose_dataset(
            acting=acting,
            project=project,
            name=given["name"],
            criteria=criteria_of(given),
            supersedes=dataset_of(project, earlier) if earlier else None,
        )
        return _shown(dataset, status=201)


class DatasetDetail(View):
    """One dataset."""

    @operation(operation_id="get_dataset", responses=DatasetDetailOut)
    def get(self, request: Request, slug: str, dataset_id: UUID) -> Response:
        """A dataset with its counts."""
        member = acting_in_project(request, slug, Verb.SEE, Kind.DATASET).person()
        return _shown(dataset_of(member.project, dataset_id))


class RecomposeDataset(View):
    """Composing a dataset otherwise."""

    problems: ClassVar = frozenset({409})

    @operation(operation_id="recompose_dataset", request=CriteriaIn, responses=DatasetDetailOut)
    @changing
    def post(self, request: Request, slug: str, dataset_id: UUID) -> Response:
        """Change the criteria before it is locked."""
        acting = acting_in_project(request, slug, Verb.PLAN, Kind.DATASET)
        dataset = dataset_of(acting.person().project, dataset_id)
        criteria = criteria_of(self.given(request, CriteriaIn))
        return _shown(recompose_dataset(acting=acting, dataset=dataset, criteria=criteria))


class LockDataset(View):
    """Locking a dataset."""

    problems: ClassVar = frozenset({409})

    @operation(operation_id="lock_dataset", request=LockIn, responses=DatasetDetailOut)
    @changing
    def post(self, request: Request, slug: str, dataset_id: UUID) -> Response:
        """Fix for ever what it holds: its manifest goes into the log. Corrections need a new version."""
        acting = acting_in_project(request, slug, Verb.LOCK, Kind.DATASET)
        dataset = dataset_of(acting.person().project, dataset_id)
        return _shown(lock_dataset(acting=acting, dataset=dataset, **self.given(request, LockIn)))


class WithdrawDataset(View):
    """Withdrawing a dataset."""

    problems: ClassVar = frozenset({409})

    @operation(operation_id="withdraw_dataset", request=WithdrawDatasetIn, responses=DatasetDetailOut)
    @changing
    def post(self, request: Request, slug: str, dataset_id: UUID) -> Response:
        """Say that it shall not be used any more. What it holds stays on record."""
        acting = acting_in_project(request, slug, Verb.WITHDRAW, Kind.DATASET)
        dataset = dataset_of(acting.person().project, dataset_id)
        return _shown(
            withdraw_dataset(acting=acting, dataset=dataset, **self.given(request, WithdrawDatasetIn))
        )


class DatasetCases(View):
    """What a locked dataset holds."""

    pagination_class = Cursor
    ordering: ClassVar[tuple[str, ...]] = ("case_id",)

    @operation(operation_id="list_dataset_cases", responses=DatasetCaseOut(many=True))
    def get(self, request: Request, slug: str, dataset_id: UUID) -> Response:
        """Its cases with their labels; none before it is locked."""
        member = acting_in_project(request, slug, Verb.SEE, Kind.DATASET).person()
        return self.page(request, members_of(dataset_of(member.project, dataset_id)), DatasetCaseOut)


class DatasetDifferences(View):
    """What changed since the version before."""

    @operation(operation_id="list_dataset_differences", responses=DifferenceList)
    def get(self, request: Request, slug: str, dataset_id: UUID) -> Response:
        """Each case whose label changed, that was added or removed; none for a first version."""
        member = acting_in_project(request, slug, Verb.SEE, Kind.DATASET).person()
        dataset = dataset_of(member.project, dataset_id)
        earlier = dataset.supersedes
        lines = list(lines_between(earlier, labels_of(dataset))) if earlier else []
        told = {"differences": lines[:MOST_LINES], "more": len(lines) > MOST_LINES}
        return Response(DifferenceList(told).data)


def _shown(dataset: Dataset, status: int = 200) -> Response:
    return Response(DatasetDetailOut(shown(dataset)).data, status=status)
