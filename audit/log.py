"""The only way into the log: events are gathered in a Journal and written with the change that they record.

A Journal belongs to one transaction. Open it after the rows are locked, `record` each act, then `write`.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from django.db import connection
from psycopg.types.json import Jsonb

from . import agent, contents
from .actions import Action
from .canonical import digest as content_digest
from .commitments import commit, new_salt
from .contents import Blob
from .copying import Copy, copy_in
from .envelope import checked_body
from .merkle import leaf_hash
from .models import Log, Opening
from .tally import count_committed

SCHEMA = "consilium/audit-event/v1"
WORTH_A_COPY = 20  # rows
StreamKind = Literal["case", "project", "batch", "account", "key"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as the log names them: a project's own pseudonym, never a name."""

    kind: Literal["human", "model", "service", "system"]
    id: str
    role: str
    person: str | None = None
    site: str | None = None
    credentials: str | None = None
    auth: dict[str, Any] | None = None

    def block(self) -> dict[str, Any]:
        """The event's `actor`."""
        return {
            "kind": self.kind,
            "id": self.id,
            "person": self.person,
            "role": self.role,
            "site": self.site,
            "credentials": self.credentials,
            "auth": self.auth,
            "on_behalf_of": None,
        }


# The machine itself: the same in every project, because it is nobody.
SYSTEM = Actor(kind="system", id="act_" + "0" * 32, role="system")


@dataclass(frozen=True, slots=True)
class Request:
    """Where an act came from; the server's own time is never taken from here."""

    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    client: str | None = None
    tool: str | None = None
    client_time: str | None = None
    client_zone: str | None = None
    correlation: str | None = None


@dataclass(slots=True)
class Stream:
    """The head of one chain: the last event's place, leaf hash and time."""

    kind: StreamKind
    id: uuid.UUID
    seq: int = 0
    head: bytes = b""
    time: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as it will stand in the log."""

    event_id: uuid.UUID
    seq: int
    leaf_hash: bytes
    body: bytes
    action: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a code from the project's list, and words that only a salted commitment of enters the log."""

    code: str
    text: str = ""


