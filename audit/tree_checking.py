"""Whether a log's tree is the one that was signed: leaves, the sealer's compact range, its tiles, every signed head."""

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from .epochs import loose_epochs
from .merkle import Frontier
from .merkle import root as root_of
from .models import Checkpoint, Leaf, Log, Standing, Tile
from .notes import Checkpoint as Head
from .notes import NoteError, open_checkpoint, parse_checkpoint, split
from .proving import TILE
from .rotation import rotations

_AT_ONCE = 1000
Found = tuple[str, str, str]  # code, place, message


class _Signed(NamedTuple):
    size: int
    root: bytes
    place: str


def tree_faults(log: Log) -> Iterator[Found]:
    """Every fault of one epoch's tree, in one pass over its leaves; memory grows with neither leaves nor heads."""
    yield from _head_faults(log)
    frontier, tile, heads = Frontier(), list[bytes](), _roots(log)
    head = next(heads, None)
    kept = dict(Tile.objects.filter(log=log).values_list("place", "root"))
    for index, leaf in _leaves(log):
        if index != frontier.size:
            yield "TREE_SIZE", log.origin, f"Leaf {frontier.size} is not there."
            return
        frontier.append(leaf)
        tile.append(leaf)
        if len(tile) == TILE:
            if bytes(kept.get(index // TILE, b"")) != root_of(tile):
                yield (
                    "ROOT_MISMATCH",
                    f"{log.origin} tile {index // TILE}",
                    "It is not the root of its leaves.",
                )
            tile = []
        while head is not None and head.size <= frontier.size:
            if head.size == frontier.size and head.root != frontier.root():
                yield (
                    "HISTORY_FORK",
                    head.place,
                    f"The first {head.size} leaves are not those that were signed.",
                )
            head = next(heads, None)
    if head is not None:
        yield "ROLLBACK", head.place, f"{head.size} leaves were signed, {frontier.size} are there."
    if frontier.size != log.size:
        yield "TREE_SIZE", log.origin, f"Its size is {log.size}, but it has {frontier.size} leaves."
    elif [bytes(one) for one in log.frontier] != frontier.hashes:
        yield "ROOT_MISMATCH", log.origin, "What the sealer goes on from is not the tree of the leaves."


def epoch_faults(project_id: UUID) -> Iterator[Found]:
    """Epochs that don't follow each other, or don't state the one before as it is."""
    logs = list(Log.objects.filter(project_id=project_id).order_by("epoch"))
    for number, log in enumerate(logs, 1):
        if log.epoch != number or not log.origin.endswith(f"/e{number}"):
            yield (
                "HISTORY_FORK",
                log.origin,
                f"It stands as epoch {log.epoch}, and is the {number}. of its project.",
            )
    for origin in loose_epochs(project_id):
        yield "HISTORY_FORK", origin, "Its first event doesn't state the epoch before it as it is."


def _leaves(log: Log) -> Iterator[tuple[int, bytes]]:
    rows = Leaf.objects.filter(log=log).order_by("leaf_index").values_list("leaf_index", "leaf_hash")
    for index, leaf in rows.iterator(chunk_size=_AT_ONCE):
        yield index, bytes(leaf)


def _head_faults(log: Log) -> Iterator[Found]:
    """Heads that no key of the log signed, or that are kept as others than they are."""
    keys = set(Standing.objects.filter(log=log).values_list("vkey", flat=True))
    keys |= {key for rotation in rotations(log) for key in (rotation.old, rotation.new)}
    for size, note in _notes(log):
        place = f"{log.origin} head {size}"
        try:
            head = open_checkpoint(note, keys)
        except NoteError:
            yield "SIG_BAD", place, "No key of this log signed it."
            continue
        if (head.origin, head.size) != (log.origin, size):
            yield "ORIGIN_MISMATCH", place, "It is a head of another log, or of another size."


def _roots(log: Log) -> Iterator[_Signed]:
    for size, note in _notes(log):
        try:
            told: Head = parse_checkpoint(split(note)[0])
        except NoteError:
            continue  # named above
        yield _Signed(size, told.root, f"{log.origin} head {size}")


def _notes(log: Log) -> Iterator[tuple[int, str]]:
    rows = Checkpoint.objects.filter(log=log, size__gt=0).order_by("size").values_list("size", "note")
    yield from rows.iterator(chunk_size=_AT_ONCE)
