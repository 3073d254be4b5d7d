"""Histories of real cases, copied under new names: as many events as are wanted, and every one holds.

A copy has ids, commitments and times of its own, so that its contents, leaf hashes and chain differ from those of every
other; what it shares with the rest of the project (versions, people) stays.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import uuid4

from audit.canonical import digest
from audit.commitments import commit, new_salt
from audit.merkle import leaf_hash
from audit.models import Content, Event, Opening

_UUID = rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_TOKEN = re.compile(rb"[0-9a-f]{64}|" + _UUID + rb'|(?<="server":")[^"]{27}')
_INPUTS = re.compile(rb'(?<="inputs":\[)\{[^]]*\},\{[^]]*(?=\])')
_INPUT = re.compile(rb'\{"digest":"([^"]*)","role":"([^"]*)"\}')


@dataclass(frozen=True, slots=True)
class _Step:
    """Bytes to be written anew: those of an event, or of a content, with the digest by which others cite them."""

    body: bytes
    cited_as: bytes  # 64 hex digits
    media_type: str = ""  # empty for an event


@dataclass(slots=True)
class Copies:
    """Rows for the tables, ready to be copied in."""

    events: list[bytes] = field(default_factory=list)
    contents: list[tuple[str, str, int, bytes]] = field(default_factory=list)
    openings: list[tuple[str, str, bytes, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class History:
    """One case: what happened, in order, each content before the first event that cites it."""

    steps: tuple[_Step, ...]
    own_ids: tuple[bytes, ...]
    openings: tuple[tuple[bytes, Any, Any], ...]

    @property
    def events(self) -> int:
        """How many events it has."""
        return sum(not step.media_type for step in self.steps)

    def copy(self, now: str, into: Copies) -> None:
        """The same again, of another case, at the database's time `now`."""
        new: dict[bytes, bytes] = {one: str(uuid4()).encode() for one in self.own_ids}
        for old, kind, value in self.openings:
            salt = new_salt()
            text = commit(kind, value, salt)
            new[old] = text[7:].encode()
            into.openings.append((text, kind, salt, value))
        moment = now.encode()

        def renamed(found: re.Match[bytes]) -> bytes:
            return moment if len(found[0]) == 27 else new.get(found[0], found[0])

        for step in self.steps:
            body = _TOKEN.sub(renamed, step.body)
            if not step.media_type:
                body = _INPUTS.sub(_sorted_inputs, body)
                new[step.cited_as] = leaf_hash(body).hex().encode()
                into.events.append(body)
            elif body != step.body:
                named = sha256(body).hexdigest()
                new[step.cited_as] = named.encode()
                into.contents.append((f"sha256:{named}", step.media_type, len(body), body))


def _sorted_inputs(found: re.Match[bytes]) -> bytes:
    cited = sorted((role, digest) for digest, role in _INPUT.findall(found[0]))
    return b",".join(b'{"digest":"%s","role":"%s"}' % (digest, role) for role, digest in cited)


def histories_of(log_id: int) -> list[History]:
    """The histories of every case in a log."""
    events = Event.objects.filter(log=log_id)
    shared = _tokens(
        bytes(body) for body in events.exclude(stream_kind="case").values_list("body", flat=True)
    )
    contents = {row.digest[7:].encode(): row for row in Content.objects.iterator()}
    shared |= _tokens(bytes(contents[one].body) for one in shared & contents.keys())
    openings = {row.commitment[7:].encode(): row for row in Opening.objects.iterator()}
    cases = events.filter(stream_kind="case").values_list("stream_id", flat=True).distinct()
    return [_history(_bodies(events, case), shared, contents, openings) for case in sorted(cases)]


def _bodies(events: Any, case: Any) -> list[bytes]:
    found = events.filter(stream_id=case).order_by("stream_seq").values_list("body", flat=True)
    return [bytes(body) for body in found]


def _history(
    bodies: list[bytes], shared: set[bytes], contents: dict[bytes, Content], openings: dict[bytes, Opening]
) -> History:
    steps: dict[bytes, _Step] = {}

    def put_contents(body: bytes) -> None:
        for token in _TOKEN.findall(body):
            if token in contents and token not in steps:
                content = bytes(contents[token].body)
                put_contents(content)
                steps[token] = _Step(content, digest(content)[7:].encode(), contents[token].media_type)

    for body in bodies:
        put_contents(body)
        leaf = leaf_hash(body).hex().encode()
        steps[leaf] = _Step(body, leaf)
    own = _tokens(step.body for step in steps.values()) - shared
    opened = [(one, openings[one].kind, openings[one].value) for one in sorted(own & openings.keys())]
    ids = tuple(sorted(one for one in own if len(one) == 36))
    return History(tuple(steps.values()), ids, tuple(opened))


def _tokens(bodies: Iterable[bytes]) -> set[bytes]:
    return {token for body in bodies for token in _TOKEN.findall(body)}


def endless(histories: list[History]) -> Iterator[History]:
    """One history after the other, again and again."""
    while True:
        yield from histories
