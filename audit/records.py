"""The sealer's memory outside the database: of each log the last head that it signed, one file each."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .models import Log
from .notes import Checkpoint, NoteError, parse_checkpoint, split


class RecordUnreadable(Exception):
    """A record is there and holds no head; the sentence says which."""


@dataclass(frozen=True, slots=True)
class Records:
    """A folder of signed heads, which never go back to a smaller one."""

    folder: Path

    def last(self, log: Log) -> Checkpoint | None:
        """The last head that was recorded of a log; RecordUnreadable if its file holds none."""
        path = self.path(log)
        try:
            return head_of(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (NoteError, UnicodeDecodeError):
            raise RecordUnreadable(
                f"The sealer's record {path.name} holds no signed head. Bring back its copy from elsewhere."
            ) from None

    def keep(self, log: Log, note: str) -> None:
        """Record a signed head, unless a larger one is recorded already. It is on the disk when this returns."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._alone():
            last = self.last(log)
            if last is not None and last.size >= head_of(note).size:
                return
            new = self.path(log).with_suffix(".new")
            with new.open("w", encoding="utf-8") as file:
                file.write(note)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self.path(log))

    def path(self, log: Log) -> Path:
        """Where the record of a log lies."""
        return self.folder / f"{log.project_id}-e{log.epoch}.checkpoint"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Another sealer that was slower than this one may not put an older head in its place."""
        with (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def head_of(note: str) -> Checkpoint:
    """What a signed note says, signature unseen; NoteError if it is no checkpoint."""
    return parse_checkpoint(split(note)[0])
