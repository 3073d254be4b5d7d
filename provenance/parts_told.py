"""Who played which part in a case, told from the events of its tasks: what `tasks.parts` wrote, without its tables."""

from dataclasses import dataclass, replace
from typing import Any, Final

from .fact_kinds import Part

Event = dict[str, Any]

_PART_OF: Final = {
    "annotate": "reader",
    "reconcile": "reader",
    "review": "reviewer",
    "arbitrate": "arbiter",
}


@dataclass(slots=True)
class _Task:
    """As much of a task as its holder's part hangs on."""

    kind: str
    part_slot: int
    round: int
    holder: str | None
    bound: bool
    leased: bool = False
    done: bool = False


class PartsTold:
    """The parts so far, by `round/person`, and the tasks that they hang on."""

    def __init__(self) -> None:
        self.parts: dict[str, Part] = {}
        self._tasks: dict[str, _Task] = {}

    def opened(self, event: Event, round_: int, *, distinct_reviewers: bool) -> None:
        """A task was opened for anybody, or reserved for its holder, perhaps after another had it reserved."""
        extra = event["extra"]
        if (before := self._tasks.get(event["object"]["id"])) is not None and before.holder:
            self._forget(before)
        shared = extra["kind"] == "review" and not distinct_reviewers
        task = _Task(
            kind=extra["kind"],
            # Where one reviewer may review several reads of a case, they all are one part, 0.
            part_slot=0 if shared else extra["slot"],
            round=round_,
            holder=extra["for"],
            bound=event["action"] == "task.reserved" and extra.get("bound", True),
        )
        self._tasks[event["object"]["id"]] = task
        if task.holder:
            active = self._plays_a_part(round_, task.holder)
            self._take_part(task, task.holder, "active" if active else "reserved")

    def _plays_a_part(self, round_: int, person: str) -> bool:
        part = self.parts.get(f"{round_}/{person}")
        return part is not None and part.outcome == "active" and part.slot > 0

    def claimed(self, event: Event) -> None:
        """A person took a task."""
        task, person = self._tasks[event["object"]["id"]], event["actor"]["id"]
        task.holder, task.leased = person, True
        self._take_part(task, person, "active")

    def _take_part(self, task: _Task, person: str, outcome: str) -> None:
        part = self.parts.get(f"{task.round}/{person}")
        if part and part.outcome != "reserved" and (part.slot, part.outcome) != (task.part_slot, outcome):
            outcome = "active"  # what was once opened is never called a reservation again
        kind = part.kind if part and part.outcome != "reserved" else _PART_OF[task.kind]
        self.parts[f"{task.round}/{person}"] = Part(kind, task.part_slot, outcome)

    def let_go(self, event: Event) -> None:
        """A task was released, skipped or withdrawn, or its lease lapsed."""
        task, outcome = self._tasks[event["object"]["id"]], event["action"].partition(".")[2]
        if event["extra"].get("closed"):
            self.closed(task.round, task.holder or "")
        elif outcome == "released" and not task.leased and not task.bound:
            self._forget(task)
        elif (task.holder and not task.bound) or outcome in ("lapsed", "skipped"):
            self._leave_part(task, outcome)
        task.leased = False
        if not task.bound and outcome != "withdrawn":
            task.holder = None

    def closed(self, round_: int, person: str) -> None:
        """What came back to a person will not be finished by them."""
        key = f"{round_}/{person}"
        self.parts[key] = replace(self.parts[key], outcome="closed")

    def _leave_part(self, task: _Task, outcome: str) -> None:
        key = f"{task.round}/{task.holder}"
        if self.parts[key].outcome == "reserved":
            del self.parts[key]  # what was never opened leaves nothing behind
            return
        theirs = [t for t in self._tasks.values() if (t.round, t.holder) == (task.round, task.holder)]
        if outcome != "skipped" and any(t.done for t in theirs):
            return  # what they finished keeps them in the part
        self.parts[key] = replace(self.parts[key], outcome=outcome)

    def _forget(self, task: _Task) -> None:
        """A reservation was taken back: what was never opened leaves no part, unless another task needs it."""
        key = f"{task.round}/{task.holder}"
        others = (t for t in self._tasks.values() if t is not task)
        if any((t.round, t.holder) == (task.round, task.holder) for t in others):
            return
        if self.parts[key].outcome == "reserved":
            del self.parts[key]
        else:
            self.parts[key] = replace(self.parts[key], outcome="released")

    def finished(self, person: str) -> None:
        """A person finished the task that they held; StopIteration if they held none."""
        task = next(t for t in self._tasks.values() if t.leased and t.holder == person)
        task.leased, task.done = False, True
