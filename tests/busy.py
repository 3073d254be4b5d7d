"""A ward in which everybody does everything at once for a while, on connections that are killed under them."""

import random
import time
from collections import Counter
from collections.abc import Callable
from threading import Condition
from uuid import UUID

import psycopg
from django.db import IntegrityError, InterfaceError, OperationalError, connections
from django.db.models.functions import Now

from audit.log import Reason
from tasks.assigning.naming import assign
from tasks.assigning.rebalancing import apply, preview
from tasks.leases import claim, heartbeat, release, skip
from tasks.models import Task
from tasks.queues import ROLE_OF_KIND
from tasks.taking_back import take_back
from tests.people import Study, labels
from workflow.errors import DomainError

WHY = Reason("chance", "A ward has no reasons.")
TOO_SLOW = "An event must carry the time of the database"
MOST = 240.0  # seconds to wait for what is wanted
# Who is killed: any connection of ours but the one that kills.
KILL = """
SELECT pg_sleep(0.25), count(pg_terminate_backend(pid)) FROM (
  SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
  AND usename = 'consilium_app' ORDER BY random() LIMIT 2) AS chosen
"""


class Ward:
    """A study at work until a time, and until each of some acts was done; what was done, and what acknowledged."""

    def __init__(self, chest: Study, seconds: float, wanted: frozenset[str] = frozenset()) -> None:
        self.chest, self.until, self.wanted = chest, time.monotonic() + seconds, wanted
        self.last = self.until + MOST
        self.acknowledged: dict[UUID, str] = {}
        self.did: Counter[str] = Counter()
        self._book = Condition()

    @property
    def open(self) -> bool:
        """Is it still day?"""
        now = time.monotonic()
        return now < self.until or (now < self.last and not self.wanted <= self.did.keys())

    def note(self, what: str, task: UUID | None = None) -> None:
        """Write down what was done; a submitted task by its id."""
        with self._book:
            self.did[what] += 1
            self._book.notify_all()
            if task is not None:
                assert task not in self.acknowledged, f"{task} was submitted twice"
                self.acknowledged[task] = what

    def work(self, name: str) -> None:
        """Claim, and then do something with it."""
        chance = random.Random(name)
        while self.open:
            if not self.attempt(lambda: self._turn(name, chance)):
                self._wait()

    def manage(self, name: str) -> None:
        """Take tasks back, assign and share out anew, let leases lapse, and register more."""
        chance, number = random.Random(name), 0
        acts: list[Callable[[], object]] = [
            lambda: self._take_back(name, chance), lambda: self._assign(name, chance),
            lambda: self._rebalance(name), self._lapse,
        ]  # fmt: skip
        while self.open:
            self.attempt(chance.choice(acts))
            number += 1
            refs = [f"{name}-{number}-{n}" for n in range(10)]
            self.attempt(lambda refs=refs: self._register(refs))

    def kill(self, superuser: psycopg.Connection) -> None:
        """End connections, whatever they are in the middle of."""
        while self.open:
            superuser.execute(KILL)
            superuser.commit()
            self.note("killed")

    def _wait(self) -> None:
        """Until somebody did something."""
        with self._book:
            self._book.wait(0.1)

    def attempt(self, act: Callable[[], object]) -> bool:
        """Do something; True if it did. What a person is refused is an answer; a broken connection is left."""
        try:
            return act() is not False
        except DomainError as refused:
            self.note(type(refused).__name__)
        except (OperationalError, InterfaceError) as broken:
            self.note("deadlock" if "deadlock" in str(broken) else "broken")
            connections.close_all()
        except IntegrityError as slow:
            # More than seconds between an event's time and its row: a machine that is overrun, and nothing is done.
            if TOO_SLOW not in str(slow):
                raise
            self.note("too slow")
        return False

    def _turn(self, name: str, chance: random.Random) -> bool:
        task = claim(acting=self.chest.acting(name))
        if not isinstance(task, Task):
            return False
        self.note("claim")
        self._finish(name, task, chance)
        return True

    def _finish(self, name: str, task: Task, chance: random.Random) -> None:
        assert task.token is not None
        given = {"acting": self.chest.acting(name), "task_id": task.pk, "token": task.token}
        drawn = chance.random()
        if drawn < 0.15:
            heartbeat(**given)
            self.note("heartbeat")
        if drawn < 0.05:
            return self.note("left lying")
        if drawn < 0.08:
            release(**given)
            return self.note("release")
        if drawn < 0.09:
            skip(**given, reason=WHY)
            return self.note("skip")
        self.chest.submit(name, task, result_for(task, chance))
        self.note(task.kind, task.pk)

    def _register(self, refs: list[str]) -> None:
        if Task.objects.filter(status="open").count() < 20:
            self.chest.register(*refs)

    def _take_back(self, name: str, chance: random.Random) -> None:
        held = list(Task.objects.filter(status="leased").values_list("pk", flat=True)[:200])
        if held:
            take_back(acting=self.chest.acting(name), task_ids=chance.sample(held, 1), reason=WHY)
            self.note("take back")

    def _assign(self, name: str, chance: random.Random) -> None:
        """Some open tasks of one kind to somebody who does it: whoever is faster has them all the same."""
        open_ = list(Task.objects.filter(status="open").order_by("-rank").values_list("pk", "kind")[:50])
        if open_:
            kind = chance.choice(open_)[1]
            some = [pk for pk, of in open_ if of == kind]
            fit = [n for n in self.chest.members if n.startswith(f"{ROLE_OF_KIND[kind]}_")]
            to = self.chest.members[chance.choice(fit)]
            rows = assign(
                acting=self.chest.acting(name), task_ids=chance.sample(some, min(3, len(some))), to=to
            )
            self.note("assign" if any(row.assigned for row in rows) else "assign nothing")

    def _rebalance(self, name: str) -> None:
        shown = preview(acting=self.chest.acting(name), days=1, most=30)
        apply(acting=self.chest.acting(name), digest=shown.plan.digest, days=1, most=30)
        self.note("rebalance")

    def _lapse(self) -> None:
        some = Task.objects.filter(status="leased").order_by("?").values("pk")[:2]
        Task.objects.filter(pk__in=list(some.values_list("pk", flat=True)), status="leased").update(
            lease_until=Now()
        )
        self.note("lapse")


def result_for(task: Task, chance: random.Random) -> dict[str, object]:
    """Something that finishes a task: mostly agreeing reads and accepting verdicts."""
    if task.kind == "annotate":
        return {"labels": labels(malignancy=4 if chance.random() < 0.1 else 3)}
    if task.kind == "arbitrate":
        why = {"reason_code": "perception", "rationale": "Seen on the second look."}
        return {"outcome": "decided", "labels": labels(malignancy=4), **why}
    verdict = chance.choices(["accept", "return", "escalate"], [92, 5, 3])[0]
    return {"verdict": verdict, **({} if verdict == "accept" else {"reason_code": "boundary"})}
