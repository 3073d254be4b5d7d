"""Exports as people see them."""

from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from audit.models import Checkpoint, Event
from workflow.errors import NotFound
from workflow.models import Project

from .models import Export


def exports_of(project: Project) -> QuerySet[Export]:
    """A project's exports, with who asked for them."""
    return Export.objects.filter(project=project).select_related("project__log", "requested_by__user")


def project_of(export_id: UUID) -> str:
    """The slug of the project that an export is of; NotFound if there is none."""
    slug = Export.objects.filter(pk=export_id).values_list("project__slug", flat=True).first()
    if slug is None:
        raise NotFound("There is no such export.")
    return slug


def note_of(export: Export) -> str | None:
    """The signed checkpoint that the export is pinned to, once it is known."""
    if export.leaves is None:
        return None
    of = Event.objects.filter(event_id=export.event_id).values("log")
    notes = Checkpoint.objects.filter(log__in=of, size=export.leaves)
    return notes.values_list("note", flat=True).first()


def with_notes(exports: QuerySet[Export]) -> QuerySet[Any]:
    """Exports, each with the signed checkpoint that it is pinned to as `note`: None until it is known."""
    pinned = Checkpoint.objects.filter(log=OuterRef("event__log"), size=OuterRef("leaves"))
    return exports.annotate(note=Subquery(pinned.values("note")[:1]))


def in_words(export: Export) -> str:
    """Where an export stands, in a sentence."""
    if export.tries and export.finished_at is None:
        return f"could not be packed yet: tried {export.tries} times, and it is tried again by itself"
    match export.state:
        case Export.State.REQUESTED:
            return "waits until everything before it is sealed"
        case Export.State.RECORDED:
            return "is in the log and waits for the signed checkpoint"
        case Export.State.PACKING:
            return f"is being packed: {export.progress // 10} %"
        case Export.State.READY:
            return "ready"
        case Export.State.EXPIRED:
            return "its file is no longer kept; ask for a new bundle"
        case Export.State.WRITTEN:
            return "was written by the command"
        case _:
            return f"failed: {export.fault}"
