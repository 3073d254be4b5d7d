"""Proofs out of the database: that a leaf is in a tree, and that a tree is the beginning of another (RFC 6962 §2.1).

What a proof needs are roots of parts of the tree. A part is put together from the tiles in it, whose roots the
sealer keeps, and from the leaves that fill no tile: a few hundred rows, also in a log of millions.
"""

from collections.abc import Iterator
from itertools import pairwise

from .merkle import root
from .models import Leaf, Tile

TILE = 256

Part = tuple[int, int]  # leaves [first, last)


def inclusion_proof(log_id: int, index: int, size: int) -> list[bytes]:
    """PATH(index, D[size]), lowest node first; ValueError if there is no such leaf in a tree of this size."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    return [part_root(log_id, *part) for part in _path(index, 0, size)]


def consistency_proof(log_id: int, old_size: int, size: int) -> list[bytes]:
    """PROOF(old_size, D[size]), empty for an old size of 0; ValueError if the old tree is larger."""
    if not 0 <= old_size <= size:
        raise ValueError(f"no earlier tree of {old_size} in a tree of {size}")
    parts = _subproof(old_size, 0, size, known=True) if old_size else ()
    return [part_root(log_id, *part) for part in parts]


def part_root(log_id: int, first: int, last: int) -> bytes:
    """MTH(D[first:last]) for a part as RFC 6962 divides a tree; the leaves must be sealed."""
    tiles = (last - first) // TILE if first % TILE == 0 else 0
    roots = _tile_roots(log_id, first // TILE, tiles)
    leaves = _leaf_hashes(log_id, first + len(roots) * TILE, last)
    if len(roots) * TILE + len(leaves) != last - first:
        raise ValueError(f"the leaves {first} to {last - 1} are not all sealed")
    # Leaves that no tile covers hang together to the right of the tiles.
    rest = [root(leaves[at : at + TILE]) for at in range(0, len(leaves), TILE)] if roots else leaves
    return root([*roots, *rest])


def make_tiles(log_id: int, old_size: int, size: int) -> None:
    """Keep the roots of the tiles that filled up while the log grew; one statement for all."""
    bounds = [place * TILE for place in range(old_size // TILE, size // TILE + 1)]
    tiles = [
        Tile(log_id=log_id, place=first // TILE, root=root(_leaf_hashes(log_id, first, last)))
        for first, last in pairwise(bounds)
    ]
    Tile.objects.bulk_create(tiles)


def _path(index: int, first: int, last: int) -> list[Part]:
    """The parts beside the way from a leaf to the root, lowest first."""
    if last - first == 1:
        return []
    middle = first + _split(last - first)
    if index < middle:
        return [*_path(index, first, middle), (middle, last)]
    return [*_path(index, middle, last), (first, middle)]


def _subproof(old: int, first: int, last: int, *, known: bool) -> Iterator[Part]:
    """SUBPROOF: the parts that tie the tree of [first, old) to that of [first, last)."""
    if old == last:
        if not known:
            yield first, last
        return
    middle = first + _split(last - first)
    if old <= middle:
        yield from _subproof(old, first, middle, known=known)
        yield middle, last
    else:
        yield from _subproof(old, middle, last, known=False)
        yield first, middle


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1


def _tile_roots(log_id: int, place: int, count: int) -> list[bytes]:
    """The roots of tiles that stand together; those up to the first that is missing."""
    if not count:
        return []
    kept = Tile.objects.filter(log=log_id, place__gte=place, place__lt=place + count).order_by("place")
    found = [
        bytes(one) for at, (there, one) in enumerate(kept.values_list("place", "root"), place) if there == at
    ]
    return found


def _leaf_hashes(log_id: int, first: int, last: int) -> list[bytes]:
    if first >= last:
        return []
    leaves = Leaf.objects.filter(log=log_id, leaf_index__gte=first, leaf_index__lt=last)
    return [bytes(one) for one in leaves.order_by("leaf_index").values_list("leaf_hash", flat=True)]
