"""Inclusion proofs of a few leaves, gathered in the pass that builds the tree (RFC 9162 §2.1.3, C2SP tlog-proof)."""

from base64 import b64encode
from collections.abc import Iterable

from audit.merkle import node_hash

Node = tuple[int, int]  # level above the leaves, index within it


class Proofs:
    """Collects the nodes that the proofs of some leaves need; memory grows with their number, not with the tree."""

    def __init__(self, indexes: Iterable[int], size: int) -> None:
        self._size = size
        self._needed: dict[Node, bytes | None] = {}
        for index in indexes:
            self._needed |= dict.fromkeys(self._path(index))
        self._open: list[bytes] = []  # the roots of the perfect subtrees so far, as in a Frontier

    def take(self, index: int, leaf: bytes) -> None:
        """The next leaf hash, in order."""
        level, place = 0, index
        self._keep((0, place), leaf)
        while place & 1:
            leaf = node_hash(self._open.pop(), leaf)
            level, place = level + 1, place >> 1
            self._keep((level, place), leaf)
        self._open.append(leaf)

    def of(self, index: int) -> list[bytes]:
        """The proof of a leaf, lowest node first; asked for after the last leaf."""
        return [self._needed[node] or self._ragged(node) for node in self._path(index)]

    def _path(self, index: int) -> list[Node]:
        found, level, last = [], 0, self._size - 1
        while last:
            if index ^ 1 <= last:
                found.append((level, index ^ 1))
            level, index, last = level + 1, index >> 1, last >> 1
        return found

    def _keep(self, node: Node, value: bytes) -> None:
        if node in self._needed:
            self._needed[node] = value

    def _ragged(self, node: Node) -> bytes:
        """The node on the right edge that is not full: the roots that hang below it, folded."""
        level, place = node
        below = (self._size - (place << level)).bit_count()
        result = self._open[-1]
        for subtree in reversed(self._open[-below:-1]):
            result = node_hash(subtree, result)
        return result


def proof_text(index: int, proof: Iterable[bytes], note: str) -> bytes:
    """A C2SP tlog-proof of one leaf under a checkpoint."""
    lines = [
        "c2sp.org/tlog-proof@v1",
        f"index {index}",
        *(b64encode(node).decode() for node in proof),
        "",
        note,
    ]
    return "\n".join(lines).encode()
