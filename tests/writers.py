"""A process of eight people who claim and submit on a database that is killed under them.

After each change that the service acknowledged, its event's id is written to stdout. A line on stdin says that
the database is back; the end of stdin, that the day is over.
"""

import sys
from threading import Condition, Lock, Thread

import django

django.setup()

from django.db import InterfaceError, OperationalError, connection, connections  # noqa: E402

from tasks.jobs import sweep  # noqa: E402
from tasks.leases import claim  # noqa: E402
from tasks.models import Task  # noqa: E402
from tests.people import Study, labels, person, study  # noqa: E402
from workflow.projects import add_member  # noqa: E402
from workflow.versions import acknowledge  # noqa: E402

PEOPLE = 8
CASES = 120
ROLES = ["annotator", "junior_reviewer", "senior_arbiter"]


class Day:
    """Whether the database is there, and whether it is time to go home."""

    def __init__(self) -> None:
        self.starts, self.over = 1, False
        self._changed, self._out = Condition(), Lock()

    def follow(self) -> None:
        """Read what the test says."""
        for _ in sys.stdin:
            with self._changed:
                self.starts += 1
                self._changed.notify_all()
        with self._changed:
            self.over = True
            self._changed.notify_all()

    def wait_for_database(self, since: int) -> None:
        """Wait until the database was started again."""
        with self._changed:
            self._changed.wait_for(lambda: self.over or self.starts > since)

    def say(self, line: object) -> None:
        """Tell the test."""
        with self._out:
            print(line, flush=True)  # noqa: T201


def hire(chest: Study) -> list[str]:
    """People who may do everything, so that nobody has to wait for another."""
    names = [f"doctor_{number}" for number in range(PEOPLE)]
    for name in names:
        chest.members[name] = add_member(
            acting=chest.acting("maria"), project=chest.project, user=person(name), roles=ROLES
        )
        acknowledge(acting=chest.acting(name), guideline=chest.guideline)
    return names


def work(day: Day, chest: Study, name: str) -> None:
    """Claim and submit until the day is over; a lost database is waited for, and nothing is remembered."""
    while not day.over:
        start = day.starts
        try:
            if not do_one_thing(day, chest, name):
                break
        except (OperationalError, InterfaceError):
            connection.close()
            day.wait_for_database(start)
    connections.close_all()


def do_one_thing(day: Day, chest: Study, name: str) -> bool:
    task = claim(acting=chest.acting(name))
    if not isinstance(task, Task):
        return False
    day.say(task.event_id)
    result: dict[str, object] = {"labels": labels(malignancy=3 if task.slot == 1 else 4)}
    if task.kind == "review":
        result = {"verdict": "accept"}
    elif task.kind == "arbitrate":
        result |= {"outcome": "decided", "reason_code": "perception", "rationale": "Clear."}
    day.say(chest.submit(name, task, result).event_id)
    return True


def main() -> None:
    """Open a study, work in it, and do at the end what the machine's jobs could not do meanwhile."""
    chest, day = study(*[f"case-{number}" for number in range(CASES)]), Day()
    workers = [Thread(target=work, args=(day, chest, name)) for name in hire(chest)]
    Thread(target=day.follow, daemon=True).start()
    connection.close()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    sweep()
    day.say("home")


if __name__ == "__main__":
    main()
