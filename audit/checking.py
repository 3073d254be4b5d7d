"""Whether a project's log still is what was written: chains, bytes, contents, openings, and the heads of its cases.

Only reads, in one snapshot, event by event: memory does not grow with the log. The codes are those of the
offline verifier; COLUMN_MISMATCH and ACCESS_CHANGED, which a bundle can't show, are two more.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby, islice
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef

from .access_checking import access_faults
from .canonical import CanonicalError, parse
from .citations import Citations
from .envelope import EnvelopeError, check_parsed
from .log import moment
from .merkle import leaf_hash
from .models import Event, Leaf, Log, Pending
from .tree_checking import epoch_faults, tree_faults

_AT_ONCE = 1000
CLOCKS_APART = timedelta(seconds=5)  # what the database lets pass when an event comes in


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: a stable code, the stream and place or digest, and a sentence."""

    code: str
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.code} {self.place}: {self.message}"


@dataclass(frozen=True, slots=True)
class Head:
    """What a case's own row says of its stream: the newest event's place and leaf hash, and the state."""

    stream_id: UUID
    seq: int
    leaf_hash: bytes
    state: str


@dataclass(slots=True)
class _Tail:
    """How far a stream was followed."""

    kind: str
    id: UUID
    seq: int = 0
    leaf_hash: bytes = b""
    time: str = ""
    state: str | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    """An event's row, in the order of `_COLUMNS`."""

    body: bytes
    leaf_hash: bytes
    event_id: UUID
    stream_kind: str
    stream_id: UUID
    stream_seq: int
    prev: str | None
    action: str
    actor_id: str
    state_to: str | None
    after_digest: str | None
    server_time: str
    regressed_us: int
    db_time: datetime
    log_id: int
    sealed: bytes | None
    pending: int | None

    @property
    def place(self) -> str:
        return f"{self.stream_kind} {self.stream_id} #{self.stream_seq}"


_COLUMNS = (
    *(
        "body",
        "leaf_hash",
        "event_id",
        "stream_kind",
        "stream_id",
        "stream_seq",
        "prev",
        "action",
        "actor_id",
    ),
    *(
        "state_to",
        "after_digest",
        "server_time",
        "regressed_us",
        "db_time",
        "log_id",
        "leaf__leaf_hash",
        "pending",
    ),
)


