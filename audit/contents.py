"""The content store: bytes that events cite by their plain SHA-256."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from .canonical import canonical, digest

JSON = "application/json"
_STORE = """
INSERT INTO audit_content (digest, media_type, size, body)
SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bytea[]) ON CONFLICT DO NOTHING
"""


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
    """Keep the bytes; the same bytes are kept once. One statement, none if there are none."""
    # By digest, so that two who store the same bytes never wait for each other crosswise.
    once = sorted({blob.digest: blob for blob in blobs}.values(), key=lambda blob: blob.digest)
    rows = [(blob.digest, blob.media_type, len(blob.body), blob.body) for blob in once]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_STORE, [list(column) for column in zip(*rows, strict=True)])
