"""A task's images go out under its holder's own UIDs, and what comes back is stored under the images' own."""

from functools import partial
from typing import Any
from uuid import UUID

from workflow.images.marked import as_shown, as_stored
from workflow.images.shown import ShownUids, uids_of
from workflow.models import Case

from .models import Task


def uids_for(task: Task) -> ShownUids:
    """The UIDs under which a task's holder is shown its images."""
    assert task.holder_id is not None, "a task that nobody holds is shown to nobody"
    return uids_of(task.case_id, task.round, task.holder_id)


def uids_ahead(task: Task, member_id: UUID) -> ShownUids:
    """The UIDs under which a member will be shown a task's images once they hold it."""
    return uids_of(task.case_id, task.round, member_id)


def told_to_holder(value: Any, case: Case, task: Task) -> Any:
    """Labels, or what holds some, as the task's holder may know them."""
    return as_shown(value, case, partial(uids_for, task))


def told_by_holder(value: Any, case: Case, task: Task) -> Any:
    """What the holder sent, as it is stored; InvalidInput for a mark on what is no image of the case."""
    return as_stored(value, case, partial(uids_for, task))
