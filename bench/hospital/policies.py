"""Who gets what: ours by the real planner and order, and two that others use."""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from tasks.ordering import rank_of, ring_of
from tasks.planning.plan import balance, soon
from tasks.planning.question import OpenTask, Person, Question
from workflow.settings.table import SETTINGS

from .course import Course, Task, moment
from .pools import Pools, may
from .study import DAY, USUAL, Reader, Study

NOTHING = timedelta(0)
AHEAD, EXPECTED = 200, {"annotate": {"review": 1.0}, "review": {"annotate": 0.1, "arbitrate": 0.03}}
LAST_DAYS = 1  # of open work: then nothing is reserved
BEFORE = 20  # tasks at the usual pace that a measured pace is mixed with, while little is measured


class Policy(Protocol):
    """What the model asks: a task opened; which is next for somebody; a new day; somebody finished one."""

    def opened(self, task: Task) -> None: ...
    def next(self, reader: Reader, now: float) -> Task | None: ...
    def morning(self, now: float) -> None: ...
    def finished(self, task: Task, reader: Reader, minutes: float, opened: Sequence[Task]) -> None: ...


class Fifo:
    """Pull: whoever comes gets the task that was opened first, of those that they may have."""

    def __init__(self, study: Study, courses: Mapping[int, Course]) -> None:
        self.pools = Pools(study.readers, courses)
        self.courses = courses
        self.bound: dict[str, deque[Task]] = {reader.id: deque() for reader in study.readers}

    def opened(self, task: Task) -> None:
        """Into the pool, or to whoever has that part of the case."""
        self.placed(task)
        if task.holder is None:
            self.pools.put(task)
        else:
            self.bound[task.holder].append(task)

    def placed(self, task: Task) -> None:
        """To the microsecond as it came."""
        task.rank, task.ring = moment(task.opened), ring_of(task.case.name)

    def next(self, reader: Reader, now: float) -> Task | None:
        """What came back to them, then the oldest."""
        if self.bound[reader.id]:
            return self.bound[reader.id].popleft()
        task = self.pools.best(reader, now, overdue_first=False)
        if task is not None:
            self.pools.take(task)
        return task

    def morning(self, now: float) -> None:
        """Nothing is planned."""

    def finished(self, task: Task, reader: Reader, minutes: float, opened: Sequence[Task]) -> None:
        """Nothing is measured."""


class RoundRobin(Fifo):
    """Push: each task goes at once to the next person in turn who may have it, who does them as they came."""

    def __init__(self, study: Study, courses: Mapping[int, Course]) -> None:
        super().__init__(study, courses)
        self.turn = deque(study.readers)

    def opened(self, task: Task) -> None:
        """To the next in turn."""
        self.placed(task)
        course = self.courses[task.case.number]
        if task.holder is None:
            taker = next(
                r
                for r in self.turn
                if may(r, task.kind, task.case.needs, task.case.site) and r.id not in course.parts
            )
            self.turn.remove(taker)
            self.turn.append(taker)
            task.holder = taker.id
            course.parts.add(taker.id)
        self.bound[task.holder].append(task)


