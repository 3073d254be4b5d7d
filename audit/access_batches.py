"""Sealing the access log: rows become a file of canonical lines, and one event of the project's stream cites it.

The caller holds the lock of the stream, so that two never take the same rows; all of it is one transaction, so that
whoever is killed in between has done nothing.
"""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connection

from .actions import Action
from .canonical import canonical, digest
from .contents import Blob
from .log import SYSTEM, Entry, Journal

MEDIA_TYPE: Final = "application/x-ndjson"
MOST: Final = 10_000  # rows of one batch
_COLUMNS = (
    *("log_id", "at", "id", "actor", "role", "code", "what", "case_id", "task_id"),
    *("study", "series", "instance", "frames", "request"),
)
# Rows that a project's earlier epochs left go into the present one's batches.
_ROWS = f"""
SELECT l.origin, {", ".join("a." + name for name in _COLUMNS)}
FROM audit_access a JOIN audit_log l ON l.id = a.log_id
"""
_WAITING = f"""{_ROWS} WHERE a.batch_id IS NULL AND l.project_id = %s AND l.epoch <= %s
ORDER BY a.at, a.id LIMIT %s
"""
_OF_BATCH = f"{_ROWS} WHERE a.batch_id = %s ORDER BY a.at, a.id"
_BATCH = """
INSERT INTO audit_accessbatch (log_id, event_id, content_id, count, first, last, xact)
VALUES (%s, %s, %s, %s, %s, %s, '0') RETURNING id
"""
_TAKE = """
UPDATE audit_access a SET batch_id = %s
FROM unnest(%s::bigint[], %s::timestamptz[], %s::bigint[]) AS taken(log_id, at, id)
WHERE a.log_id = taken.log_id AND a.at = taken.at AND a.id = taken.id AND a.at BETWEEN %s AND %s
"""


def seal_rows(journal: Journal, most: int = MOST) -> Entry | None:
    """Seal the oldest rows of a log and its earlier epochs, up to `most`; None if none wait. Writes the journal."""
    project_id = journal.log.project_id
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [project_id, journal.log.epoch, most])
        rows = cursor.fetchall()
    if not rows:
        return None
    file, first, last = file_of(rows), rows[0][2], rows[-1][2]
    # The event's time is read only now: after every row's, and just before the event is written.
    stream = journal.stream("project", project_id)
    if _text(last) > journal.now():
        return None  # the clock was set back: they wait until it has come as far again
    entry = journal.record(
        stream,
        Action.ACCESS_BATCH,
        object=("access_batch", str(uuid.uuid4()), 1),
        after=file,
        extra={"count": len(rows), "first": _text(first), "last": _text(last)},
        actor=SYSTEM,
    )
    journal.write()
    _take(rows, [journal.log.pk, entry.event_id, file.digest, len(rows), first, last])
    return entry


def rows_of(batch_id: int) -> list[tuple[Any, ...]]:
    """The rows of a batch as they are now, as `file_of` takes them."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_BATCH, [batch_id])
        return list(cursor.fetchall())


def file_of(rows: Sequence[tuple[Any, ...]]) -> Blob:
    """The rows as content: a canonical JSON object and a line feed for each, in the order of (at, id)."""
    body = b"".join(line(*row) + b"\n" for row in rows)
    return Blob(digest(body), MEDIA_TYPE, body)


def line(origin: str, _log: int, at: datetime, number: int, *what: Any) -> bytes:
    """One row as canonical JSON; `log` is the origin of the log that it was written for."""
    actor, role, code, kind, case, task, study, series, instance, frames, request = what
    told = {"log": origin, "at": _text(at), "id": number, "actor": actor, "role": role, "code": code}
    keys = {"case": _id(case), "task": _id(task), "instance": _id(instance), "request": request}
    return canonical(told | keys | {"what": kind, "study": study, "series": series, "frames": frames})


def _take(rows: Sequence[tuple[Any, ...]], batch: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_BATCH, batch)
        keys = [[row[place] for row in rows] for place in (1, 2, 3)]
        cursor.execute(_TAKE, [cursor.fetchone()[0], *keys, rows[0][2], rows[-1][2]])


def waiting(project_id: uuid.UUID | None = None) -> list[tuple[uuid.UUID, int, float]]:
    """The projects with rows that no batch holds: how many, and the age of the oldest in seconds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.project_id, count(*), extract(epoch FROM clock_timestamp() - min(a.at))::float8"
            " FROM audit_access a JOIN audit_log l ON l.id = a.log_id"
            " WHERE a.batch_id IS NULL AND (%s::uuid IS NULL OR l.project_id = %s) GROUP BY 1 ORDER BY 1",
            [project_id, project_id],
        )
        return list(cursor.fetchall())


def prepare_months(ahead: int = 2) -> int:
    """Make the tables of this month and the next ones, where they are missing; how many were made."""
    with connection.cursor() as cursor:
        month = "(now() AT TIME ZONE 'UTC' + n * interval '1 month')::date"
        made = f"SELECT count(*) FILTER (WHERE audit_access_month({month})) FROM generate_series(0, %s) AS n"
        cursor.execute(made, [ahead])
        return int(cursor.fetchone()[0])


def _id(found: uuid.UUID | None) -> str | None:
    return None if found is None else str(found)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
