"""The log's part of a bundle: heads, events, leaves, proofs, contents, openings, each as docs/bundle.md says."""

from uuid import UUID

from .bag import Bag
from .cited import Citations
from .contents import write_contents, write_openings
from .events import Progress, checkpoints, write_events, write_leaves
from .heads import head_lines
from .proofs import Proofs, proof_text
from .reading import Reader
from .scope import BundleFault, Scope

_LAST = """
SELECT DISTINCT ON (e.stream_id) e.stream_id, l.leaf_index, l.log_id
FROM audit_event e JOIN audit_leaf l ON l.event_id = e.id
WHERE e.stream_id = ANY(%s) AND {sealed} ORDER BY e.stream_id, e.stream_seq DESC
"""


def write_log(
    bag: Bag, reader: Reader, scope: Scope, *, heads: str, openings: bool, progress: Progress
) -> None:
    """Write everything that is the log's; BundleFault if it isn't what was signed, or `heads` not its heads."""
    bag.add("data/log/checkpoint", scope.note.encode())
    for epoch in scope.epochs:
        for size, note in checkpoints(reader, epoch):
            bag.add(f"{epoch.folder}checkpoints/{size}", note.encode())
    _write_heads(bag, reader, scope, heads)
    citations = Citations()
    try:
        write_events(bag, reader, scope, citations, progress)
        if scope.cases is not None:
            _write_leaves_and_proofs(bag, reader, scope, scope.cases)
        write_contents(bag, reader, scope, citations)
        if openings:
            write_openings(bag, reader, citations)
    finally:
        citations.close()


def _write_heads(bag: Bag, reader: Reader, scope: Scope, heads: str) -> None:
    with bag.stream("data/log/heads.ndjson") as out:
        for line in head_lines(reader, scope.logs, scope.announced):
            out.write(line)
    if f"sha256:{out.hexdigest()}" != heads:
        raise BundleFault("HEADS_MISMATCH", "The streams end elsewhere than the export's event says.")


def _write_leaves_and_proofs(bag: Bag, reader: Reader, scope: Scope, cases: tuple[UUID, ...]) -> None:
    """A case that ends in an epoch before has no proof: its leaf is among those of which the next one tells."""
    sealed, params = scope.sealed()
    found = reader.all(_LAST.format(sealed=sealed), [list(cases), *params])
    last = {case: index for case, index, log_id in found if log_id == scope.log_id}
    proofs = Proofs(last.values(), scope.size)
    *before, present = scope.epochs
    for epoch in before:
        write_leaves(bag, reader, epoch, lambda _index, _leaf: None)
    write_leaves(bag, reader, present, proofs.take)
    for case in cases:
        if case in last:
            text = proof_text(last[case], proofs.of(last[case]), scope.note)
            bag.add(f"data/log/proofs/{case}.tlog-proof", text)
