"""What the database refuses of commitments, and of reads that follow one, whoever writes."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from audit.contents import Blob
from tasks.displays import aid_of, manifest
from tasks.held import on_own_task
from tasks.models import Task
from tests.breaking import copy_row, forbidden, refused, sql
from tests.modelled import AFTER, SHOWS, box, committed, predict, read_of, with_model
from tests.people import Study, publish_new_protocol
from workflow.assistance.committing import commit_labels
from workflow.assistance.showing import Aid
from workflow.models import Assistance, Commitment, Prediction, Read
from workflow.reading import submit_read
from workflow.unit import CaseUnit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chest() -> Study:
    """A study in which Anna committed and read with the marks; of case-2 the model says something too."""
    chest, model = with_model("case-1", "case-2", protocol=AFTER)
    for ref in ("case-1", "case-2"):
        predict(chest, model, box("m1"), ref=ref)
    task = chest.claim("anna")
    committed(chest, "anna", task, box("f1", 60))
    chest.submit("anna", task, {"labels": read_of(box("f1"))})
    return chest


def acted(of: Study, name: str, task: Task, do: Callable[[CaseUnit, Task], Any]) -> None:
    """Do something in a transaction on a task that the person holds, past all that Python refuses."""
    assert task.token is not None
    with on_own_task(of.acting(name), task.pk, task.token) as (unit, held):
        do(unit, held)


def commits(unit: CaseUnit, task: Task, display: Blob | None = None) -> Commitment:
    return commit_labels(
        unit, task_id=task.pk, slot=task.slot, labels=read_of(), display=display or manifest(unit, task),
        started_at=unit.now(), worked={},
    )  # fmt: skip


def reads(unit: CaseUnit, task: Task, aid: Aid | None, display: Blob | None = None) -> Read:
    return submit_read(
        unit, task_id=task.pk, slot=task.slot, labels=read_of(), display=display or manifest(unit, task),
        started_at=unit.now(), worked={}, aid=aid,
    )  # fmt: skip


def test_a_commitment_is_written_once_and_never_changed(chest: Study) -> None:
    made = Commitment.objects.get()
    with forbidden():
        sql("UPDATE workflow_commitment SET slot = 2")
    with forbidden():
        sql("DELETE FROM workflow_commitment")
    with forbidden():
        sql("TRUNCATE workflow_commitment CASCADE")
    with refused("commitment_is_made_once"):
        copy_row("workflow_commitment", made.pk, id=uuid4(), event_id=Read.objects.get().event_id)


def test_a_commitment_has_its_event_and_is_made_by_a_reader_of_the_round(chest: Study) -> None:
    made, task = Commitment.objects.get(), chest.claim("bob")
    bob = {"id": uuid4(), "member_id": task.holder_id}
    with refused("decision_has_its_event"):
        copy_row("workflow_commitment", made.pk, **bob, event_id=Read.objects.get().event_id)
    jin = {"id": uuid4(), "member_id": chest.members["jin"].pk}
    with refused("decisions_are_by_their_part"):
        copy_row("workflow_commitment", made.pk, **jin, event_id=Read.objects.get().event_id)


def test_a_commitment_is_made_where_the_protocol_asks_for_it_and_there_are_marks(chest: Study) -> None:
    made = Commitment.objects.get()
    publish_new_protocol(chest, SHOWS)
    started = chest.register("case-3")
    assert started is not None
    with refused("commitment_fits_its_round"):
        copy_row("workflow_commitment", made.pk, id=uuid4(), case_id=chest.case("case-3").pk)
    publish_new_protocol(chest, AFTER)
    chest.register("case-4")
    with refused("commitment_fits_its_round"):
        copy_row("workflow_commitment", made.pk, id=uuid4(), case_id=chest.case("case-4").pk)


def test_a_commitment_is_made_before_any_marks_are_shown(chest: Study) -> None:
    task = chest.claim("bob")
    seen = Read.objects.select_related("display").get().display

    def with_the_marks(unit: CaseUnit, held: Task) -> None:
        commits(unit, held, Blob(seen.digest, seen.media_type, bytes(seen.body)))

    with refused("commitment_is_made_before_the_marks"):
        acted(chest, "bob", task, with_the_marks)
    acted(chest, "bob", task, commits)


def test_marks_are_shown_after_their_readers_own_commitment(chest: Study) -> None:
    task, annas = chest.claim("bob"), Commitment.objects.get()
    prediction = Prediction.objects.select_related("model", "content").get(case=annas.case)

    def with_anothers(unit: CaseUnit, held: Task) -> None:
        reads(unit, held, Aid(prediction, "after_commitment", None, annas))

    def as_a_start(unit: CaseUnit, held: Task) -> None:
        reads(unit, held, Aid(prediction, "as_start", None))

    with refused("commitment_comes_first"):
        acted(chest, "bob", task, with_anothers)
    with refused("assistance_fits_its_read"):
        acted(chest, "bob", task, as_a_start)


def test_a_read_after_a_commitment_tells_of_the_marks_and_of_that_commitment(chest: Study) -> None:
    task = chest.claim("bob")
    committed(chest, "bob", task)
    blank = Commitment.objects.select_related("display").get(member=chest.members["bob"]).display

    def without_a_word(unit: CaseUnit, held: Task) -> None:
        reads(unit, held, None, Blob(blank.digest, blank.media_type, bytes(blank.body)))

    with refused("shown_marks_are_accounted_for"):
        acted(chest, "bob", task, without_a_word)
    acted(chest, "bob", task, lambda unit, held: reads(unit, held, aid_of(unit, held)))
    assert Assistance.objects.get(read__member=chest.members["bob"]).shift == "unchanged"


def test_a_row_that_says_otherwise_than_its_content_is_refused(
    chest: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = chest.claim("bob")
    committed(chest, "bob", task, box("f1", 60))
    keep = Assistance.save

    def turned(row: Assistance, *args: Any, **more: Any) -> None:
        row.shift = "away"
        keep(row, *args, **more)

    monkeypatch.setattr(Assistance, "save", turned)
    with refused("assistance_has_its_event"):
        chest.submit("bob", task, {"labels": read_of(box("f1"))})


@pytest.mark.parametrize(
    "change",
    [{"commitment_id": None}, {"shift": ""}, {"shift": "sideways"}, {"manner": "as_start"}],
    ids=["none", "no shift", "unknown shift", "as a start"],
)
def test_a_commitment_goes_with_its_manner(chest: Study, change: dict[str, Any]) -> None:
    row = Assistance.objects.get()
    values = {
        "manner": row.manner, "commitment_id": row.commitment_id, "shift": row.shift, **change,
    }  # fmt: skip
    with refused("commitment_goes_with_its_manner", "commitment_comes_first", "assistance_fits_its_read"):
        sql(
            "INSERT INTO workflow_assistance (read_id, prediction_id, content_id, event_id, kept, changed, dropped,"
            " added, manner, commitment_id, shift) VALUES (%s, %s, %s, %s, 0, 0, 0, 0, %s, %s, %s)",
            *(row.pk, row.prediction_id, row.content_id, row.event_id, *values.values()),
        )


def test_in_the_test_split_the_database_refuses_commitments_and_what_would_follow() -> None:
    held_out, model = with_model(split="test", protocol=AFTER)
    predict(held_out, model, box("m1"))
    task = held_out.claim("anna")
    with refused("no_model_is_shown_in_the_test_split"):
        acted(held_out, "anna", task, commits)
    prediction = Prediction.objects.select_related("model", "content").get()

    def after_nothing(unit: CaseUnit, held: Task) -> None:
        reads(unit, held, Aid(prediction, "after_commitment", None, None))

    with refused("no_model_is_shown_in_the_test_split", "commitment_goes_with_its_manner"):
        acted(held_out, "anna", task, after_nothing)
