"""`events.ndjson` and `leaves.bin`: a log, hashed again as it goes by, under every head that was signed."""

from collections.abc import Callable, Iterator

from audit.merkle import Frontier, leaf_hash
from audit.notes import parse_checkpoint, split

from .bag import Bag
from .cited import Citations
from .reading import Reader
from .scope import BundleFault, Epoch, Scope

_LEAVES = """
SELECT e.body, l.leaf_hash, l.leaf_index FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id
WHERE l.log_id = %s AND l.leaf_index < %s AND {shown} ORDER BY l.leaf_index
"""
_HASHES = "SELECT leaf_hash FROM audit_leaf WHERE log_id = %s AND leaf_index < %s ORDER BY leaf_index"
_CHECKPOINTS = (
    "SELECT size, note FROM audit_checkpoint WHERE log_id = %s AND size BETWEEN 1 AND %s ORDER BY size"
)

Progress = Callable[[int], None]  # told how many events are done


class Tree:
    """An epoch's tree as it grows, held against every checkpoint that was published on the way."""

    def __init__(self, reader: Reader, epoch: Epoch) -> None:
        self.frontier = Frontier()
        self._signed = checkpoints(reader, epoch)
        self._next = next(self._signed, None)

    def append(self, leaf: bytes) -> None:
        """One more leaf; BundleFault if a head that was signed over the leaves so far had another root."""
        self.frontier.append(leaf)
        if self._next is not None and self._next[0] == self.frontier.size:
            if parse_checkpoint(split(self._next[1])[0]).root != self.frontier.root():
                raise BundleFault(
                    "HISTORY_FORK", f"The first {self.frontier.size} events are not those that were signed."
                )
            self._next = next(self._signed, None)

    def close(self, epoch: Epoch) -> None:
        """BundleFault unless all leaves came by."""
        if self.frontier.size != epoch.size or self.frontier.root() != epoch.root:
            raise BundleFault(
                "TREE_SIZE", f"{epoch.size} leaves were signed, {self.frontier.size} are there."
            )


def checkpoints(reader: Reader, epoch: Epoch) -> Iterator[tuple[int, str]]:
    """Every published checkpoint of an epoch that a bundle shows, as (size, note)."""
    yield from reader.rows(_CHECKPOINTS, [epoch.log_id, epoch.signed], at_once=100)


def write_events(bag: Bag, reader: Reader, scope: Scope, citations: Citations, progress: Progress) -> None:
    """Write the bodies that are shown, and with a whole log check the trees in the same pass."""
    done = 0
    for epoch in scope.epochs:

        def told(count: int, before: int = done) -> None:
            progress(before + count)

        done += _write_epoch(bag, reader, scope, epoch, citations, told)


def _write_epoch(
    bag: Bag, reader: Reader, scope: Scope, epoch: Epoch, citations: Citations, progress: Progress
) -> int:
    tree = Tree(reader, epoch) if scope.whole else None
    shown, params = scope.shown()
    done = 0
    with bag.stream(f"{epoch.folder}events.ndjson") as out:
        for rows in reader.batches(_LEAVES.format(shown=shown), [epoch.log_id, epoch.size, *params]):
            for body, sealed, index in rows:
                if leaf_hash(body) != sealed:
                    raise BundleFault("ROOT_MISMATCH", f"Leaf {index} was sealed with other bytes.")
                if tree is not None:
                    tree.append(sealed)
            lines = b"\n".join([body for body, _, _ in rows]) + b"\n"
            out.write(lines)
            citations.gather(lines)
            progress(done := done + len(rows))
    if tree is not None:
        tree.close(epoch)
    return done


def write_leaves(bag: Bag, reader: Reader, epoch: Epoch, each: Callable[[int, bytes], None]) -> Frontier:
    """Write every leaf hash of an epoch and check its tree; `each` is told index and hash as they go by."""
    tree = Tree(reader, epoch)
    with bag.stream(f"{epoch.folder}leaves.bin") as out:
        for rows in reader.batches(_HASHES, [epoch.log_id, epoch.size]):
            for (leaf,) in rows:
                each(tree.frontier.size, leaf)
                tree.append(leaf)
            out.write(b"".join([leaf for (leaf,) in rows]))
    tree.close(epoch)
    return tree.frontier
