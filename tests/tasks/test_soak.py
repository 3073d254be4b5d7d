"""Sixty-four connections do everything at once while some are killed: nothing is held twice, lost or stuck."""

import os
from collections import Counter
from collections.abc import Callable

import psycopg
import pytest
from django.db import connections

from audit.models import Event
from provenance.replay import replay
from tasks.advancing import advance_all
from tasks.models import Task
from tasks.stuck import stuck_work
from tests.busy import Ward
from tests.crowd import all_at_once, hire
from tests.people import Study, study, with_protocol
from tests.rules import broken_rules
from workflow.checking import log_check
from workflow.models import Arbitration, Case, Read, Review

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = 3 * int(os.environ.get("SOAK", "1"))  # a minute in `make soak`
PEOPLE = {"annotator": 28, "junior_reviewer": 24, "senior_arbiter": 8}
BOSSES = ("maria", "mehmet")
WANTED = frozenset(
    ["annotate", "review", "heartbeat", "release", "skip", "lapse", "take back", "assign", "killed", "broken"]
)
HELD, FREE = "task.claimed", {"task.released", "task.skipped", "task.lapsed", "task.withdrawn"}


@pytest.mark.slow
def test_who_does_everything_at_once_on_connections_that_die_loses_nothing(
    superuser_connection: psycopg.Connection,
) -> None:
    chest = study(protocol=with_protocol(reads={"count": 2, "max": 3}))
    names = [name for role, count in PEOPLE.items() for name in hire(chest, role, count)]
    chest.register(*[f"case-{number}" for number in range(24)])
    ward = Ward(chest, SECONDS, WANTED)
    acts: list[Callable[[], None]] = [lambda name=name: ward.work(name) for name in names]
    acts += [lambda name=name: ward.manage(name) for name in BOSSES]
    all_at_once([*acts, lambda: ward.kill(superuser_connection)])
    connections.close_all()  # ours may be among the killed
    assert ward.did.keys() >= WANTED, ward.did
    assert ward.did["deadlock"] == 0, ward.did
    advance_all(chest.project)
    assert_whole(chest, ward)
    drain(chest, names)
    assert set(Case.objects.values_list("state", flat=True)) == {"final"}
    assert_whole(chest, ward)


def drain(chest: Study, names: list[str]) -> None:
    """Everybody finishes what is there for them, with nobody killed; what a lapse or a release left, too."""
    evening = Ward(chest, 600)
    worked = True
    while worked:
        before = sum(evening.did.values())
        all_at_once([lambda name=name: finish(evening, name) for name in names[::2]])
        all_at_once([lambda name=name: finish(evening, name) for name in names[1::2]])
        worked = sum(evening.did.values()) > before
    assert evening.did["broken"] == 0


def finish(evening: Ward, name: str) -> None:
    while evening.attempt(lambda: evening._turn(name, Steady())):
        pass


class Steady:
    """No chance: what is begun is finished, agreed and accepted."""

    def random(self) -> float:
        return 0.99

    def choices(self, values: list[str], weights: list[int]) -> list[str]:
        return values[:1]


def assert_whole(chest: Study, ward: Ward) -> None:
    """No task was held twice, no acknowledged work is lost or there twice, no case stuck, and the log says the same."""
    assert broken_rules(chest.project) == []
    assert stuck_work(chest.project) == []
    assert_held_by_one_at_a_time()
    done = set(Task.objects.filter(status="done").values_list("pk", flat=True))
    assert ward.acknowledged.keys() - done == set()
    stored = {
        "annotate": Read.objects.filter(slot__gt=0),
        "review": Review.objects,
        "arbitrate": Arbitration.objects,
    }
    finished = Counter(Task.objects.filter(status="done").values_list("kind", flat=True))
    assert {kind: rows.count() for kind, rows in stored.items()} == {kind: finished[kind] for kind in stored}
    assert {*Read.objects.filter(slot__gt=0).values_list("task_id", flat=True)} <= done
    checked = log_check(chest.project)
    assert checked.faults == []
    assert replay(chest.project).differences == []


def assert_held_by_one_at_a_time() -> None:
    """Between two claims of a task somebody let it go, by the log."""
    held: dict[str, str] = {}
    events = Event.objects.filter(action__in=[HELD, *FREE]).order_by("stream_id", "stream_seq")
    for event in events.iterator():
        task, who = event.object_id, event.actor_id
        if event.action == HELD:
            assert task not in held, f"{task} of {held[task]} was claimed by {who}"
            held[task] = who
        else:
            held.pop(task, None)
    leased = Task.objects.filter(status="leased")
    assert {str(pk) for pk in leased.values_list("pk", flat=True)} <= held.keys()
    assert leased.count() == leased.values("holder").distinct().count(), "somebody holds two tasks"
