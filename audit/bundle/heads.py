"""`heads.ndjson`: where each stream ends among the first leaves, so that nobody can leave a case out unseen."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from audit.canonical import spelled

from .reading import Reader
from .scope import logs_up_to, under

_HEADS = """
SELECT last.stream_kind, last.stream_id, last.stream_seq, last.leaf_hash, last.leaf_index, last.log_id
FROM audit_event first CROSS JOIN LATERAL (
  SELECT e.stream_kind, e.stream_id, e.stream_seq, l.leaf_hash, l.leaf_index, l.log_id
  FROM audit_event e JOIN audit_leaf l ON l.event_id = e.id
  WHERE e.stream_id = first.stream_id AND {sealed} ORDER BY e.stream_seq DESC LIMIT 1) last
WHERE first.log_id = ANY(%s) AND first.stream_seq = 1 ORDER BY first.stream_id
"""


@dataclass(frozen=True, slots=True)
class Heads:
    """What an export's event says of `heads.ndjson`, over the first `leaves` leaves."""

    leaves: int
    digest: str
    size: int
    streams: int


def head_lines(reader: Reader, logs: Sequence[int], leaves: int) -> Iterator[bytes]:
    """The lines of the file by stream, over the first `leaves` leaves of the last log and all of those before it."""
    sealed, params = under("l", logs, leaves)
    rows = reader.rows(_HEADS.format(sealed=sealed), [*params, list(logs)])
    for kind, stream, seq, leaf_hash, index, log_id in rows:
        line = {
            "head": f"sha256:{leaf_hash.hex()}",
            "index": index,
            "kind": kind,
            "seq": seq,
            "stream": str(stream),
        }
        epoch = {"epoch": logs.index(log_id) + 1} if len(logs) > 1 else {}
        yield spelled(line | epoch) + b"\n"


def heads_now(reader: Reader, log_id: int) -> Heads:
    """The heads over everything that is sealed now."""
    found = reader.one("SELECT size FROM audit_log WHERE id = %s", [log_id])
    leaves = found[0] if found else 0
    whole, size, streams = hashlib.sha256(), 0, 0
    for line in head_lines(reader, logs_up_to(reader, log_id), leaves):
        whole.update(line)
        size, streams = size + len(line), streams + 1
    return Heads(leaves, f"sha256:{whole.hexdigest()}", size, streams)