class Journal:
    """The events of one transaction in one project's log."""

    def __init__(self, log: Log, actor: Actor, request: Request) -> None:
        self.log, self.actor, self.request = log, actor, request
        self._entries: list[Entry] = []
        self._blobs: dict[str, Blob] = {}
        self._openings: list[Opening] = []
        self._now = ""

    def new_stream(self, kind: StreamKind, stream_id: uuid.UUID) -> Stream:
        """A chain that begins in this transaction."""
        return Stream(kind, stream_id)

    def stream(self, kind: StreamKind, stream_id: uuid.UUID) -> Stream:
        """The head of an existing chain, and the database's clock. Its owner's row must be locked by now."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT clock_timestamp(), stream_seq, leaf_hash, server_time FROM (SELECT 1) AS one"
                " LEFT JOIN LATERAL (SELECT stream_seq, leaf_hash, server_time FROM audit_event"
                " WHERE stream_id = %s ORDER BY stream_seq DESC LIMIT 1) AS last ON true",
                [stream_id],
            )
            now, seq, head, time = cursor.fetchone()
        self._now = _text(now)
        return Stream(kind, stream_id, seq or 0, bytes(head or b""), time or "")

    def streams(self, kind: StreamKind, stream_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Stream]:
        """The heads of many existing chains, by id, in one statement. Their owners' rows must be locked by now."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT asked.id, last.stream_seq, last.leaf_hash, last.server_time"
                " FROM unnest(%s::uuid[]) AS asked(id)"
                " CROSS JOIN LATERAL (SELECT stream_seq, leaf_hash, server_time FROM audit_event"
                " WHERE stream_id = asked.id ORDER BY stream_seq DESC LIMIT 1) AS last",
                [list(stream_ids)],
            )
            rows = cursor.fetchall()
        return {found: Stream(kind, found, seq, bytes(head), time) for found, seq, head, time in rows}

    def continue_at(self, head: Stream, now: datetime) -> Stream:
        """A chain whose head was read with the row that owns it, at the database's time `now`."""
        self._now = self._now or _text(now)
        return head

    def now(self) -> str:
        """The database's time of this journal, `YYYY-MM-DDThh:mm:ss.ffffffZ`, read once."""
        if not self._now:
            with connection.cursor() as cursor:
                cursor.execute("SELECT clock_timestamp()")
                self._now = _text(cursor.fetchone()[0])
        return self._now

    def keep(self, value: object) -> Blob:
        """Store a JSON value as content when the journal is written."""
        return self.hold(contents.blob_of(value))

    def hold(self, blob: Blob) -> Blob:
        """Store bytes as content when the journal is written."""
        self._blobs[blob.digest] = blob
        return blob

    def commitment(
        self, kind: Literal["person", "text", "signature", "ip"], value: Any, subject: Any = None
    ) -> str:
        """A salted commitment to a value; the opening is stored beside the log, and can be erased."""
        salt = new_salt()
        text = commit(kind, value, salt)
        self._openings.append(Opening(commitment=text, kind=kind, salt=salt, value=value, subject_id=subject))
        return text

    def record(
        self,
        stream: Stream,
        action: Action,
        *,
        object: tuple[str, str, int],
        before: Blob | None = None,
        after: Blob | None = None,
        inputs: Sequence[tuple[str, str]] = (),
        display: str | None = None,
        guideline: dict[str, Any] | None = None,
        protocol: dict[str, Any] | None = None,
        blinding: dict[str, bool] | None = None,
        reason: Reason | None = None,
        state: tuple[str | None, str] | None = None,
        extra: dict[str, Any] | None = None,
        actor: Actor | None = None,
        caused_by: Entry | None = None,
        model: dict[str, str] | None = None,
    ) -> Entry:
        """Append one event to its chain. EnvelopeError if it lacks what the log demands."""
        event_id = uuid.uuid4()
        facts = {
            "action": action.value,
            "object": {"kind": object[0], "id": object[1], "version": object[2]},
            "before": before.cited() if before else None,
            "after": after.cited() if after else None,
            "diff": None,
            "inputs": [{"role": role, "digest": cited} for role, cited in sorted(set(inputs))],
            "display": display,
            "guideline": guideline,
            "protocol": protocol,
            "blinding": blinding,
            "reason": self._reason(reason),
            "state": {"from": state[0], "to": state[1]} if state else None,
            "signature": None,
            "extra": extra,
        }
        body = checked_body(self._place(stream, event_id) | self._by(actor, caused_by, model) | facts)
        if after:
            self._blobs[after.digest] = after
        entry = Entry(event_id, stream.seq + 1, leaf_hash(body), body, action.value)
        stream.seq, stream.head, stream.time = entry.seq, entry.leaf_hash, self.now()
        self._entries.append(entry)
        return entry

    def _place(self, stream: Stream, event_id: uuid.UUID) -> dict[str, Any]:
        """Where and when: the log, the place in the chain, the times."""
        now, request = self.now(), self.request
        return {
            "schema": SCHEMA,
            "log": self.log.origin,
            "event_id": str(event_id),
            "stream": {"kind": stream.kind, "id": str(stream.id)},
            "seq": stream.seq + 1,
            "prev": f"sha256:{stream.head.hex()}" if stream.seq else None,
            "time": {
                "server": now,
                "client": request.client_time,
                "client_zone": request.client_zone,
                "clock": "unknown",
                "max_error_us": 0,
                "regressed_us": _regressed(stream.time, now),
            },
        }

    def _by(
        self, actor: Actor | None, caused_by: Entry | None, model: dict[str, str] | None
    ) -> dict[str, Any]:
        """Who, with what, and following from what."""
        request = self.request
        return {
            "actor": (actor or self.actor).block(),
            "agent": {
                "software": agent.SOFTWARE,
                "software_digest": agent.software_digest(),
                "client": request.client,
                "tool": request.tool,
                "model": model,
            },
            "request": {
                "id": request.id,
                "causation": f"sha256:{caused_by.leaf_hash.hex()}" if caused_by else None,
                "correlation": request.correlation,
            },
        }

    @property
    def pending(self) -> bool:
        """Whether anything waits to be written."""
        return bool(self._entries)

    @property
    def entries(self) -> list[Entry]:
        """What waits to be written, in order."""
        return list(self._entries)

    @property
    def events_alone(self) -> bool:
        """Whether neither contents nor openings wait with the events."""
        return not self._blobs and not self._openings

    def append(self, entries: Sequence[Entry]) -> None:
        """Write these too: told like others of this journal (audit/alike.py), so with nothing left to check."""
        self._entries += entries

    def write(self) -> None:
        """Insert contents, openings and events, in order; at most three statements."""
        if self._blobs:
            contents.store(self._blobs.values())
        if self._openings:
            _open(self._openings)
        if self._entries:
            _insert(self.log, self._entries)
            count_committed([entry.action for entry in self._entries])
        self._entries, self._blobs, self._openings = [], {}, []

    def _reason(self, reason: Reason | None) -> dict[str, Any] | None:
        if reason is None:
            return None
        text = self.commitment("text", reason.text) if reason.text else None
        return {"code": reason.code, "text": text}


def _open(openings: Sequence[Opening]) -> None:
    if len(openings) < WORTH_A_COPY:
        Opening.objects.bulk_create(openings)
        return
    rows = Copy(openings[0], ["commitment", "kind", "salt", "value", "subject_id"])
    for one in openings:
        rows.add(one.commitment, one.kind, one.salt, Jsonb(one.value), one.subject_id)
    rows.write()


def _insert(log: Log, entries: Sequence[Entry]) -> None:
    if len(entries) >= WORTH_A_COPY:
        return copy_in("audit_event", ["log_id", "body"], [(log.pk, entry.body) for entry in entries])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_event (log_id, body) SELECT %s, body"
            " FROM unnest(%s::bytea[]) WITH ORDINALITY AS given(body, place) ORDER BY place",
            [log.pk, [entry.body for entry in entries]],
        )


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str) -> datetime:
    """The time that an event carries, as a datetime in UTC."""
    return datetime.fromisoformat(text)


def _regressed(last: str, now: str) -> int:
    """Microseconds by which the clock stepped back since the chain's last event; 0 as a rule."""
    if now >= last:
        return 0
    return (moment(last) - moment(now)) // timedelta(microseconds=1)


__all__ = [
    "SYSTEM",
    "Action",
    "Actor",
    "Entry",
    "Journal",
    "Reason",
    "Request",
    "Stream",
    "content_digest",
    "moment",
]
