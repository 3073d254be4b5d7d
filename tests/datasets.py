"""A study with settled cases, and datasets of them."""

from typing import Any

from provenance.datasets.composing import compose_dataset
from provenance.datasets.criteria import Criteria
from provenance.datasets.locking import lock_dataset
from provenance.datasets.selecting import composition, labels_of
from provenance.models import Dataset
from tasks import cases as managing
from tasks.advancing import advance
from tests.people import Study, study
from workflow.intake import NewCase

SPLITS = {"case-1": "train", "case-2": "train", "case-3": "test", "case-4": "test"}


def settled(most: int = 4) -> Study:
    """Cases at two sites, two of each split, the first `most` of them final."""
    chest = study()
    for n, (ref, split) in enumerate(SPLITS.items()):
        new = NewCase(ref, f"patient-{ref}", split, {"site": "north" if split == "train" else "south"})
        managing.register(acting=chest.acting("maria"), project=chest.project, cases=[new])
        if n < most:
            settle(chest, ref)
    return chest


def settle(of: Study, ref: str) -> None:
    """Carry the one open case to its label; the machine's part too, also where the test never commits."""
    of.agree_at_two()
    advance(case_id=of.case(ref).pk)


def composed(
    of: Study, name: str = "Chest", *, supersedes: Dataset | None = None, **criteria: Any
) -> Dataset:
    """A planned dataset."""
    return compose_dataset(
        acting=of.acting("maria"),
        project=of.project,
        name=name,
        criteria=Criteria(**criteria),
        supersedes=supersedes,
    )


def locked(of: Study, name: str = "Chest", *, supersedes: Dataset | None = None, **criteria: Any) -> Dataset:
    """A locked one."""
    dataset = composed(of, name, supersedes=supersedes, **criteria)
    return lock(of, dataset)


def lock(of: Study, dataset: Dataset, **more: Any) -> Dataset:
    """Lock a planned one, as whoever has just looked at its counts."""
    seen = composition(of.project, labels_of(dataset)).digest
    given = {"seen": seen, "reason_code": "study_closed", "reason": "Every case is settled."}
    return lock_dataset(acting=of.acting("maria"), dataset=dataset, **{**given, **more})
