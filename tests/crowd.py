"""Many people at once: each in a thread of their own, on a database connection of their own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Condition
from typing import TypeVar

from django.db import connections

from tests.people import Study, person
from workflow.projects import add_member
from workflow.versions import acknowledge

T = TypeVar("T")


def all_at_once(acts: Sequence[Callable[[], T]]) -> list[T]:
    """Do everything at the same time, one thread and connection each; results in order, or the first error."""
    with ThreadPoolExecutor(len(acts)) as threads:
        return [done.result() for done in [threads.submit(_with_own_connection, act) for act in acts]]


def _with_own_connection(act: Callable[[], T]) -> T:
    try:
        return act()
    finally:
        connections.close_all()


def hire(study: Study, role: str, count: int) -> list[str]:
    """Let `count` more people into a study in one role; they have acknowledged the guideline."""
    names = [f"{role}_{number}" for number in range(1, count + 1)]
    for name in names:
        study.members[name] = add_member(
            acting=study.acting("maria"), project=study.project, user=person(name), roles=[role]
        )
        acknowledge(acting=study.acting(name), guideline=study.guideline)
    return names


class Ward:
    """Knows when everybody has looked and found nothing since the last change: then nothing more will happen."""

    def __init__(self, people: int) -> None:
        self.people, self.changes, self.over = people, 0, False
        self._idle = 0
        self._changed = Condition()

    def change(self) -> None:
        """Somebody finished something: who waits shall look again."""
        with self._changed:
            self.changes += 1
            self._idle = 0
            self._changed.notify_all()

    def close(self) -> None:
        """Send everybody home."""
        with self._changed:
            self.over = True
            self._changed.notify_all()

    def wait_for_change(self, since: int) -> bool:
        """Wait until something changed since this person looked; False once all wait, or the ward is closed."""
        with self._changed:
            if self.changes == since and not self.over:
                self._idle += 1
                self.over = self._idle == self.people
                if self.over:
                    self._changed.notify_all()
                self._changed.wait_for(lambda: self.over or self.changes != since)
            return not self.over
