"""Registering a model as a reader of a project, and retiring it; what is registered never changes."""

import re
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction

from audit.actions import Action
from audit.contents import Blob, store
from audit.log import Journal, Reason
from workflow.acting import Acting
from workflow.errors import AlreadyDone, InvalidInput, ModelRegistered, NotFound
from workflow.models import Project, ReaderModel, Role
from workflow.projects import lock
from workflow.reasons import fault

MODEL: Final = "consilium/model/v1"
PURPOSE: Final = "prelabel"  # what a model is in an event for
LONGEST: Final = {"name": 120, "version": 60, "intended_use": 2000}
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")


def register_model(
    *, acting: Acting, project: Project, name: str, version: str, digest: str, intended_use: str
) -> ReaderModel:
    """Let a model read in a project. `digest`: of its file or weights, as its manager says.

    ModelRegistered where there is one of this name and version, or of this file.
    """
    acting = acting.using(Role.MANAGER).within(project)
    given = {"name": name.strip(), "version": version.strip(), "intended_use": intended_use.strip()}
    _check(given, digest)
    with transaction.atomic():
        lock(project)
        known = ReaderModel.objects.filter(project=project)
        if (
            known.filter(digest=digest).exists()
            or known.filter(name=given["name"], version=given["version"]).exists()
        ):
            raise ModelRegistered()
        journal = Journal(project.log, acting.actor(), acting.request)
        content = journal.keep({"schema": MODEL, "digest": digest, **given})
        store([content])
        model = ReaderModel(id=uuid4(), project=project, digest=digest, content_id=content.digest, **given)
        model.event_id = _record(journal, model, "registered", after=content)
        model.save(force_insert=True)
    return model


def retire_model(*, acting: Acting, model: ReaderModel, reason: Reason) -> ReaderModel:
    """Take no more of what a model says. What it said stays, and is shown where a round's protocol shows it."""
    acting = acting.using(Role.MANAGER).within(model.project)
    with transaction.atomic():
        lock(model.project)
        model = model_of(model.project, model.pk)
        if model.retired_event_id is not None:
            raise AlreadyDone("This model is retired already.")
        journal = Journal(model.project.log, acting.actor(), acting.request)
        model.retired_event_id = _record(journal, model, "retired", reason=reason)
        model.save(update_fields=["retired_event"])
    return model


def model_of(project: Project, model_id: UUID) -> ReaderModel:
    """A model of a project; NotFound if there is none."""
    found = ReaderModel.objects.select_related("project__log").filter(project=project, pk=model_id).first()
    if found is None:
        raise NotFound("There is no such model in this project.")
    return found


def as_agent(model: ReaderModel) -> dict[str, str]:
    """The model as an event's `agent.model` names it; `digest` is of its registration, which holds its file's."""
    return {"name": model.name, "version": model.version, "digest": model.content_id, "purpose": PURPOSE}


def _check(given: dict[str, str], digest: str) -> None:
    faults = [
        fault(f"/{key}", "bad_text", f"Give 1 to {LONGEST[key]} characters.")
        for key, text in given.items()
        if not 1 <= len(text) <= LONGEST[key]
    ]
    if not _DIGEST.fullmatch(digest):
        message = "Give the SHA-256 of the model's file: sha256: and 64 lower-case hexadecimal digits."
        faults.append(fault("/digest", "bad_digest", message))
    if faults:
        raise InvalidInput(faults)


def _record(journal: Journal, model: ReaderModel, what: str, after: Blob | None = None, **more: Any) -> UUID:
    entry = journal.record(
        journal.stream("project", model.project_id),
        Action.PROJECT_SETTINGS_CHANGED,
        object=("model", str(model.pk), 1),
        after=after,
        extra={"model": what, "name": model.name, "version": model.version, "file": model.digest},
        **more,
    )
    journal.write()
    return entry.event_id
