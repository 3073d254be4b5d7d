"""Drafts live on the server: nothing typed is lost to a lapse, a crash or a closed lid."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.actions import Action
from workflow.acting import Acting

from .errors import DraftConflict, LeaseLost
from .held import on_own_task
from .models import Draft, Task


def save_draft(
    *, acting: Acting, task_id: UUID, token: UUID, data: dict[str, Any], version: int, explicit: bool = False
) -> Draft:
    """Keep what was typed so far. `version` is the one last seen; a newer one from elsewhere is not overwritten.

    Autosaves leave no event; an explicit save or leaving the task does (the trail begins at the first saved entry).
    """
    if explicit:
        with on_own_task(acting, task_id, token) as (unit, task):
            draft = _store(task, acting, data, version)
            unit.record(
                Action.READ_DRAFT_SAVED,
                object=("task", task.pk, task.slot),
                extra={"kind": task.kind, "slot": task.slot, "draft": draft.version},
            )
            return draft
    with transaction.atomic():
        mine = Task.objects.select_for_update().filter(pk=task_id, holder=acting.person(), token=token)
        held = mine.first()
        if held is None:
            raise LeaseLost()
        return _store(held, acting, data, version)


def draft_of(task: Task, acting: Acting) -> Draft | None:
    """This person's draft of a task."""
    return Draft.objects.filter(task=task, member=acting.person()).first()


def _store(task: Task, acting: Acting, data: dict[str, Any], version: int) -> Draft:
    draft = Draft.objects.select_for_update().filter(task=task, member=acting.person()).first()
    if draft is None:
        return Draft.objects.create(task=task, member=acting.person(), data=data)
    if draft.version != version:
        raise DraftConflict(version=draft.version)
    draft.version, draft.data, draft.saved_at = draft.version + 1, data, timezone.now()
    draft.save()
    return draft
