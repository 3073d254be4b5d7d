"""Planning a dataset: composed, composed otherwise, superseding a locked one, withdrawn. Each is an event."""

from typing import Any, Final

from django.db import transaction
from django.db.models import Max

from audit.actions import Action
from audit.contents import Blob, store
from audit.log import Entry, Journal, Reason
from provenance.models import Dataset
from workflow.acting import Acting
from workflow.errors import AlreadyDone, InvalidInput
from workflow.models import Project, Role
from workflow.projects import lock
from workflow.reasons import code_faults, fault

from .criteria import Criteria, Faults

COMPOSITION: Final = "consilium/dataset/v1"
LONGEST_NAME: Final = 60


def compose_dataset(
    *, acting: Acting, project: Project, name: str, criteria: Criteria, supersedes: Dataset | None = None
) -> Dataset:
    """Plan a dataset, or the next version of one that was locked, which keeps its name. Nothing is released yet."""
    acting = acting.using(Role.MANAGER).within(project)
    name = supersedes.name if supersedes else name
    _check(project, name, supersedes)
    with transaction.atomic():
        lock(project)
        if supersedes is None and Dataset.objects.filter(project=project, name=name).exists():
            raise AlreadyDone(
                f"There is a dataset called {name} already. Make a new version of it, or another name."
            )
        if supersedes and supersedes.later.exclude(state=Dataset.State.WITHDRAWN).exists():
            raise AlreadyDone("A later version of this dataset is there already.")
        known = Dataset.objects.filter(project=project, name=name).aggregate(last=Max("version"))["last"]
        dataset = Dataset(
            project=project,
            name=name,
            version=(known or 0) + 1,
            supersedes=supersedes,
            criteria=criteria.document(),
            composed_by=acting.person(),
        )
        _keep_composed(acting, dataset, new=True)
    return dataset


def recompose_dataset(*, acting: Acting, dataset: Dataset, criteria: Criteria) -> Dataset:
    """Plan a dataset otherwise, before it is locked; AlreadyDone afterwards."""
    acting = acting.using(Role.MANAGER).within(dataset.project)
    with transaction.atomic():
        dataset = locked_row(dataset)
        if dataset.state != Dataset.State.COMPOSED:
            raise AlreadyDone(
                f"This dataset is {dataset.state} and does not change. Make a new version of it."
            )
        dataset.criteria = criteria.document()
        _keep_composed(acting, dataset)
    return dataset


def withdraw_dataset(*, acting: Acting, dataset: Dataset, reason_code: str, reason: str = "") -> Dataset:
    """Say that a dataset shall not be used any more, or give up a plan. What was locked stays as it is."""
    acting = acting.using(Role.MANAGER).within(dataset.project)
    refuse_without(reason_code, "Say why it is withdrawn.")
    with transaction.atomic():
        dataset = locked_row(dataset)
        if dataset.state == Dataset.State.WITHDRAWN:
            raise AlreadyDone("This dataset is withdrawn already.")
        dataset.state = Dataset.State.WITHDRAWN
        journal = Journal(dataset.project.log, acting.actor(), acting.request)
        entry = recorded(journal, dataset, Action.DATASET_WITHDRAWN, reason=Reason(reason_code, reason))
        journal.write()
        dataset.event_id = entry.event_id
        dataset.save(update_fields=["state", "event"])
    return dataset


def locked_row(dataset: Dataset) -> Dataset:
    """The dataset as it is now, with its project's row and its own locked, in this order for everybody."""
    lock(dataset.project)
    rows = Dataset.objects.select_for_update(of=("self",)).select_related("project__log", "supersedes")
    return rows.get(pk=dataset.pk)


def refuse_without(reason_code: str, missing: str) -> None:
    """InvalidInput for a reason code that is missing or none."""
    if faults := code_faults(reason_code, missing):
        raise InvalidInput(faults)


def recorded(journal: Journal, dataset: Dataset, action: Action, **more: Any) -> Entry:
    """The event of an act on a dataset, in its project's chain."""
    stream = journal.stream("project", dataset.project_id)
    return journal.record(stream, action, object=("dataset", str(dataset.pk), dataset.version), **more)


def _keep_composed(acting: Acting, dataset: Dataset, *, new: bool = False) -> None:
    journal = Journal(dataset.project.log, acting.actor(), acting.request)
    content: Blob = journal.keep(
        {
            "schema": COMPOSITION,
            "name": dataset.name,
            "version": dataset.version,
            "criteria": dataset.criteria,
            "supersedes": str(dataset.supersedes_id) if dataset.supersedes_id else None,
        }
    )
    store([content])
    entry = recorded(journal, dataset, Action.DATASET_COMPOSED, after=content)
    journal.write()
    dataset.event_id = entry.event_id
    dataset.save(force_insert=new)


def _check(project: Project, name: str, supersedes: Dataset | None) -> None:
    faults: Faults = []
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable() or name != name.strip():
        message = f"Give a name of 1 to {LONGEST_NAME} printable characters."
        faults.append(fault("/name", "bad_name", message))
    if supersedes and (supersedes.project_id != project.pk or not supersedes.was_locked):
        faults.append(
            fault("/supersedes", "not_locked", "Only a dataset that was locked has later versions.")
        )
    if faults:
        raise InvalidInput(faults)
