"""What follows in a case when a task of it is done: three tiers, as a protocol of "2+1" with full review calls for."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .study import MONDAY, Case, Reader

READS, MOST_READS = 2, 3
SAMPLED = 0.05  # of the agreed cases go to a senior
# Where each draw of a case stands: by slot, from these on.
READ, FOUND, VERDICT, REWORK, DOUBT, SAMPLE = 0, 4, 8, 12, 16, 20
AGAIN = 0.5  # of the time that it took is needed to do it again


@dataclass(slots=True, eq=False)
class Task:
    """A piece of work. opened, due: minutes since the start. size: by a usual task of its kind."""

    id: str
    case: Case
    kind: str
    slot: int
    opened: float
    size: float
    rank: datetime = MONDAY
    ring: int = 0
    due: float = 0.0
    returned: bool = False
    holder: str | None = None
    done: float = 0.0

    @property
    def key(self) -> tuple[datetime, int, int, str]:
        """Where it lies in a pool."""
        return self.rank, self.ring, self.slot, self.id


def moment(minutes: float) -> datetime:
    """The time that a minute of the model stands for."""
    return MONDAY + timedelta(minutes=minutes)


@dataclass(slots=True)
class Course:
    """One case on its way: the label in each slot (0 is right), who played a part, which verdicts are out."""

    case: Case
    labels: dict[int, int] = field(default_factory=dict)
    parts: set[str] = field(default_factory=set)
    readers: dict[int, str] = field(default_factory=dict)
    reviewers: dict[int, str] = field(default_factory=dict)
    settled: set[int] = field(default_factory=set)
    reworked: set[int] = field(default_factory=set)
    escalated: bool = False
    wanted: int = READS
    made: int = 0
    final: float = 0.0

    def open(self, kind: str, slot: int, now: float, holder: str | None = None, again: bool = False) -> Task:
        """A new task; who has a part already gets it back."""
        size = self.case.size * (AGAIN if again else 1.0)
        self.made += 1
        name = f"{self.case.number}-{self.made}"
        return Task(name, self.case, kind, slot, now, size, returned=again, holder=holder)

    def begin(self) -> list[Task]:
        """The first reads."""
        return [self.open("annotate", slot, self.case.arrives) for slot in range(1, READS + 1)]

    def finish(self, task: Task, reader: Reader, now: float) -> list[Task]:
        """What a finished task calls for."""
        self.parts.add(reader.id)
        if task.kind == "annotate":
            return self._read(task, reader, now)
        if task.kind == "review":
            return self._reviewed(task, reader, now)
        self.final = now
        return []

    def _read(self, task: Task, reader: Reader, now: float) -> list[Task]:
        drawn = self.case.chance[(REWORK if task.returned else READ) + task.slot]
        wrong = drawn < min(reader.wrong * self.case.hard * (0.5 if task.returned else 1.0), 0.9)
        self.labels[task.slot] = (1 + int(drawn * 1e6) % 2) if wrong else 0
        self.readers[task.slot] = reader.id
        return [self.open("review", task.slot, now, self.reviewers.get(task.slot), task.returned)]

    def _reviewed(self, task: Task, reader: Reader, now: float) -> list[Task]:
        """A wrong read is corrected, sent back once, escalated or not noticed; a right one now and then doubted."""
        slot, verdict = task.slot, self.case.chance[VERDICT + task.slot]
        self.reviewers[slot] = reader.id
        if self.labels[slot] and self.case.chance[FOUND + slot] > 2 * reader.wrong:
            if verdict < 0.35 and slot not in self.reworked:
                self.reworked.add(slot)
                return [self.open("annotate", slot, now, self.readers[slot], again=True)]
            self.escalated |= verdict > 0.9
            self.labels[slot] = 0
        self.escalated |= self.case.chance[DOUBT + slot] < 0.01
        self.settled.add(slot)
        return self._compared(now) if len(self.settled) == self.wanted else []

    def _compared(self, now: float) -> list[Task]:
        values = [self.labels[slot] for slot in sorted(self.settled)]
        agreed = max(values.count(value) for value in values) >= READS
        if self.escalated or (agreed and self.case.chance[SAMPLE] < SAMPLED):
            return [self.open("arbitrate", 1, now)]
        if agreed:
            self.final = now
            return []
        if self.wanted < MOST_READS:
            self.wanted += 1
            return [self.open("annotate", self.wanted, now)]
        return [self.open("arbitrate", 1, now)]
