"""Whether what events cite is there and unchanged: contents by their SHA-256, openings by their commitments."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .commitments import commit
from .contents import JSON
from .models import Content, Opening

_DIGEST = re.compile(rb'"(sha256:[0-9a-f]{64})"')
_LARGEST_TOGETHER = 64  # contents may be large: few are in memory at a time
_REMEMBERED = 50_000

Report = Callable[[str, str, str], None]  # code, place, message


class Recent(dict[str, Any]):
    """A memory of bounded size for what was found good lately; the oldest is forgotten first."""

    def remember(self, key: str, value: Any = True) -> None:
        """Keep the value under its key."""
        self[key] = value
        if len(self) > _REMEMBERED:
            del self[next(iter(self))]


class Citations:
    """Gathers what a run of events cites, and checks each cited thing once in a while."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.contents = self.openings = 0
        self._waiting: dict[str, set[tuple[str, int] | None]] = {}
        self._commitments: set[str] = set()
        self._known: Recent = Recent()
        self._opened: Recent = Recent()

    def gather(self, event: dict[str, Any]) -> None:
        """Note what an event cites."""
        for digest, form in cited_contents(event):
            self._waiting.setdefault(digest, set()).add(form)
        self._commitments.update(cited_commitments(event))

    def check(self) -> None:
        """Check everything gathered since the last time."""
        wanted = [digest for digest in self._waiting if digest not in self._known]
        self._check_contents(wanted)
        for digest, forms in self._waiting.items():
            self._check_forms(digest, forms)
        self._check_openings([c for c in self._commitments if c not in self._opened])
        self._waiting, self._commitments = {}, set()

    def _check_contents(self, wanted: list[str]) -> None:
        rows = Content.objects.filter(pk__in=wanted).values_list("digest", "media_type", "size", "body")
        found: set[str] = set()
        for digest, media_type, size, body in rows.iterator(chunk_size=_LARGEST_TOGETHER):
            self.contents += 1
            found.add(digest)
            if "sha256:" + hashlib.sha256(body).hexdigest() != digest or size != len(body):
                self.report("BLOB_CHANGED", digest, "The stored bytes are not those of the digest.")
            if media_type == JSON:  # content may hold commitments too, such as a case's reference
                self._commitments.update(text.decode() for text in _DIGEST.findall(body))
            self._known.remember(digest, (media_type, size))
        for digest in set(wanted) - found:
            self.report("BLOB_MISSING", digest, "An event cites content that is not there.")
            self._known.remember(digest, None)

    def _check_forms(self, digest: str, forms: set[tuple[str, int] | None]) -> None:
        stored = self._known.get(digest)
        if stored and forms - {None, stored}:
            self.report("BLOB_CHANGED", digest, "An event cites this content with another type or size.")

    def _check_openings(self, wanted: list[str]) -> None:
        rows = Opening.objects.filter(pk__in=wanted).values_list("commitment", "kind", "salt", "value")
        for commitment, kind, salt, value in rows.iterator(chunk_size=1000):
            self.openings += 1
            if not opens(commitment, kind, bytes(salt), value):
                self.report("OPENING_BAD", commitment, "The opening is not that of the commitment.")
        for commitment in wanted:
            self._opened.remember(commitment)


def cited_contents(event: dict[str, Any]) -> Iterator[tuple[str, tuple[str, int] | None]]:
    """Each content digest that an event cites, with media type and size where it states them."""
    for key in ("before", "after", "diff"):
        if (cited := event[key]) is not None:
            yield cited["digest"], (cited["media_type"], cited["size"])
    signature = event["signature"] or {}
    plain = [
        event["actor"]["credentials"],
        event["display"],
        signature.get("content"),
        signature.get("evidence"),
    ]
    plain += [version["digest"] for key in ("guideline", "protocol") if (version := event[key])]
    plain += [item["digest"] for item in event["inputs"]]
    yield from ((digest, None) for digest in plain if digest is not None)


def cited_commitments(event: dict[str, Any]) -> Iterable[str]:
    """Each commitment that an event holds."""
    found = (
        event["actor"]["person"],
        (event["reason"] or {}).get("text"),
        (event["signature"] or {}).get("manifest"),
    )
    return [commitment for commitment in found if commitment is not None]


def opens(commitment: str, kind: Any, salt: bytes, value: object) -> bool:
    """Whether salt and value open the commitment."""
    try:
        return commit(kind, value, salt) == commitment
    except ValueError:
        return False
