"""All that the log holds of one case, recomputed as it is taken in: events, what they cite, openings, a signed head."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from audit.bundle.proofs import proof_text
from audit.canonical import CanonicalError, parse
from audit.citations import opens
from audit.merkle import leaf_hash, verify_inclusion
from audit.notes import NoteError, open_checkpoint

from .proofs import Head


@dataclass(frozen=True, slots=True)
class Logged:
    """An event as it was hashed, what that says, and the leaf that it became; None while it waits for the seal."""

    body: bytes
    event: dict[str, Any]
    leaf_index: int | None
    leaf: bytes | None

    @property
    def hash(self) -> str:
        """Its leaf hash, computed from the body."""
        return f"sha256:{leaf_hash(self.body).hex()}"


@dataclass(frozen=True, slots=True)
class Opened:
    """What opens a commitment."""

    kind: str
    salt: bytes
    value: Any


@dataclass(frozen=True, slots=True)
class Covered:
    """The newest signed head, the last of the case's events under it, its place, and the nodes on its way up."""

    head: Head
    last: Logged
    place: int
    hashes: Sequence[bytes]

    def tlog_proof(self) -> str:
        """The same as a C2SP tlog-proof."""
        return proof_text(self.place, self.hashes, self.head.note).decode()


@dataclass(slots=True)
class CaseLog:
    """A case's events, oldest first; contents by digest and openings by commitment, as far as they are kept."""

    logged: Sequence[Logged]
    contents: Mapping[str, bytes]
    openings: Mapping[str, Opened]
    covered: Covered | None
    faults: list[str] = field(default_factory=list)
    _parsed: dict[str, Any] = field(default_factory=dict)

    def check_chain(self) -> None:
        """Recompute the chain and hold it against the leaves; what does not hold is said in `faults`."""
        before: str | None = None
        for place, one in enumerate(self.logged, 1):
            if (one.event["seq"], one.event["prev"]) != (place, before):
                self.faults.append(f"Event {place} does not follow from the one before it.")
            if one.leaf is not None and leaf_hash(one.body) != one.leaf:
                self.faults.append(f"Event {place} is not the one that was sealed as leaf {one.leaf_index}.")
            before = one.hash

    def json(self, digest: str | None) -> Any:
        """The JSON content with this digest; None if it is no longer kept, no JSON, or not what was cited."""
        if digest is None or digest not in self.contents:
            return None
        if digest not in self._parsed:
            self._parsed[digest] = self._checked(digest, self.contents[digest])
        return self._parsed[digest]

    def _checked(self, digest: str, body: bytes) -> Any:
        if f"sha256:{hashlib.sha256(body).hexdigest()}" != digest:
            self.faults.append(f"The stored bytes are not those of the digest {digest}.")
            return None
        try:
            return parse(body)
        except CanonicalError:
            return None

    def opened(self, commitment: str | None) -> Any:
        """The value behind a commitment; None if it was erased, or is not what was committed to."""
        kept = self.openings.get(commitment or "")
        if kept is None or commitment is None:
            return None
        if opens(commitment, kept.kind, kept.salt, kept.value):
            return kept.value
        fault = f"The opening is not that of the commitment {commitment}."
        self.faults += [] if fault in self.faults else [fault]
        return None

    def everything(self, digests: Iterable[str]) -> dict[str, Any]:
        """The JSON contents with these digests, as far as they are kept."""
        found = {digest: self.json(digest) for digest in digests}
        return {digest: content for digest, content in found.items() if content is not None}

    def check_proof(self) -> None:
        """Recompute the way to the root and the head's signature; what does not hold is said in `faults`."""
        if self.covered is None:
            return
        head, leaf = self.covered.head, leaf_hash(self.covered.last.body)
        if not verify_inclusion(leaf, self.covered.place, head.size, list(self.covered.hashes), head.root):
            self.faults.append("The inclusion proof does not lead to the signed root.")
        try:
            open_checkpoint(head.note, [head.vkey])
        except NoteError:
            self.faults.append("The signed head does not fit the log's key.")
