"""The content store: bytes that events cite by their plain SHA-256."""

from collections.abc import Iterable
from dataclasses import dataclass

from .canonical import canonical, digest
from .models import Content

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes with their digest and media type, as an event's `before` and `after` cite them."""

    digest: str
    media_type: str
    body: bytes

    def cited(self) -> dict[str, object]:
        """How an event names these bytes."""
        return {"digest": self.digest, "media_type": self.media_type, "size": len(self.body)}


def blob_of(value: object) -> Blob:
    """The canonical JSON bytes of a value; CanonicalError if it lies outside the profile."""
    body = canonical(value)
    return Blob(digest(body), JSON, body)


def store(blobs: Iterable[Blob]) -> None:
    """Keep the bytes; the same bytes are kept once. One statement."""
    rows = [Content(digest=b.digest, media_type=b.media_type, size=len(b.body), body=b.body) for b in blobs]
    # By digest, so that two who store the same bytes never wait for each other crosswise.
    once = sorted({row.digest: row for row in rows}.values(), key=lambda row: row.digest)
    Content.objects.bulk_create(once, ignore_conflicts=True)
