"""Many people claim and submit at once on real connections: nobody waits for ever, nothing is done twice or lost."""

import random
from collections import Counter
from threading import Lock
from uuid import UUID

import pytest

from audit.models import Event
from tasks.leases import claim, release
from tasks.models import Task
from tests.crowd import Ward, all_at_once, hire
from tests.people import Study, labels, study, with_protocol
from workflow.checking import log_check
from workflow.errors import AlreadyDone
from workflow.models import Arbitration, Case, Read, ReferenceLabel, Review

pytestmark = pytest.mark.django_db(transaction=True)

CASES = 200
PEOPLE = {"annotator": 14, "junior_reviewer": 13, "senior_arbiter": 5}
THREE_READS = with_protocol(reads={"rule": "unanimous", "count": 3, "max": 3})


class Hospital:
    """A study at work, and a book of who holds which task by their own account."""

    def __init__(self, chest: Study, people: int) -> None:
        self.chest, self.ward = chest, Ward(people)
        self.done: Counter[str] = Counter()
        self._held: dict[UUID, str] = {}
        self._book = Lock()

    def work(self, name: str) -> None:
        """Claim and finish tasks until there is nothing left for anybody."""
        chance = random.Random(name)
        try:
            while True:
                looked = self.ward.changes
                task = claim(acting=self.chest.acting(name))
                if isinstance(task, Task):
                    self._note_claim(name, task)
                    kind = self._finish(name, task, chance)
                    with self._book:
                        self.done[kind] += 1
                    self.ward.change()
                elif not self.ward.wait_for_change(looked):
                    return
        except BaseException:
            self.ward.close()
            raise

    def _note_claim(self, name: str, task: Task) -> None:
        with self._book:
            assert task.pk not in self._held, f"{name} got a task that {self._held[task.pk]} holds"
            self._held[task.pk] = name

    def _finish(self, name: str, task: Task, chance: random.Random) -> str:
        if chance.random() < 0.03:
            with self._book:  # before the database lets go: the next holder may be quicker than we
                del self._held[task.pk]
            assert task.token is not None
            release(acting=self.chest.acting(name), task_id=task.pk, token=task.token)
            return "release"
        if task.kind == "arbitrate":
            return self._arbitrate(name, task, chance)
        result = {"labels": some_labels(chance)} if task.kind == "annotate" else some_verdict(chance)
        self.chest.submit(name, task, result)
        return task.kind

    def _arbitrate(self, name: str, task: Task, chance: random.Random) -> str:
        why = {"reason_code": "perception", "rationale": "Seen on the second look."}
        try:
            if chance.random() < 0.1:
                self.chest.submit(name, task, {"outcome": "sent_back", "rework": ["B"], **why})
                return "arbitrate"
        except AlreadyDone:
            pass
        self.chest.submit(name, task, {"outcome": "decided", "labels": labels(malignancy=4), **why})
        return "arbitrate"


def some_labels(chance: random.Random) -> dict[str, object]:
    return labels(malignancy=4 if chance.random() < 0.1 else 3)


def some_verdict(chance: random.Random) -> dict[str, object]:
    drawn = chance.random()
    if drawn < 0.05:
        return {"verdict": "return", "reason_code": "boundary"}
    if drawn < 0.1:
        return {"verdict": "correct", "reason_code": "typo", "correction": labels(malignancy=2)}
    return {"verdict": "escalate", "reason_code": "doubt"} if drawn < 0.12 else {"verdict": "accept"}


@pytest.mark.slow
def test_thirty_two_people_carry_two_hundred_cases_of_three_reads_to_their_end() -> None:
    chest = study(protocol=THREE_READS)
    names = [name for role, count in PEOPLE.items() for name in hire(chest, role, count)]
    chest.register(*[f"case-{number}" for number in range(CASES)])
    hospital = Hospital(chest, len(names))
    all_at_once([lambda name=name: hospital.work(name) for name in names])
    assert_everything_ended()
    assert_nothing_was_lost(hospital.done)
    assert_each_slot_has_one_chain()
    checked = log_check(chest.project)
    assert checked.faults == []
    assert checked.events > CASES * 20


def test_who_submits_in_one_tab_and_claims_in_another_holds_one_live_task_at_most() -> None:
    chest = study(*[f"case-{number}" for number in range(9)])
    for _ in range(8):
        task = chest.claim("anna")
        all_at_once(
            [
                lambda task=task: chest.submit("anna", task, {"labels": labels()}),
                lambda: claim(acting=chest.acting("anna")),
            ]
        )
        held = Task.objects.filter(holder=chest.members["anna"], status="leased")
        assert held.count() <= 1
    assert Read.objects.count() == 8
    assert log_check(chest.project).faults == []


def assert_everything_ended() -> None:
    assert set(Case.objects.values_list("state", flat=True)) == {"final"}
    assert set(Task.objects.values_list("status", flat=True)) <= {"done", "withdrawn"}
    assert ReferenceLabel.objects.count() == CASES


def assert_nothing_was_lost(done: Counter[str]) -> None:
    stored = {
        "annotate": Read.objects.count(),
        "review": Review.objects.count(),
        "arbitrate": Arbitration.objects.count(),
    }
    assert stored == {kind: done[kind] for kind in stored}
    assert Task.objects.filter(status="done").count() == sum(stored.values())
    assert Event.objects.filter(action="task.claimed").count() == sum(done.values())
    assert Event.objects.filter(action="task.released").count() == done["release"]


def assert_each_slot_has_one_chain() -> None:
    chains: dict[tuple[UUID, int], list[tuple[int, UUID]]] = {}
    for case, slot, revision, member in Read.objects.order_by("revision").values_list(
        "case", "slot", "revision", "member"
    ):
        chains.setdefault((case, slot), []).append((revision, member))
    assert len(chains) == CASES * 3
    for chain in chains.values():
        assert [revision for revision, _ in chain] == list(range(1, len(chain) + 1))
        assert len({member for _, member in chain}) == 1
