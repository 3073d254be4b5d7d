"""Cases of which one began and the others follow it: their places in the chains, their rounds, their rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from audit.alike import Alike
from audit.copying import Copy, change
from audit.log import SYSTEM, Entry, Journal, Request
from audit.models import Event

from .models import Case, CaseRound, Project
from .states import State


@dataclass(frozen=True, slots=True)
class Begun:
    """How a case began: what changed in its row, its round, and its events as a pattern."""

    project: Project
    changed: dict[str, Any]  # by column
    round: CaseRound
    entries: Sequence[Entry]
    alike: Alike

    def place(self, event_id: UUID) -> int:
        """Which of the events this is."""
        return [entry.event_id for entry in self.entries].index(event_id)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case in intake: its id, when it came, its priority, the leaf hash at the end of its chain."""

    id: UUID
    created_at: datetime
    priority: int
    head: bytes


class Following:
    """Cases that begin as one before them did, gathered in one journal and written in few statements."""

    def __init__(self, begun: Begun) -> None:
        self._begun = begun
        self._journal = Journal(begun.project.log, SYSTEM, Request())
        self._heads: list[tuple[UUID, bytes]] = []
        self._rounds = Copy(begun.round, ["id", "case_id", "event_id"])
        self._round_event = begun.place(begun.round.event_id)

    @property
    def now(self) -> str:
        """The database's time of what is told."""
        return self._journal.now()

    def locked(self, case_ids: Sequence[UUID]) -> Iterator[Waiting]:
        """Those that stand where the first one stood, locked until the transaction ends; in the order of ids."""
        last = Event.objects.filter(
            stream_id__in=case_ids, stream_seq=self._begun.entries[0].seq - 1, server_time__lte=self.now
        )
        cases = Case.objects.filter(
            project=self._begun.project, pk__in=last.values("stream_id"), state=State.INTAKE, held=False
        ).filter(audit_seq=self._begun.entries[0].seq - 1)
        rows = cases.select_for_update(no_key=True).order_by("pk")
        found = rows.values_list("pk", "created_at", "priority", "audit_head")
        return (Waiting(case_id, came, priority, bytes(head)) for case_id, came, priority, head in found)

    def follow(self, case: Waiting, own: Sequence[str]) -> list[Entry]:
        """Tell the events of this case; `own` after its id, as the pattern has it."""
        entries = self._begun.alike.follow([str(case.id), *own], case.head, self.now)
        self._journal.append(entries)
        self._heads.append((case.id, entries[-1].leaf_hash))
        self._rounds.add(uuid4(), case.id, entries[self._round_event].event_id)
        return entries

    def write(self) -> None:
        """Write events, cases and rounds, in this order."""
        self._journal.write()
        same = {**self._begun.changed, "audit_seq": self._begun.entries[-1].seq}
        change(Case, same, "audit_head", self._heads, "bytea")
        self._rounds.write()
