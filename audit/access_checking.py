"""Whether the rows of the access log still are those that its batches sealed.

Rows of a month whose table was dropped, when their time was over, are no fault: then none of that month is left.
"""

from collections.abc import Iterator
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from .access_batches import file_of, rows_of
from .actions import Action
from .canonical import CanonicalError, parse
from .models import Access, AccessBatch, Content, Event

CODE = "ACCESS_CHANGED"
_MONTHS = (
    "SELECT EXISTS (SELECT 1 FROM audit_access a JOIN audit_log l ON l.id = a.log_id WHERE l.project_id = %s"
    " AND a.at >= %s::date::timestamp AT TIME ZONE 'UTC'"
    " AND a.at < (%s::date + interval '1 month') AT TIME ZONE 'UTC')"
)


def access_faults(project_id: UUID) -> Iterator[tuple[str, str, str]]:
    """What is wrong, as (code, place, sentence): a batch without its event, or rows that aren't those of its file."""
    events = dict(_events(project_id).values_list("event_id", "after_digest"))
    for batch in AccessBatch.objects.filter(log__project_id=project_id).order_by("pk"):
        place = f"access batch {batch.event_id}"
        if events.pop(batch.event_id, None) != batch.content_id:
            yield CODE, place, "No event of the log holds this batch."
        elif not _is_whole(project_id, batch):
            yield CODE, place, "Rows of the access log are not those that this batch sealed."
    for event_id in events:
        yield CODE, f"access batch {event_id}", "An event holds a batch that is not there."
    astray = Access.objects.filter(log__project_id=project_id, batch__isnull=False)
    for number in astray.exclude(batch__log__project_id=project_id).values_list("id", flat=True):
        yield CODE, f"access {number}", "It is in a batch of another project."


def _events(project_id: UUID) -> QuerySet[Event]:
    return Event.objects.filter(log__project_id=project_id, stream_id=project_id, action=Action.ACCESS_BATCH)


def _is_whole(project_id: UUID, batch: AccessBatch) -> bool:
    content = Content.objects.filter(pk=batch.content_id).first()
    if content is None:
        return True  # erased or missing: what looks at citations says so
    kept = bytes(file_of(rows_of(batch.pk)).body)
    sealed = bytes(content.body)
    if kept == sealed:
        return True
    left, told = set(kept.splitlines()), set(sealed.splitlines())
    return left < told and not any(_has_rows(project_id, month) for month in _months(told - left))


def _months(lines: set[bytes]) -> set[str]:
    try:
        return {f"{parse(line)['at'][:7]}-01" for line in lines}
    except (CanonicalError, KeyError, TypeError):
        return set()  # the file isn't what the service writes: then it is not its digest's either


def _has_rows(project_id: UUID, month: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, [project_id, month, month])
        return bool(cursor.fetchone()[0])
