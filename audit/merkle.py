"""The Merkle tree of RFC 6962 and RFC 9162 §2.1: roots, proofs and their verification, on 32-byte hashes."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of one leaf, SHA-256(0x00 ‖ data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node, SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """Return the root over the leaf hashes, in order; that of no leaves is SHA-256 of nothing."""
    level = list(leaf_hashes)
    if not level:
        return EMPTY_ROOT
    while len(level) > 1:
        level = _next_level(level)
    return level[0]


def _next_level(level: Sequence[bytes]) -> list[bytes]:
    paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return paired + list(level[len(paired) * 2 :])


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """Return the proof, lowest node first, that leaf `index` is in the tree; ValueError if it is not."""
    if not 0 <= index < len(leaf_hashes):
        raise ValueError(f"no leaf {index} in a tree of {len(leaf_hashes)}")
    proof, level = [], list(leaf_hashes)
    while len(level) > 1:
        if index ^ 1 < len(level):
            proof.append(level[index ^ 1])
        level, index = _next_level(level), index >> 1
    return proof


def consistency_proof(leaf_hashes: Sequence[bytes], old_size: int) -> list[bytes]:
    """Return the proof that the first `old_size` leaves were an earlier tree; ValueError if too few."""
    if not 0 <= old_size <= len(leaf_hashes):
        raise ValueError(f"no earlier tree of {old_size} in a tree of {len(leaf_hashes)}")
    return _subproof(leaf_hashes, old_size, known=True) if old_size else []


def _subproof(leaves: Sequence[bytes], old_size: int, *, known: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962 §2.1.2; `known` says that the verifier already holds this subtree's old root."""
    if old_size == len(leaves):
        return [] if known else [root(leaves)]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if old_size <= split:
        return [*_subproof(leaves[:split], old_size, known=known), root(leaves[split:])]
    return [*_subproof(leaves[split:], old_size - split, known=False), root(leaves[:split])]


def verify_inclusion(leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Say whether the proof puts the leaf at `index` of the tree (RFC 9162 §2.1.3.2); never raises."""
    if not (_are_sizes(index, size) and _are_hashes(proof) and _are_hashes([leaf_hash, root])):
        return False
    if index >= size:
        return False
    node, last = index, size - 1
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            leaf_hash = node_hash(sibling, leaf_hash)
            node, last = _skip_left_edge(node, last)
        else:
            leaf_hash = node_hash(leaf_hash, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and leaf_hash == root


def verify_consistency(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Say whether the old tree is shown to be a prefix of the new one (RFC 9162 §2.1.4.2); never raises.

    From size 0 only the empty tree's root with an empty proof is accepted; published vectors differ on it.
    """
    if not (_are_sizes(old_size, new_size) and _are_hashes(proof) and _are_hashes([old_root, new_root])):
        return False
    if old_size == new_size:
        return not proof and old_root == new_root and (old_size > 0 or old_root == EMPTY_ROOT)
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    return old_size < new_size and _is_prefix(old_size, new_size, old_root, new_root, list(proof))


def _is_prefix(old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: list[bytes]) -> bool:
    if old_size & (old_size - 1) == 0:
        proof = [old_root, *proof]
    if not proof:
        return False
    node, last = old_size - 1, new_size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = proof[0]
    for sibling in proof[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            node, last = _skip_left_edge(node, last)
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def _skip_left_edge(node: int, last: int) -> tuple[int, int]:
    """Climb past the levels where a node on the right edge has no sibling."""
    while node and not node & 1:
        node, last = node >> 1, last >> 1
    return node, last


def _are_sizes(*sizes: object) -> bool:
    return all(type(size) is int and size >= 0 for size in sizes)


def _are_hashes(hashes: object) -> bool:
    return isinstance(hashes, list | tuple) and all(
        isinstance(item, bytes) and len(item) == HASH_SIZE for item in hashes
    )


@dataclass
class Frontier:
    """A growing tree kept as roots of its perfect subtrees, largest first, one for each 1-bit of `size`."""

    size: int = 0
    hashes: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hashes = list(self.hashes)
        if self.size < 0 or not _are_hashes(self.hashes) or len(self.hashes) != self.size.bit_count():
            raise ValueError(f"not the frontier of a tree of {self.size}")

    def append(self, leaf_hash: bytes) -> None:
        """Add one leaf hash at the right."""
        if not isinstance(leaf_hash, bytes) or len(leaf_hash) != HASH_SIZE:
            raise ValueError(f"a leaf hash has {HASH_SIZE} bytes")
        full = self.size
        while full & 1:
            leaf_hash = node_hash(self.hashes.pop(), leaf_hash)
            full >>= 1
        self.hashes.append(leaf_hash)
        self.size += 1

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        if not self.hashes:
            return EMPTY_ROOT
        *others, result = self.hashes
        for subtree in reversed(others):
            result = node_hash(subtree, result)
        return result
