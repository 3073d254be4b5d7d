"""What the database refuses of models, what they say, and what became of it, whoever writes."""

from uuid import uuid4

import pytest

from audit.actions import Action
from audit.log import Journal, Reason, Request
from tasks.displays import manifest
from tasks.held import on_own_task
from tasks.models import Task
from tests.breaking import copy_row, forbidden, refused, sql
from tests.modelled import box, predict, read_of, registered, with_model
from tests.people import Study, study
from workflow.assistance.registering import retire_model
from workflow.models import Assistance, Prediction, Read, ReaderModel
from workflow.reading import submit_read
from workflow.unit import CaseUnit

pytestmark = pytest.mark.django_db(transaction=True)


def aided(split: str = "train") -> tuple[Study, ReaderModel]:
    """A study in which anna read with the model's marks on the page, or in the test split without."""
    chest, model = with_model("case-1", "case-2", split=split)
    predict(chest, model, box("f1"))
    chest.submit("anna", chest.claim("anna"), {"labels": read_of(box("f1"))})
    return chest, model


def test_a_model_is_written_once_and_says_what_its_event_says() -> None:
    chest, model = aided()
    with refused("models_are_only_retired"):
        sql("UPDATE workflow_readermodel SET digest = %s", "sha256:" + "cd" * 32)
    with refused("models_are_only_retired"):
        sql("UPDATE workflow_readermodel SET retired_event_id = event_id, name = 'Other'")
    with refused("model_change_has_its_event"):
        sql("UPDATE workflow_readermodel SET retired_event_id = event_id")
    with refused("model_change_has_its_event"):
        copy_row("workflow_readermodel", model.pk, id=uuid4(), version="3", digest="sha256:" + "cd" * 32)
    with refused("model_digest_is_a_sha256"):
        copy_row("workflow_readermodel", model.pk, id=uuid4(), version="3", digest="md5:1")
    for change in ({"version": "3"}, {"digest": "sha256:" + "cd" * 32}):
        with refused("model_file_is_registered_once", "model_version_is_registered_once"):
            copy_row("workflow_readermodel", model.pk, id=uuid4(), **change)
    for table in ("readermodel", "prediction", "assistance"):
        with forbidden():
            sql(f"DELETE FROM workflow_{table}")
        with forbidden():
            sql(f"TRUNCATE workflow_{table} CASCADE")
    for table in ("prediction", "assistance"):
        with forbidden():
            sql(f"UPDATE workflow_{table} SET content_id = content_id")
    retire_model(acting=chest.acting("maria"), model=model, reason=Reason("superseded", ""))
    with refused("models_are_only_retired"):
        sql("UPDATE workflow_readermodel SET retired_event_id = NULL")


def test_a_prediction_is_of_a_case_of_its_project_with_its_event_and_the_only_one() -> None:
    chest, _ = aided()
    known, unrelated = Prediction.objects.get(), Read.objects.get().event_id
    with refused("one_prediction_per_model_and_case"):
        copy_row("workflow_prediction", known.pk, id=uuid4(), event_id=unrelated)
    with refused("decision_has_its_event"):
        copy_row(
            "workflow_prediction", known.pk, id=uuid4(), case_id=chest.case("case-2").pk, event_id=unrelated
        )
    other = study("case-1", slug="other")
    with refused("prediction_fits_its_case"):
        copy_row("workflow_prediction", known.pk, id=uuid4(), case_id=other.case("case-1").pk)
    later = registered(chest, version="3", digest="sha256:" + "cd" * 32)
    retire_model(acting=chest.acting("maria"), model=later, reason=Reason("superseded", ""))
    with refused("prediction_fits_its_case"):
        copy_row("workflow_prediction", known.pk, id=uuid4(), model_id=later.pk)


def test_a_prediction_has_an_event_of_its_own_transaction() -> None:
    chest, model = aided()
    known, case = Prediction.objects.get(), chest.case("case-2")
    with refused("decision_has_its_event"):
        journal = Journal(chest.project.log, chest.acting("maria").actor(), Request())
        entry = journal.record(
            journal.stream("case", case.pk),
            Action.CASE_PRIORITY_CHANGED,
            object=("prediction", str(new := uuid4()), 1),
        )
        journal.write()
        sql(
            "UPDATE workflow_case SET audit_seq = %s, audit_head = %s WHERE id = %s",
            entry.seq,
            entry.leaf_hash,
            case.pk,
        )
        copy_row("workflow_prediction", known.pk, id=new, case_id=case.pk, event_id=entry.event_id)
    assert model.predictions.count() == 1


def assist(read: Read, prediction: Prediction, manner: str = "as_start", **counts: int) -> None:
    """Write a row by hand that says of a read what nobody recorded."""
    numbers = {"kept": 1, "changed": 0, "dropped": 0, "added": 0, **counts}
    sql(
        "INSERT INTO workflow_assistance (read_id, prediction_id, manner, content_id, event_id, kept, changed, dropped,"
        " added) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        *(read.pk, prediction.pk, manner, read.content_id, read.event_id, *numbers.values()),
    )


def test_in_the_test_split_the_database_refuses_a_start_from_a_models_marks() -> None:
    aided(split="test")
    read, prediction = Read.objects.get(), Prediction.objects.get()
    with refused("no_start_from_a_model_in_the_test_split"):
        assist(read, prediction)


def test_what_became_of_marks_is_written_with_its_read_and_says_the_same() -> None:
    chest, model = aided()
    predict(chest, model, box("f1"), ref="case-2")
    kept, read = Assistance.objects.get(), Read.objects.get()
    other = Prediction.objects.get(case=chest.case("case-2"))
    with refused("workflow_assistance_pkey"):
        assist(read, kept.prediction)
    chest.submit("bob", chest.claim("bob"), {"labels": read_of(box("f1"))})
    bobs = Read.objects.get(member=chest.members["bob"])
    for table_of in (bobs, read):
        with refused("assistance_fits_its_read"):
            assist(table_of, other)
    chest.submit("anna", chest.claim("anna"), {"labels": read_of()})
    late = Read.objects.get(case=chest.case("case-2"))
    with refused("workflow_assistance_pkey", "assistance_has_its_event"):
        assist(late, other)


def test_a_read_with_a_models_marks_on_the_page_says_what_became_of_them() -> None:
    chest, _ = aided()
    acting, task = chest.acting("bob"), chest.claim("bob")
    prediction = Prediction.objects.get()

    def read_without_a_word(unit: CaseUnit, task: Task) -> Read:
        return submit_read(
            unit, task_id=task.pk, slot=task.slot, labels=read_of(), display=manifest(unit, task),
            started_at=unit.now(), worked={},
        )  # fmt: skip

    with refused("shown_marks_are_accounted_for"), on_own_task(acting, task.pk, task.token) as (unit, held):
        read_without_a_word(unit, held)
    with refused("assistance_has_its_event"), on_own_task(acting, task.pk, task.token) as (unit, held):
        assist(read_without_a_word(unit, held), prediction)
    chest.submit("bob", task, {"labels": read_of()})
    assert Assistance.objects.get(read__member=chest.members["bob"]).dropped == 1
