"""Exports that can't be packed for a reason nobody expected, say a full disk: tried a few times more, then given up."""

from datetime import timedelta
from typing import Final
from uuid import UUID

import psycopg
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from .models import Export

# A database that is away is no fault of the export: it waits, and nothing is counted.
DATABASE_AWAY: Final = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
PAUSES: Final = tuple(
    timedelta(seconds=s) for s in (10, 60, 300, 900)
)  # after the first failure, the second, …


MOST_CUT_OFF: Final = 3
CUT_OFF: Final = (
    f"Packing was cut off {MOST_CUT_OFF} times: the worker was killed, say for want of memory, or lost the database."
    " Have this mended, then ask for the bundle again."
)


def is_due(export: Export) -> bool:
    """Whether the pause after the last failure, if there was one, is over."""
    return export.retry_at is None or export.retry_at <= timezone.now()


def put_off(export_id: UUID, error: Exception) -> None:
    """Try again after a pause that grows; after the last one the export has failed, and can be asked for again."""
    with transaction.atomic():
        export = Export.objects.select_for_update(of=("self",)).get(pk=export_id)
        export.tries, export.begun = export.tries + 1, 0
        if export.tries > len(PAUSES):
            export.save(update_fields=["tries", "begun"])
            give_up(export_id, error)
        else:
            export.retry_at = timezone.now() + PAUSES[export.tries - 1]
            export.save(update_fields=["tries", "begun", "retry_at"])


def begin(export_id: UUID) -> bool:
    """Count an attempt to pack; False, and the export has failed, if the ones before were all cut off.

    A worker that is killed, say for its memory, can't tell: only what was written before it began can.
    """
    with transaction.atomic():
        export = Export.objects.select_for_update(of=("self",)).get(pk=export_id)
        if export.begun >= MOST_CUT_OFF:
            fail(export_id, "CUT_OFF", CUT_OFF)
            return False
        export.begun += 1
        export.save(update_fields=["begun"])
    return True


def give_up(export_id: UUID, error: Exception) -> str:
    """Say that an export failed, and why; returns the sentence. What an error says of itself may name a patient."""
    if isinstance(error, OSError):
        code, why = (
            "CANNOT_WRITE",
            f"The bundle could not be written: {error.strerror or type(error).__name__}.",
        )
    else:
        code, why = "CANNOT_PACK", f"The bundle could not be packed: {type(error).__name__}."
    fail(export_id, code, f"{why} Have this mended, then ask for the bundle again.")
    return why


def fail(export_id: UUID, code: str, sentence: str) -> None:
    """Record that nothing will come of an export."""
    about = {"fault_code": code, "fault": sentence[:300], "finished_at": timezone.now()}
    Export.objects.filter(pk=export_id).update(state=Export.State.FAILED, **about)
