"""The queue of events that wait for the seal, and the leaves that they become."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from .holding import SealingRefused
from .models import Log

AT_ONCE = 4096
SEALER_LOCK = 0x5EA1  # + the log's id: two sealers never work on one log


@dataclass(frozen=True, slots=True)
class Sealable:
    """An event that waits; `sealed_before`: whether the one before it in its stream has a leaf."""

    id: int
    stream_id: Any
    stream_seq: int
    leaf_hash: bytes
    sealed_before: int


def take_lock(log: Log) -> bool:
    """Whether this transaction is the only sealer of the log, until it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [SEALER_LOCK, log.pk])
        return bool(cursor.fetchone()[0])


def take_pending(log: Log) -> list[Sealable]:
    """Take at most AT_ONCE events out of the queue, in the order of their ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH taken AS (DELETE FROM audit_pending WHERE event_id IN ("
            "  SELECT p.event_id FROM audit_pending p JOIN audit_event e ON e.id = p.event_id"
            "  WHERE e.log_id = %s ORDER BY p.event_id LIMIT %s) RETURNING event_id),"
            " chosen AS (SELECT e.id, e.stream_id, e.stream_seq, e.leaf_hash FROM audit_event e"
            "  JOIN taken t ON t.event_id = e.id)"
            " SELECT c.id, c.stream_id, c.stream_seq, c.leaf_hash, EXISTS (SELECT 1 FROM audit_leaf l"
            "  JOIN audit_event b ON b.id = l.event_id"
            "  WHERE b.stream_id = c.stream_id AND b.stream_seq = c.stream_seq - 1)"
            " FROM chosen c ORDER BY c.id",
            [log.pk, AT_ONCE],
        )
        return [Sealable(i, stream, seq, bytes(leaf), before) for i, stream, seq, leaf, before in cursor]


def check_contiguous(events: list[Sealable]) -> None:
    """Each event follows one that is sealed already, or one earlier in this batch."""
    here: dict[Any, int] = {}
    for event in events:
        follows = (
            event.stream_seq == 1 or event.sealed_before or here.get(event.stream_id) == event.stream_seq - 1
        )
        if not follows:
            raise SealingRefused(
                "STREAM_GAP", f"Event {event.stream_seq} of {event.stream_id} came before its place."
            )
        here[event.stream_id] = event.stream_seq


def insert_leaves(log: Log, first: int, events: list[Sealable]) -> None:
    """Make them leaves, from the place `first` on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_leaf (log_id, leaf_index, event_id, leaf_hash)"
            " SELECT %s, %s + place - 1, id, hash"
            " FROM unnest(%s::bigint[], %s::bytea[]) WITH ORDINALITY AS given(id, hash, place)",
            [log.pk, first, [e.id for e in events], [e.leaf_hash for e in events]],
        )
