"""Where a project's log stands: what waits for the seal and since when, what is signed, whether it is refused."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from audit.models import Leaf, Log, Pending, Standing

from .proofs import Head, newest_head


@dataclass(frozen=True, slots=True)
class LogStanding:
    """A log's way to its signed heads.

    `waiting` events are not sealed, the oldest `since`; `unsigned` leaves came after the head. A head carries no time
    of its own: it was signed after its last event, of `last_event_at`; the sealer last `looked_at` the log.
    """

    log: Log
    waiting: int
    since: datetime | None
    unsigned: int
    head: Head | None
    last_event_at: str
    looked_at: datetime | None


def standing_of(log: Log) -> LogStanding:
    """Where a log stands. Five queries, however long it is."""
    pending = Pending.objects.filter(event__log=log).aggregate(n=Count("pk"), since=Min("event__db_time"))
    head = newest_head(log.pk)
    told = Standing.objects.filter(log=log).first()
    return LogStanding(
        log=log,
        waiting=pending["n"],
        since=pending["since"],
        unsigned=log.size - (head.size if head else 0),
        head=head,
        last_event_at=_time_of(log, head.size - 1) if head else "",
        looked_at=told.looked_at if told else None,
    )


def _time_of(log: Log, leaf: int) -> str:
    events = Leaf.objects.filter(log=log, leaf_index=leaf).values_list("event__server_time", flat=True)
    return events.first() or ""
