"""Events of many streams that differ in ids, hashes and the time alone: one is told and checked, the others follow it.

Each token gives way to one of its own kind and length, so that what follows a checked event would pass the same checks
and is spelled canonically too: tests/audit/test_alike.py holds it against `audit.envelope.checked_body`.
"""

import re
from collections.abc import Sequence
from uuid import uuid4

from .log import Entry
from .merkle import leaf_hash

_TOKEN = re.compile(r"[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
# Inputs stand in the order of what they cite, and another stream's clock need not have gone back.
_ITS_OWN = re.compile(rb'"inputs":\[\{|"regressed_us":[1-9]')


def can_follow(entries: Sequence[Entry]) -> bool:
    """Whether others may be told like these."""
    return bool(entries) and not any(_ITS_OWN.search(entry.body) for entry in entries)


class Alike:
    """Events that stand together in one stream, as the pattern of those of other streams.

    own: what differs from stream to stream, each a UUID or 64 hex digits; head: leaf hash of what stands before, empty
    if nothing does; time: the database's, as the pattern tells it. ValueError where they can't serve as a pattern.
    """

    def __init__(self, entries: Sequence[Entry], own: Sequence[str], head: bytes, time: str) -> None:
        self._own, self._head, self._time = (
            [text.encode() for text in own],
            head.hex().encode(),
            time.encode(),
        )
        self._ids = [str(entry.event_id).encode() for entry in entries]
        self._hashes = [entry.leaf_hash.hex().encode() for entry in entries]
        self._told = [(entry.seq, entry.action) for entry in entries]
        tokens = [*self._own, *self._ids, *self._hashes, *([self._head] if head else [])]
        if not can_follow(entries) or len(set(tokens)) != len(tokens):
            raise ValueError(
                "No pattern: an event that is like no other, or a token that stands for two things."
            )
        _refuse_others(own, time)
        found = re.compile(b"(" + b"|".join([*tokens, rb'(?<="server":")' + re.escape(self._time)]) + b")")
        self._bodies = [(parts := found.split(entry.body), parts[1::2]) for entry in entries]

    def follow(self, own: Sequence[str], head: bytes, time: str) -> list[Entry]:
        """The same of another stream, under new event ids; `own` in the pattern's order."""
        _refuse_others(own, time)
        ids, entries = [uuid4() for _ in self._ids], []
        now = {self._time: time.encode(), self._head: head.hex().encode()}
        now |= zip(self._own, [text.encode() for text in own], strict=True)
        now |= zip(self._ids, [str(one).encode() for one in ids], strict=True)
        for place, (parts, tokens) in enumerate(self._bodies):
            parts[1::2] = [now[token] for token in tokens]
            body = b"".join(parts)
            seq, action = self._told[place]
            entries.append(entry := Entry(ids[place], seq, leaf_hash(body), body, action))
            now[self._hashes[place]] = entry.leaf_hash.hex().encode()
        return entries


def _refuse_others(own: Sequence[str], time: str) -> None:
    if not _TIME.fullmatch(time) or not all(_TOKEN.fullmatch(text) for text in own):
        raise ValueError("What differs between streams is a UUID, 64 hex digits, or a time in microseconds.")
