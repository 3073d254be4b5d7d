"""What part of a log a bundle shows, and the signed head that it is pinned to."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from audit.notes import parse_checkpoint, split

from .reading import Reader


class BundleFault(Exception):
    """The log or its contents are not what was sealed: no bundle can be made of them."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Scope:
    """A log's first `size` leaves under a checkpoint; `cases` (sorted) if it is a subset.

    `made_by` is the leaf index of the export's own event, `announced` how many leaves it says were sealed before it.
    """

    log_id: int
    origin: str
    size: int
    note: str
    made_by: int
    announced: int
    cases: tuple[UUID, ...] | None = None

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


def scope_of(
    reader: Reader, log_id: int, event_id: UUID, announced: int, cases: Sequence[UUID] | None
) -> Scope:
    """The scope of an export by its event; BundleFault while no checkpoint covers it."""
    found = reader.one(
        "SELECT g.origin, l.leaf_index FROM audit_event e JOIN audit_log g ON g.id = e.log_id"
        " JOIN audit_leaf l ON l.event_id = e.id WHERE e.log_id = %s AND e.event_id = %s",
        [log_id, event_id],
    )
    head = found and reader.one(
        "SELECT size, note FROM audit_checkpoint WHERE log_id = %s AND size > %s ORDER BY size LIMIT 1",
        [log_id, found[1]],
    )
    if not found or not head:
        raise BundleFault("NOT_SEALED", "The export's event is not under a signed checkpoint yet.")
    chosen = None if cases is None else tuple(sorted(cases))
    return Scope(log_id, found[0], head[0], head[1], found[1], announced, chosen)
