"""The access log: before anybody is shown pixels or patient-level data, a row says who, what and when.

The words are DICOM's: the event codes of PS3.16 CID 400, as audit messages of PS3.15 A.5 have them.
See docs/access-log.md; what rows are sealed by is in audit/access_batches.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import DatabaseError, InterfaceError, connection


class Code(StrEnum):
    """What kind of access it was: event ids of DICOM PS3.16 CID 400."""

    EXPORT = "110106"
    INSTANCES_ACCESSED = "110103"
    PATIENT_RECORD = "110110"
    QUERY = "110112"
    AUDIT_LOG_USED = "110101"


@dataclass(frozen=True, slots=True)
class Seen:
    """Who is about to see what. Pseudonyms and keys alone: never a name, a patient's key, or an address.

    `actor` and `role` are those of the project's log, `study` and `series` stored UIDs, `instance` the row's id,
    `frames` counted from 1, `request` the request's id.
    """

    log_id: int
    actor: str
    role: str
    code: Code
    what: str
    case_id: UUID | None
    task_id: UUID | None
    study: str = ""
    series: str = ""
    instance: UUID | None = None
    frames: Sequence[int] = ()
    request: str = ""


class NotRecorded(Exception):
    """This can't be shown now, because that it was seen could not be recorded. Try again."""


_COLUMNS = "log_id, actor, role, code, what, case_id, task_id, study, series, instance, frames, request"
_VALUES = "%s::bigint, %s, %s, %s, %s, %s::uuid, %s::uuid, %s, %s, %s::uuid, %s::integer[], %s"
_DURABLY = f"INSERT INTO audit_access ({_COLUMNS}) VALUES ({_VALUES})"
# One statement, so one round trip; the setting ends with the statement's own transaction.
_LIGHTLY = (
    "WITH set AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true) AS is)"
    f" INSERT INTO audit_access ({_COLUMNS}) SELECT {_VALUES} FROM set WHERE set.is = 'off'"
)


def record(seen: Seen, *, durably: bool = True) -> None:
    """Write the row that must stand before the first byte goes out; NotRecorded if it can't be written.

    `durably=False` doesn't wait for the disk: a crash may lose the last fraction of a second. It is for further
    frames of a series whose first access was recorded durably (decision 0020), and means nothing inside of a
    transaction, whose other writes must last.
    """
    lightly = not durably and not connection.in_atomic_block
    try:
        with connection.cursor() as cursor:
            cursor.execute(_LIGHTLY if lightly else _DURABLY, _row(seen))
            written = cursor.rowcount
    except (DatabaseError, InterfaceError) as error:
        raise NotRecorded(str(NotRecorded.__doc__)) from error
    if written != 1:
        raise NotRecorded(str(NotRecorded.__doc__))


def _row(seen: Seen) -> list[Any]:
    where = [seen.case_id, seen.task_id, seen.study, seen.series, seen.instance, list(seen.frames)]
    return [seen.log_id, seen.actor, seen.role, seen.code.value, seen.what, *where, seen.request]
