"""Tasks: one live one for each slot, one holder with the right part, and no change of hands without its event."""

import uuid
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from audit.actions import Action
from audit.contents import blob_of, store
from audit.log import Reason
from tasks.models import Task
from tests.breaking import beside, copy_row, forbidden, refused, sql
from tests.people import Study, labels, study
from workflow.models import Part, Read

pytestmark = pytest.mark.django_db(transaction=True)
EVENT, PART = "task_change_has_its_event", "task_holder_has_the_part"


@pytest.fixture
def chest() -> Study:
    """Anna's read is in and jin reviews it; bob holds the other read."""
    chest = study("case-1", "case-2")
    chest.read("anna")
    chest.claim("bob")
    chest.claim("jin")
    return chest


def held(of: Study, name: str) -> Task:
    """The task that a person holds now."""
    return Task.objects.get(holder=of.members[name], status="leased")


def change(task: Task, **values: Any) -> None:
    Task.objects.filter(pk=task.pk).update(**values)


def test_two_live_tasks_of_one_slot_are_refused(chest: Study) -> None:
    task = held(chest, "bob")
    with refused("one_live_task_per_slot"):
        copy_row("tasks_task", task.pk, id=uuid.uuid4(), event_id=beside(chest).event_id)
    task.pk = uuid.uuid4()
    with refused("one_live_task_per_slot"):
        task.event_id = beside(chest).event_id
        Task.objects.bulk_create([task])


@pytest.mark.parametrize("slot", [0, 4])
def test_a_slot_beyond_the_maximum_is_refused(chest: Study, slot: int) -> None:
    with refused("slot_within_maximum"):
        copy_row(
            "tasks_task", held(chest, "bob").pk, id=uuid.uuid4(), slot=slot, part_slot=slot, status="open",
            holder_id=None, token=None, lease_until=None, event_id=beside(chest).event_id,
        )  # fmt: skip


def test_a_tasks_maximum_is_that_of_its_round(chest: Study) -> None:
    for changes in ({"max_slot": 9, "slot": 9, "part_slot": 9}, {"round": 2}):
        with refused("task_is_of_a_round"):
            copy_row(
                "tasks_task", held(chest, "bob").pk, status="open", holder_id=None, token=None, lease_until=None,
                event_id=beside(chest).event_id, **{"id": uuid.uuid4(), **changes},
            )  # fmt: skip


@pytest.mark.parametrize(
    "values",
    [
        {"token": None},
        {"lease_until": None},
        {"status": "reserved"},
        {"status": "done"},
    ],
)
def test_leased_means_holder_token_and_deadline(chest: Study, values: dict[str, Any]) -> None:
    with refused("leased_has_holder_token_and_deadline"):
        change(held(chest, "bob"), event_id=beside(chest).event_id, **values)


@pytest.mark.parametrize("status", ["reserved", "done"])
def test_a_task_that_is_somebodys_has_a_holder(chest: Study, status: str) -> None:
    with refused("holder_fits_status"):
        change(
            held(chest, "bob"), status=status, holder=None, token=None, lease_until=None,
            event_id=beside(chest).event_id,
        )  # fmt: skip


def test_a_readers_task_is_not_given_to_a_reviewer(chest: Study) -> None:
    with refused(PART):
        change(held(chest, "bob"), holder=chest.members["jin"], event_id=beside(chest).event_id)


def test_a_review_is_not_given_to_the_reader(chest: Study) -> None:
    with refused(PART):
        change(held(chest, "jin"), holder=chest.members["anna"], event_id=beside(chest).event_id)


def test_a_task_is_not_given_to_somebody_without_a_part(chest: Study) -> None:
    with refused(PART):
        change(held(chest, "bob"), holder=chest.members["cleo"], event_id=beside(chest).event_id)


def test_a_task_is_not_given_to_the_reader_of_another_slot(chest: Study) -> None:
    with refused(PART):
        change(held(chest, "bob"), holder=chest.members["anna"], event_id=beside(chest).event_id)


def test_the_part_of_a_holder_cannot_be_taken_away(chest: Study) -> None:
    with refused(PART, "task_holder_is_active"):
        Part.objects.filter(member=chest.members["bob"]).update(outcome="released")
        Part.objects.filter(member=chest.members["bob"]).update(slot=3)


@pytest.mark.parametrize("kind", ["review", "arbitrate"])
def test_a_task_asks_for_the_part_of_its_kind(chest: Study, kind: str) -> None:
    with refused("part_fits_kind"):
        copy_row(
            "tasks_task", held(chest, "bob").pk, id=uuid.uuid4(), kind=kind, event_id=beside(chest).event_id
        )


