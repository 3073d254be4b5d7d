"""What a log must hold against before anything of it is signed: the head that was signed last, and its own leaves."""

from django.db import connection

from .merkle import Frontier
from .models import Log
from .notes import Checkpoint as Head


class SealingRefused(Exception):
    """The log doesn't fit what was signed before; nothing is signed until somebody has looked."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def refuse_older(size: int, known: Head) -> None:
    """SealingRefused if fewer leaves are there than were signed."""
    if known.size > size:
        raise SealingRefused(
            "ROLLBACK", f"The database holds {size} sealed events, but {known.size} were signed before."
        )


def hold(log: Log, head: Head, known: Head | None) -> None:
    """SealingRefused for a log that is shorter than a head known of it, begins otherwise, or isn't its leaves.

    What the sealer goes on from lies in the database, too: whoever can write there could have any root signed.
    """
    if known is not None:
        refuse_older(head.size, known)
        if known.size == head.size:
            if head.root != known.root:
                raise SealingRefused("HISTORY_FORK", _OTHERS)
            return  # nothing that is new will be signed
    then, now = _roots(log, known.size if known else 0, head.size)
    if now != head.root or (known is not None and then != known.root):
        raise SealingRefused("HISTORY_FORK", _OTHERS)


_OTHERS = "The database's first events are not those that were signed."


def _roots(log: Log, first: int, size: int) -> tuple[bytes, bytes]:
    """The roots over the first `first` leaves, and over the first `size`, which are more, in one pass."""
    frontier, then = Frontier(), b""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT leaf_hash FROM audit_leaf WHERE log_id = %s AND leaf_index < %s ORDER BY leaf_index",
            [log.pk, size],
        )
        for (leaf,) in cursor:
            if frontier.size == first:
                then = frontier.root()
            frontier.append(bytes(leaf))
    return then, frontier.root()