@dataclass
class LogCheck:
    """One check of a project's log. `heads` come sorted by stream; `moves` are the legal (from, to), if known."""

    project_id: UUID
    heads: Iterable[Head] | None = None
    moves: Collection[tuple[str, str]] | None = None
    faults: list[Fault] = field(default_factory=list)
    events: int = 0
    streams: int = 0

    def run(self) -> "LogCheck":
        """Check everything."""
        with snapshot():
            self._origins = dict(Log.objects.filter(project_id=self.project_id).values_list("pk", "origin"))
            self._published = _published(self._origins)
            self.citations = Citations(self._found)
            self._check_tree()
            self._check_ids()
            self._check_heads(self._tails())
            for fault in access_faults(self.project_id):
                self._found(*fault)
        return self

    def _found(self, code: str, place: str, message: str) -> None:
        self.faults.append(Fault(code, place, message))

    def _tails(self) -> Iterator[_Tail]:
        """Check every event of every stream, and yield where each stream ends, sorted by stream."""
        for _, rows in groupby(self._rows(), key=lambda row: row.stream_id):
            tail: _Tail | None = None
            for row in rows:
                tail = tail or _Tail(row.stream_kind, row.stream_id)
                self._check_event(row, tail)
            assert tail is not None
            self.streams += 1
            yield tail

    def _rows(self) -> Iterator[_Row]:
        rows = (
            Event.objects.filter(log__in=self._origins)
            .order_by("stream_id", "stream_seq", "pk")
            .values_list(*_COLUMNS)
            .iterator(chunk_size=_AT_ONCE)
        )
        while chunk := list(islice(rows, _AT_ONCE)):
            yield from (_Row(*values) for values in chunk)
            self.citations.check()

    def _check_event(self, row: _Row, tail: _Tail) -> None:
        self.events += 1
        leaf = leaf_hash(row.body)
        event = self._parsed(row)
        if event is not None:
            self._check_columns(row, event)
            self._check_time(row, event, tail)
            self._check_state(row, event, tail)
            self._check_versions(row, event)
            self.citations.gather(event)
        self._check_place(row, tail, leaf)
        tail.seq, tail.leaf_hash = row.stream_seq, leaf

    def _parsed(self, row: _Row) -> dict[str, Any] | None:
        try:
            event: dict[str, Any] = parse(row.body)
            check_parsed(event, row.body)
        except EnvelopeError as fault:
            self._found("EVENT_SCHEMA", row.place, f"{fault}.")
        except CanonicalError as fault:
            code = "EVENT_NOT_CANONICAL" if "canonical" in fault.reason else "EVENT_PARSE"
            self._found(code, row.place, f"{fault}.")
        else:
            if event["log"] != self._origins[row.log_id]:
                self._found("EVENT_WRONG_LOG", row.place, f"It was written for the log {event['log']}.")
            return event
        return None

    def _check_columns(self, row: _Row, event: dict[str, Any]) -> None:
        if _columns_of(event) != (
            *(str(row.event_id), row.stream_kind, str(row.stream_id), row.stream_seq, row.prev, row.action),
            *(row.actor_id, row.state_to, row.after_digest, row.server_time, row.regressed_us),
        ):
            self._found("COLUMN_MISMATCH", row.place, "A column says otherwise than the event's bytes.")

    def _check_place(self, row: _Row, tail: _Tail, leaf: bytes) -> None:
        if row.leaf_hash != leaf:
            self._found(
                "COLUMN_MISMATCH", row.place, "The stored leaf hash is not that of the event's bytes."
            )
        if row.stream_seq != tail.seq + 1 or row.stream_kind != tail.kind:
            self._found("STREAM_GAP", row.place, f"The event before it is #{tail.seq} of a {tail.kind}.")
        if row.prev != (f"sha256:{tail.leaf_hash.hex()}" if tail.leaf_hash else None):
            self._found("STREAM_CHAIN", row.place, "It does not cite the leaf hash of the event before it.")
        if row.sealed is not None and row.sealed != leaf:
            self._found("ROOT_MISMATCH", row.place, "It was sealed with another leaf hash.")
        if (row.sealed is None) == (row.pending is None):
            self._found(
                "TREE_SIZE", row.place, "It must either be sealed or wait for it, not neither or both."
            )

    def _check_time(self, row: _Row, event: dict[str, Any], tail: _Tail) -> None:
        now, declared = event["time"]["server"], event["time"]["regressed_us"]
        back = moment(tail.time) - moment(now) if now < tail.time else None
        if declared != (round(back.total_seconds() * 1_000_000) if back else 0):
            self._found(
                "TIME_BACKWARDS", row.place, "Its time and what it says of a clock stepping back disagree."
            )
        if abs(row.db_time - moment(now)) > CLOCKS_APART:
            self._found("COLUMN_MISMATCH", row.place, "Its row says another time than the event.")
        tail.time = now

    def _check_state(self, row: _Row, event: dict[str, Any], tail: _Tail) -> None:
        if event["state"] is None:
            return
        source, target = event["state"]["from"], event["state"]["to"]
        if source != tail.state:
            self._found(
                "WORKFLOW_VIOLATION", row.place, f"It leaves {source}, but its stream was in {tail.state}."
            )
        elif source is not None and self.moves is not None and (source, target) not in self.moves:
            self._found("WORKFLOW_VIOLATION", row.place, f"There is no move from {source} to {target}.")
        tail.state = target

    def _check_versions(self, row: _Row, event: dict[str, Any]) -> None:
        for kind in ("guideline", "protocol"):
            if (cited := event[kind]) is None:
                continue
            digest, since = self._published.get((kind, cited["id"], cited["version"]), (None, ""))
            if digest is None or event["time"]["server"] < since:
                self._found(
                    "GUIDELINE_UNPUBLISHED", row.place, f"Its {kind} version was not published by then."
                )
            elif digest != cited["digest"]:
                self._found(
                    "GUIDELINE_SWAPPED", row.place, f"Its {kind} version was published with another digest."
                )

    def _check_heads(self, tails: Iterator[_Tail]) -> None:
        if self.heads is None:
            for _ in tails:
                pass
            return
        cases = (tail for tail in tails if tail.kind == "case")
        for head, tail in _side_by_side(_rising(self.heads), cases):
            if tail is None:
                self._found("HEADS_MISMATCH", f"case {head and head.stream_id}", "The case has no events.")
            elif head is None:
                self._found(
                    "HEADS_MISMATCH", f"case {tail.id}", "The events are of a case that is not there."
                )
            elif (head.seq, head.leaf_hash, head.state) != (tail.seq, tail.leaf_hash, tail.state):
                said = f"The case is at #{head.seq} in {head.state}, its log at #{tail.seq} in {tail.state}"
                self._found("HEADS_MISMATCH", f"case {tail.id}", f"{said}, or their hashes differ.")

    def _check_ids(self) -> None:
        events = Event.objects.filter(log__in=self._origins).values("event_id").order_by()
        for row in events.annotate(times=Count("pk")).filter(times__gt=1).iterator():
            self._found("EVENT_REPLAYED", f"event {row['event_id']}", "This event id occurs more than once.")

    def _check_tree(self) -> None:
        for log in Log.objects.filter(pk__in=self._origins):
            for fault in tree_faults(log):
                self._found(*fault)
        for fault in epoch_faults(self.project_id):
            self._found(*fault)
        gone = ~Exists(Event.objects.filter(pk=OuterRef("event_id")))
        strays = (Leaf.objects.filter(log__in=self._origins), Pending.objects.all())
        for rows in strays:
            for event_id in rows.filter(gone).values_list("event_id", flat=True).iterator():
                self._found("TREE_SIZE", f"row {event_id}", "It was sealed or waits for it, but is gone.")