def hand_over(of: Study) -> dict[str, Any]:
    """What changes when somebody else, who takes the part, gets bob's task."""
    Part.objects.filter(member=of.members["bob"]).update(outcome="lapsed")
    part = Part(case=of.case(), round=1, member=of.members["cleo"], kind="reader", slot=2, case_number="1")
    part.save()
    return {"holder": part.member, "token": uuid.uuid4(), "lease_until": timezone.now()}


def test_a_task_is_not_handed_over_without_an_event(chest: Study) -> None:
    with refused(EVENT):
        change(held(chest, "bob"), **hand_over(chest))


def test_nor_with_an_event_of_another_transaction_or_case(chest: Study) -> None:
    old = Task.objects.filter(case=chest.case()).earliest("opened_at").event_id
    elsewhere = Task.objects.filter(case=chest.case("case-2")).earliest("opened_at").event_id
    for event_id in (old, elsewhere):
        with refused(EVENT):
            change(held(chest, "bob"), event_id=event_id, **hand_over(chest))


def test_a_task_is_not_opened_or_finished_without_an_event(chest: Study) -> None:
    with refused(EVENT):
        copy_row(
            "tasks_task", held(chest, "bob").pk, id=uuid.uuid4(), slot=3, part_slot=3, status="open",
            holder_id=None, token=None, lease_until=None,
        )  # fmt: skip
    task = held(chest, "bob")
    task.status, task.token, task.lease_until = "done", None, None
    for save in (task.save, lambda: Task.objects.bulk_update([task], ["status", "token", "lease_until"])):
        with refused(EVENT):
            save()


def test_a_heartbeat_needs_no_event(chest: Study) -> None:
    change(held(chest, "bob"), lease_until=timezone.now() + timedelta(hours=1))


@pytest.mark.parametrize(
    "values", [{"status": "open", "holder": None}, {"returned": True}, {"opened_at": "2020-01-01T00:00:00Z"}]
)
def test_a_finished_task_never_changes(chest: Study, values: dict[str, Any]) -> None:
    with refused("finished_tasks_never_change"):
        change(Task.objects.get(status="done"), event_id=beside(chest).event_id, **values)


@pytest.mark.parametrize(
    "values",
    [{"kind": "reconcile"}, {"slot": 3, "part_slot": 3}, {"max_slot": 5}, {"round": 2}],
)
def test_a_task_stays_what_it_was_opened_for(chest: Study, values: dict[str, Any]) -> None:
    with refused("finished_tasks_never_change"):
        change(held(chest, "bob"), event_id=beside(chest).event_id, **values)
    with refused("finished_tasks_never_change"):
        change(held(chest, "bob"), case=chest.case("case-2"))


def test_tasks_are_never_deleted(chest: Study, owner_connection: psycopg.Connection) -> None:
    for statement in ("DELETE FROM tasks_task", "TRUNCATE tasks_task CASCADE"):
        with forbidden():
            sql(statement)
        with pytest.raises(psycopg.errors.CheckViolation):
            owner_connection.execute(statement)
        owner_connection.rollback()


def test_a_review_stays_about_its_read(chest: Study) -> None:
    with refused("finished_tasks_never_change"):
        change(held(chest, "jin"), read_id=uuid.uuid4())


def test_a_task_is_not_handed_over_beside_an_unrelated_event(chest: Study) -> None:
    with refused(EVENT):
        change(held(chest, "bob"), event_id=beside(chest).event_id, **hand_over(chest))


def test_a_task_is_not_finished_beside_an_unrelated_event(chest: Study) -> None:
    with refused(EVENT):
        change(
            held(chest, "bob"), event_id=beside(chest).event_id, status="done", token=None, lease_until=None
        )


def test_the_event_of_another_task_does_not_serve(chest: Study) -> None:
    with refused(EVENT):
        entry = beside(
            chest, Action.TASK_SKIPPED, by="jin", reason=Reason("x")
        )  # its object is no task at all
        Part.objects.filter(member=chest.members["bob"]).update(outcome="skipped")
        change(
            held(chest, "bob"),
            event_id=entry.event_id,
            status="open",
            holder=None,
            token=None,
            lease_until=None,
        )


def test_a_holders_part_is_active(chest: Study) -> None:
    with refused("task_holder_is_active"):
        Part.objects.filter(member=chest.members["bob"]).update(outcome="released")


def test_a_read_is_of_a_task_of_its_case(chest: Study) -> None:
    said = blob_of(labels(malignancy=5))
    elsewhere = Task.objects.filter(case=chest.case("case-2")).earliest("opened_at")
    with refused("read_is_of_a_task"):
        store([said])
        entry = beside(chest, Action.READ_REVISED, by="anna", after=said, reason=Reason("x"))
        copy_row(
            "workflow_read", Read.objects.get().pk, id=uuid.uuid4(), revision=2, task_id=elsewhere.pk,
            event_id=entry.event_id, content_id=said.digest,
        )  # fmt: skip