class Ours(Fifo):
    """Pull by the real order, after what the real planner reserved for the next day; planned anew each morning."""

    def __init__(self, study: Study, courses: Mapping[int, Course]) -> None:
        super().__init__(study, courses)
        self.study = study
        self.reserved: dict[str, deque[Task]] = {reader.id: deque() for reader in study.readers}
        self.done = {(r.id, kind): [0, 0.0] for r in study.readers for kind in r.kinds}
        self.followed: Counter[tuple[str, str]] = Counter()
        self.finished_of: Counter[str] = Counter()
        self.spread = timedelta(minutes=SETTINGS["spread_minutes"].default)
        self.bonus = timedelta(hours=SETTINGS["priority_hours"].default)

    def since(self, task: Task) -> float:
        """From when a task counts, as `tasks.opening` has it: when its case came."""
        return task.case.arrives

    def placed(self, task: Task) -> None:
        """By the real rank and ring."""
        task.rank = rank_of(moment(self.since(task)), self.bonus * task.case.priority, self.spread)
        task.ring = ring_of(task.case.name)

    def next(self, reader: Reader, now: float) -> Task | None:
        """What came back, what is reserved, then the pool: as `tasks.leases.claim` does."""
        if self.bound[reader.id]:
            return self.bound[reader.id].popleft()
        if self.reserved[reader.id]:
            return self.reserved[reader.id].popleft()
        task = self.pools.best(reader, now)
        if task is not None:
            self.pools.take(task)
        return task

    def finished(self, task: Task, reader: Reader, minutes: float, opened: Sequence[Task]) -> None:
        """Measure paces."""
        self.finished_of[task.kind] += 1
        self.followed.update((task.kind, one.kind) for one in opened)
        seen = self.done[reader.id, task.kind]
        seen[0] += 1
        seen[1] += minutes

    def morning(self, now: float) -> None:
        """Plan all open tasks, and reserve what each should begin with."""
        before = self._free()
        tasks = {task.id: task for task in self.pools}
        # What lasts for hours goes quickest to whoever comes first: a reservation would wait for its holder.
        if self._ahead(list(tasks.values()), int(now // DAY)) <= LAST_DAYS:
            return
        question = self._question(sorted(tasks.values(), key=lambda one: one.key), before, now)
        shifts = {r.id: r.shift(int(now // DAY)) for r in self.study.readers}
        minutes = {who: float(shift[1]) for who, shift in shifts.items() if shift}
        for name, who in soon(question, balance(question).assignment, minutes).items():
            self.pools.take(tasks[name])
            self.reserved[who].append(tasks[name])
            self.courses[tasks[name].case.number].parts.add(who)

    def _free(self) -> dict[str, str]:
        before = {}
        for name, tasks in self.reserved.items():
            for task in tasks:
                self.courses[task.case.number].parts.discard(name)
                self.pools.put(task)
                before[task.id] = name
            tasks.clear()
        return before

    def _question(self, tasks: Sequence[Task], before: Mapping[str, str], now: float) -> Question:
        ahead = self._ahead(tasks, int(now // DAY))
        people = tuple(self._person(reader, int(now // DAY), ahead) for reader in self.study.readers)
        open_tasks = tuple(
            OpenTask(
                task.id, task.kind, str(task.case.number),
                frozenset({task.case.needs} - {""}), task.case.site,
                frozenset(self.courses[task.case.number].parts), 1.0, 0, before.get(task.id),
            )
            for task in tasks
        )  # fmt: skip
        return Question(
            people,
            open_tasks,
            USUAL,
            days=400,
            cases=len(self.study.cases),
            seed=self.study.seed,
            chain=self.chain(),
        )

    def _ahead(self, tasks: Sequence[Task], day: int) -> int:
        """Over how many days, at most a week, the open work will last: towards the end only those who come count."""
        work = sum(USUAL[task.kind] for task in tasks)
        for days in range(1, 7):
            work -= sum(shift[1] for r in self.study.readers if (shift := r.shift(day + days - 1)))
            if work <= 0:
                return days
        return 7

    def _person(self, reader: Reader, day: int, ahead: int) -> Person:
        minutes = sum(shift[1] for n in range(ahead) if (shift := reader.shift(day + n))) / ahead
        bound = sum(USUAL[task.kind] for task in self.bound[reader.id])
        return Person(
            reader.id, reader.kinds, minutes, self.paces(reader), len(self.bound[reader.id]), bound,
            reader.tags, frozenset({reader.conflict} - {""}),
        )  # fmt: skip

    def chain(self) -> dict[str, dict[str, float]]:
        """What finished tasks called for so far, mixed with what was expected."""
        return {
            kind: {
                to: (n * AHEAD + self.followed[kind, to]) / (AHEAD + self.finished_of[kind])
                for to, n in follows.items()
            }
            for kind, follows in EXPECTED.items()
        }

    def paces(self, reader: Reader) -> dict[str, float]:
        """Minutes by kind as measured so far, mixed with the usual ones."""
        return {
            kind: (BEFORE * USUAL[kind] + self.done[reader.id, kind][1])
            / (BEFORE + self.done[reader.id, kind][0])
            for kind in sorted(reader.kinds)
        }


class ByOpening(Ours):
    """The same, but a task counts from when it opened: each step of a case goes to the end of the queue."""

    def since(self, task: Task) -> float:
        """When the task opened."""
        return task.opened


class Unplanned(Ours):
    """The order alone: what is left of it without the planner."""

    def morning(self, now: float) -> None:
        """Nothing is reserved."""


POLICIES: dict[str, type[Fifo]] = {
    "ours": Ours,
    "… by opening": ByOpening,
    "… unplanned": Unplanned,
    "FIFO pull": Fifo,
    "round robin": RoundRobin,
}