def check_project_log(
    project_id: UUID, heads: Iterable[Head] | None = None, moves: Collection[tuple[str, str]] | None = None
) -> list[Fault]:
    """Every fault of a project's log; an empty list if it is valid."""
    return LogCheck(project_id, heads, moves).run().faults


@contextmanager
def snapshot() -> Iterator[None]:
    """One view of the database while others write. Inside a transaction it is that transaction's."""
    begun = connection.in_atomic_block
    with transaction.atomic():
        if not begun:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _published(logs: Iterable[int]) -> dict[tuple[str, str, Any], tuple[str | None, str]]:
    """By kind, id and version: the digest that was published, and when."""
    actions = ("guideline.published", "protocol.published")
    published = {}
    for body in Event.objects.filter(log__in=logs, action__in=actions).values_list("body", flat=True):
        try:
            event = parse(bytes(body))
            key = (event["object"]["kind"], event["object"]["id"], event["object"]["version"])
            published[key] = (event["after"]["digest"], event["time"]["server"])
        except (CanonicalError, KeyError, TypeError):
            continue  # reported where the event itself is checked
    return published


def _columns_of(event: dict[str, Any]) -> tuple[Any, ...]:
    stream, time, after, state = event["stream"], event["time"], event["after"], event["state"]
    return (
        *(event["event_id"], stream["kind"], stream["id"], event["seq"], event["prev"], event["action"]),
        *(event["actor"]["id"], state and state["to"], after and after["digest"]),
        *(time["server"], time["regressed_us"]),
    )


def _side_by_side(
    heads: Iterator[Head], tails: Iterator[_Tail]
) -> Iterator[tuple[Head | None, _Tail | None]]:
    """Pair two runs that are sorted by stream; None where one of them lacks the other's."""
    head, tail = next(heads, None), next(tails, None)
    while head is not None or tail is not None:
        if tail is None or (head is not None and head.stream_id < tail.id):
            yield head, None
            head = next(heads, None)
        elif head is None or tail.id < head.stream_id:
            yield None, tail
            tail = next(tails, None)
        else:
            yield head, tail
            head, tail = next(heads, None), next(tails, None)


def _rising(heads: Iterable[Head]) -> Iterator[Head]:
    last: UUID | None = None
    for head in heads:
        if last is not None and head.stream_id <= last:
            raise ValueError("heads must come sorted by stream")
        last = head.stream_id
        yield head
