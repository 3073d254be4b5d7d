"""What ties a log to the epoch before it: its first leaf states the whole log that it follows."""

from collections.abc import Iterator
from typing import Any

from .actions import Action
from .canonical import CanonicalError, parse
from .log import content_digest
from .merkle import Frontier
from .models import Checkpoint, Leaf, Log


def next_epoch(old: Log, origin: str) -> Log:
    """The log that follows, made if it isn't there: from then on the database refuses events in the old one."""
    follows = {"project_id": old.project_id, "epoch": old.epoch + 1}
    return Log.objects.get_or_create(**follows, defaults={"origin": origin})[0]


def predecessor(old: Log) -> dict[str, Any]:
    """A log in four words: origin, size, root, and the digest of its newest signed head."""
    root = Frontier(old.size, [bytes(h) for h in old.frontier]).root()
    note = Checkpoint.objects.filter(log=old).order_by("-size").values_list("note", flat=True).first()
    checkpoint = content_digest(note.encode()) if note else None
    return {"origin": old.origin, "size": old.size, "root": hex_of(root), "checkpoint": checkpoint}


def hex_of(root: bytes) -> str:
    """A root as events spell digests."""
    return f"sha256:{root.hex()}"


def loose_epochs(project_id: Any) -> Iterator[str]:
    """The origins of a project's logs whose first leaf doesn't state the log before as it is. Unsealed ones pass."""
    before: Log | None = None
    for log in Log.objects.filter(project_id=project_id).order_by("epoch"):
        if before is not None and log.size and not _states(log, before):
            yield log.origin
        before = log


def _states(log: Log, before: Log) -> bool:
    first = Leaf.objects.filter(log=log, leaf_index=0).values_list("event__body", flat=True).first()
    try:
        event = parse(bytes(first or b""))
        told = event["extra"]["predecessor"]
        now = predecessor(before)
    except (CanonicalError, KeyError, TypeError, ValueError):
        return False
    same = all(told.get(name) == now[name] for name in ("origin", "size", "root"))
    return same and event["action"] == Action.LOG_OPENED
