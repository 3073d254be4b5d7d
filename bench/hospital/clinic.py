"""The days of a study, played: people come, take what the policy gives them, and go when their time is over."""

from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any

import simpy

from .course import Course, Task, moment
from .policies import Fifo
from .study import DAY, DUE_HOURS, MONDAY, MOST_DAYS, OFFICE, USUAL, Reader, Study

AGAIN = 5.0  # minutes after which who found nothing looks again
PLANNED = 5 * 60  # the minute of the day at which the plan is made


@dataclass(slots=True)
class Played:
    """What came of it. worked: minutes by reader and day. done: each task and who did it. finals: minutes by case."""

    worked: dict[tuple[str, int], float] = field(default_factory=dict)
    done: list[tuple[Task, str]] = field(default_factory=list)
    finals: dict[int, float] = field(default_factory=dict)
    courses: dict[int, Course] = field(default_factory=dict)

    @property
    def end(self) -> float:
        """Minutes until the last case was final."""
        return max(self.finals.values())


class Clinic:
    """One study under one policy."""

    def __init__(self, study: Study, policy: type[Fifo]) -> None:
        self.study, self.env = study, simpy.Environment()
        self.played = Played(courses={case.number: Course(case) for case in study.cases})
        self.policy = policy(study, self.played.courses)

    def play(self) -> Played:
        """Until the last case is final. Raises RuntimeError where some never are."""
        over = self.env.event()
        self.env.process(self._comes(over))
        for reader in self.study.readers:
            self.env.process(self._works(reader, over))
        self.env.run(until=simpy.AnyOf(self.env, [over, self.env.timeout(MOST_DAYS * DAY)]))
        if not over.triggered:
            raise RuntimeError(f"{len(self.study.cases) - len(self.played.finals)} cases never ended.")
        return self.played

    def _comes(self, over: simpy.Event) -> Generator[simpy.Event, Any, None]:
        coming = iter(self.study.cases)
        case = next(coming, None)
        for day in range(MOST_DAYS):
            yield self.env.timeout(day * DAY + PLANNED - self.env.now)
            while case is not None and case.arrives <= self.env.now:
                self._open(self.played.courses[case.number].begin())
                case = next(coming, None)
            if over.triggered:
                return
            if day % 7 < 5:
                self.policy.morning(self.env.now)

    def _open(self, tasks: list[Task]) -> None:
        for task in tasks:
            task.due = due(task.kind, int(task.opened))
            self.policy.opened(task)

    def _works(self, reader: Reader, over: simpy.Event) -> Generator[simpy.Event, Any, None]:
        for day in range(MOST_DAYS):
            shift = reader.shift(day)
            if shift is None or day in reader.sick:
                continue
            start, minutes = day * DAY + shift[0], shift[1]
            yield self.env.timeout(start - self.env.now)
            yield from self._shift(reader, day, start + minutes, over)
            if over.triggered:
                return

    def _shift(
        self, reader: Reader, day: int, end: float, over: simpy.Event
    ) -> Generator[simpy.Event, Any, None]:
        """Begin nothing once half a usual task's time is no longer left: a day is as often too long as too short."""
        while self.env.now + 4 < end and not over.triggered:
            task = self.policy.next(reader, self.env.now)
            if task is None:
                yield self.env.timeout(min(AGAIN, end - self.env.now))
                continue
            course = self.played.courses[task.case.number]
            course.parts.add(reader.id)
            minutes = task.size * USUAL[task.kind] * reader.pace[task.kind]
            yield self.env.timeout(minutes)
            self._finish(task, reader, day, minutes, course)
            if len(self.played.finals) == len(self.study.cases) and not over.triggered:
                over.succeed()

    def _finish(self, task: Task, reader: Reader, day: int, minutes: float, course: Course) -> None:
        key, now = (reader.id, day), self.env.now
        self.played.worked[key] = self.played.worked.get(key, 0.0) + minutes
        task.done = now
        self.played.done.append((task, reader.id))
        opened = course.finish(task, reader, now)
        self.policy.finished(task, reader, minutes, opened)
        self._open(opened)
        if course.final:
            self.played.finals[course.case.number] = course.final


@lru_cache(maxsize=1 << 16)
def due(kind: str, opened: int) -> float:
    """The minute at which a task is due, in working hours after it opened."""
    return (OFFICE.due(moment(opened), timedelta(hours=DUE_HOURS[kind])) - MONDAY).total_seconds() / 60
