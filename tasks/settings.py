"""Changing what a project may change daily: one function, one event, and the due times that follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from audit.actions import Action
from audit.contents import blob_of
from audit.log import Journal
from audit.models import Content, Event
from workflow.acting import Acting
from workflow.errors import InvalidInput, Stale
from workflow.models import Project, Role
from workflow.queries import body_of, names_of
from workflow.settings.checking import faults, misfits
from workflow.settings.reading import document

from .due_anew import due_anew

SCHEMA: Final = "consilium/project-settings/v1"
MOVES_DUE_TIMES: Final = frozenset({"due_hours", "calendar", "time_zone"})


def change_settings(
    *, acting: Acting, project: Project, changes: Mapping[str, Any], seen: str = ""
) -> Project:
    """Change some settings of a project; what is as it was already is no change, and then nothing is recorded.

    `seen`: the digest of the settings that the changes were made to; Stale if they are others by now. InvalidInput
    names every fault. Where due times follow from it, live tasks are due anew.
    """
    acting = acting.using(Role.MANAGER).within(project)
    if found := faults(changes):
        raise InvalidInput(found)
    with transaction.atomic():
        # Not a key: rows that refer to the project may still be written, so that nobody who works waits crosswise.
        rows = Project.objects.select_for_update(no_key=True, of=("self",)).select_related("log")
        project = rows.get(pk=project.pk)
        before = document(project)
        if seen and seen != digest_of(before):
            raise Stale()
        new = {key: value for key, value in changes.items() if value != before[key]}
        if found := misfits(before | new):
            raise InvalidInput(found)
        if new:
            _record(acting, project, before, new)
            _save(project, new)
        if MOVES_DUE_TIMES & set(new):
            due_anew(project)
    return project


def digest_of(settings: Mapping[str, Any]) -> str:
    """What names a project's settings as they are."""
    return blob_of(_content(settings)).digest


def _content(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {"schema": SCHEMA, "settings": dict(settings)}


def _record(acting: Acting, project: Project, before: dict[str, Any], new: dict[str, Any]) -> None:
    journal = Journal(project.log, acting.actor(), acting.request)
    journal.record(
        journal.stream("project", project.pk),
        Action.PROJECT_SETTINGS_CHANGED,
        object=("settings", str(project.pk), _changes_of(project).count() + 2),
        before=journal.keep(_content(before)),
        after=journal.keep(_content(before | new)),
        extra={"settings": sorted(new)},
    )
    journal.write()


def _save(project: Project, new: dict[str, Any]) -> None:
    project.time_zone = new.get("time_zone", project.time_zone)
    project.settings = project.settings | {key: new[key] for key in new if key != "time_zone"}
    project.save(update_fields=["settings", "time_zone"])


@dataclass(frozen=True, slots=True)
class Change:
    """One setting as somebody changed it: when, who, from what to what."""

    at: datetime
    by: str
    key: str
    before: Any
    after: Any


def changes_of(project: Project, most: int = 50) -> list[Change]:
    """The last changes of a project's settings, newest first: of as many events, key by key. Three queries."""
    events = [(event, body_of(event)) for event in _changes_of(project).order_by("-stream_seq")[:most]]
    names = names_of(project, {body["actor"]["id"] for _, body in events})
    cited = {body[side]["digest"] for _, body in events for side in ("before", "after")}
    held = {row.digest: row.data["settings"] for row in Content.objects.filter(digest__in=cited)}
    return [
        Change(event.db_time, names.get(body["actor"]["id"], ""), key, before.get(key), after.get(key))
        for event, body in events
        for before, after in [(held[body["before"]["digest"]], held[body["after"]["digest"]])]
        for key in body["extra"]["settings"]
    ]


def _changes_of(project: Project) -> Any:
    # What people declare is recorded as a change of settings too, of them: not of the project.
    changed = Event.objects.filter(stream_id=project.pk, action=Action.PROJECT_SETTINGS_CHANGED)
    return changed.filter(object_id=str(project.pk))
