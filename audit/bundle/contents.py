"""`content/`: what the shown events cite, hashed once more while it is copied; and `openings.ndjson`."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from audit.canonical import canonical, parse, spelled
from audit.citations import opens

from .bag import Bag
from .cited import Citations
from .reading import Reader
from .scope import BundleFault, Scope

_AT_ONCE = 50  # contents may be large: few are in memory at a time
_CONTENTS = "SELECT digest, media_type, size, body FROM audit_content WHERE digest = ANY(%s)"
_ERASED = (
    "SELECT object_id FROM audit_event e JOIN audit_leaf l ON l.event_id = e.id"
    " WHERE {sealed} AND action = 'content.erased' AND object_id = ANY(%s)"
)
# Rows of the access log tell of every case: a subset says that the file is there, and leaves it out.
_WITHHELD = (
    "SELECT after_digest FROM audit_event e JOIN audit_leaf l ON l.event_id = e.id"
    " WHERE {sealed} AND action = 'access.batch' AND after_digest = ANY(%s)"
)
_OPENINGS = "SELECT commitment, kind, salt, value::text FROM audit_opening WHERE commitment = ANY(%s)"


def write_contents(bag: Bag, reader: Reader, scope: Scope, citations: Citations) -> None:
    """Copy every cited content under its digest, and list them; BundleFault if one is missing or changed."""
    with tempfile.TemporaryFile() as index:
        for wanted, rows in reader.ahead(
            lambda digests: reader.all(_CONTENTS, [digests]), batches(citations.contents, _AT_ONCE)
        ):
            found = {row[0]: row for row in rows}
            erased = _erased(reader, scope, [d for d in wanted if d not in found])
            withheld = _named(reader, scope, _WITHHELD, wanted) if not scope.whole else set()
            for digest in wanted:
                line = _listed(digest, found.get(digest), erased)
                index.write(spelled(line | ({"withheld": True} if digest in withheld else {})) + b"\n")
                if digest in found and digest not in withheld:
                    hexed = digest.removeprefix("sha256:")
                    bag.add(f"data/content/sha256/{hexed[:2]}/{hexed}", found[digest][3])
        index.seek(0)
        with bag.stream("data/content/index.ndjson") as out:
            shutil.copyfileobj(index, out)


def _listed(digest: str, row: tuple[Any, ...] | None, erased: set[str]) -> dict[str, Any]:
    if row is None and digest in erased:
        return {"digest": digest, "erased": True}
    if row is None:
        raise BundleFault("BLOB_MISSING", f"An event cites content that is not there: {digest}.")
    _, media_type, size, body = row
    if f"sha256:{hashlib.sha256(body).hexdigest()}" != digest or size != len(body):
        raise BundleFault("BLOB_CHANGED", f"The stored bytes are not those of the digest {digest}.")
    return {"digest": digest, "media_type": media_type, "size": size}


def _erased(reader: Reader, scope: Scope, missing: list[str]) -> set[str]:
    return _named(reader, scope, _ERASED, missing)


def _named(reader: Reader, scope: Scope, query: str, digests: list[str]) -> set[str]:
    """Those of the digests that sealed events of one kind name."""
    if not digests:
        return set()
    sealed, params = scope.sealed()
    return {row[0] for row in reader.all(query.format(sealed=sealed), [*params, digests])}


def write_openings(bag: Bag, reader: Reader, citations: Citations) -> None:
    """Write what opens the commitments of the shown events; what was erased is left out."""
    for digests in batches(citations.committing, _AT_ONCE):
        for _, _, _, body in reader.all(_CONTENTS, [digests]):
            citations.commitments.add(*(text.encode() for text in committed_in(parse(body))))
    with bag.stream("data/openings.ndjson") as out:
        for commitments in batches(citations.commitments, 1000):
            for opening in openings(reader, commitments):
                out.write(canonical(opening) + b"\n")


def committed_in(content: dict[str, Any]) -> Iterator[str]:
    """The commitments in a case's registration (never the patient's) or in a reviewer's comments."""
    if "external_ref" in content:
        yield content["external_ref"]
    yield from (comment["text"] for comment in content.get("comments", ()))


def openings(reader: Reader, commitments: list[str]) -> list[dict[str, Any]]:
    """What opens these commitments, sorted; BundleFault if one of them doesn't fit."""
    found = []
    for commitment, kind, salt, text in sorted(reader.all(_OPENINGS, [commitments])):
        value = json.loads(text)
        if not opens(commitment, kind, salt, value):
            raise BundleFault("OPENING_BAD", f"The opening is not that of the commitment {commitment}.")
        found.append({"commitment": commitment, "kind": kind, "salt": salt.hex(), "value": value})
    return found


def batches(lines: Iterable[bytes], size: int) -> Iterator[list[str]]:
    """The lines as text, `size` at a time."""
    rest = iter(lines)
    while batch := [line.decode() for line in islice(rest, size)]:
        yield batch
