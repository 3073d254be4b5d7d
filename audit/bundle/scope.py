"""What part of a log a bundle shows, and the signed head that it is pinned to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from audit.canonical import CanonicalError, parse
from audit.log import content_digest
from audit.notes import parse_checkpoint, split

from .reading import Reader

LOG = "data/log/"  # where a bundle keeps the log; an epoch before the present one lies below it


class BundleFault(Exception):
    """The log or its contents are not what was sealed: no bundle can be made of them."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Epoch:
    """One tree of the log: its first `size` leaves have this root, and its heads up to `signed` leaves are shown."""

    number: int
    log_id: int
    origin: str
    size: int
    root: bytes
    signed: int
    folder: str = LOG


@dataclass(frozen=True, slots=True)
class Scope:
    """A log's first `size` leaves under a checkpoint, after its whole epochs before; `cases` (sorted) if a subset.

    `made_by` is the leaf index of the export's own event, `announced` how many leaves it says were sealed before it.
    """

    log_id: int
    origin: str
    size: int
    note: str
    made_by: int
    announced: int
    cases: tuple[UUID, ...] | None = None
    before: tuple[Epoch, ...] = ()

    @property
    def epochs(self) -> tuple[Epoch, ...]:
        """Every tree, oldest first; the last one is under the checkpoint."""
        present = Epoch(len(self.before) + 1, self.log_id, self.origin, self.size, self.root, self.size)
        return *self.before, present

    @property
    def leaves(self) -> int:
        """How many leaves all trees have."""
        return sum(epoch.size for epoch in self.epochs)

    @property
    def logs(self) -> list[int]:
        """The ids of the logs of all epochs."""
        return [epoch.log_id for epoch in self.epochs]

    def sealed(self, alias: str = "l") -> tuple[str, list[object]]:
        """An SQL condition on leaves that says which are under the checkpoint, and its parameters."""
        return under(alias, self.logs, self.size)

    @property
    def whole(self) -> bool:
        """Whether every event is shown."""
        return self.cases is None

    @property
    def root(self) -> bytes:
        """The root that was signed."""
        return parse_checkpoint(split(self.note)[0]).root

    def shown(self, alias: str = "e") -> tuple[str, list[list[UUID]]]:
        """An SQL condition on events that says which are shown, and its parameters."""
        if self.cases is None:
            return "true", []
        return f"({alias}.stream_kind <> 'case' OR {alias}.stream_id = ANY(%s))", [list(self.cases)]


def under(alias: str, logs: Sequence[int], size: int) -> tuple[str, list[object]]:
    """An SQL condition: leaves of the first `size` of the last log, or of the logs of the epochs before it."""
    *before, present = logs
    if not before:
        return f"{alias}.log_id = %s AND {alias}.leaf_index < %s", [present, size]
    either = f"({alias}.log_id = ANY(%s) OR ({alias}.log_id = %s AND {alias}.leaf_index < %s))"
    return either, [before, present, size]


def logs_up_to(reader: Reader, log_id: int) -> list[int]:
    """A log's id after those of its project's epochs before it."""
    query = (
        "SELECT l.id FROM audit_log l JOIN audit_log p ON p.project_id = l.project_id AND l.epoch <= p.epoch"
        " WHERE p.id = %s ORDER BY l.epoch"
    )
    return [found for (found,) in reader.all(query, [log_id])]


def scope_of(reader: Reader, event_id: UUID, announced: int, cases: Sequence[UUID] | None) -> Scope:
    """The scope of an export by its event; BundleFault while no checkpoint covers it."""
    found = reader.one(
        "SELECT e.log_id, g.origin, l.leaf_index FROM audit_event e JOIN audit_log g ON g.id = e.log_id"
        " JOIN audit_leaf l ON l.event_id = e.id WHERE e.event_id = %s",
        [event_id],
    )
    head = found and reader.one(
        "SELECT size, note FROM audit_checkpoint WHERE log_id = %s AND size > %s ORDER BY size LIMIT 1",
        [found[0], found[2]],
    )
    if not found or not head:
        raise BundleFault("NOT_SEALED", "The export's event is not under a signed checkpoint yet.")
    log_id, origin, made_by = found
    chosen = None if cases is None else tuple(sorted(cases))
    before = tuple(epochs_before(reader, logs_up_to(reader, log_id)))
    return Scope(log_id, origin, head[0], head[1], made_by, announced, chosen, before)


def epochs_before(reader: Reader, logs: Sequence[int]) -> Iterator[Epoch]:
    """Every epoch but the last, as the first leaf of the next one states it; BundleFault if none does."""
    for number, (log_id, after) in enumerate(pairwise(logs), 1):
        found = reader.one(_FIRST, [after])
        try:
            told = parse(found[0])["extra"]["predecessor"] if found else {}
            size, root = int(told["size"]), bytes.fromhex(told["root"].removeprefix("sha256:"))
        except (CanonicalError, KeyError, TypeError, ValueError):
            raise BundleFault(
                "HISTORY_FORK", f"Epoch {number + 1} doesn't begin with the epoch before it."
            ) from None
        signed = _signed(reader, log_id, told.get("checkpoint"))
        yield Epoch(number, log_id, told["origin"], size, root, signed, f"{LOG}epochs/{number}/")


_FIRST = (
    "SELECT e.body FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id"
    " WHERE l.log_id = %s AND l.leaf_index = 0"
)


def _signed(reader: Reader, log_id: int, checkpoint: str | None) -> int:
    """The size of the head that was the newest when the next epoch began; 0 if there was none."""
    query = "SELECT size, note FROM audit_checkpoint WHERE log_id = %s AND size > 0 ORDER BY size DESC"
    for size, note in reader.rows(query, [log_id], at_once=10):
        if content_digest(note.encode()) == checkpoint:
            return int(size)
    if checkpoint is not None:
        raise BundleFault("HISTORY_FORK", "The head that the next epoch names is not there.")
    return 0
