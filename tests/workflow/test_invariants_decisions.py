"""What was decided is never changed, and each decision stands beside the event that recorded it."""

import uuid
from typing import Any

import psycopg
import pytest
from django.db import connection, models, transaction
from django.utils import timezone

from audit.actions import Action
from audit.contents import Blob, blob_of, store
from audit.log import Journal, Reason, Request
from audit.models import Event
from tasks.completing import recall
from tasks.models import Task
from tests.breaking import beside, copy_row, forbidden, refused, sql
from tests.people import Study, labels, person, study
from workflow.models import (
    Acknowledgement,
    Arbitration,
    CaseRound,
    ConsensusReport,
    Read,
    Recall,
    ReferenceLabel,
    Review,
    SafetyReport,
    Training,
)
from workflow.projects import add_member

pytestmark = pytest.mark.django_db(transaction=True)
DECISIONS = (Read, Recall, Review, ConsensusReport, Arbitration, ReferenceLabel, CaseRound, Acknowledgement)
EVENT = "decision_has_its_event"


@pytest.fixture
def settled() -> Study:
    """A case with a decision of every kind."""
    chest = study("case-1")
    chest.read("anna", malignancy=2)
    recall(acting=chest.acting("anna"), task_id=Task.objects.get(status="done").pk)
    chest.read("anna", malignancy=2)
    chest.read("bob", malignancy=5)
    chest.review("jin")
    chest.review("jana", "correct", correction=labels(malignancy=4))
    chest.arbitrate(labels=labels(malignancy=4))
    return chest


@pytest.fixture
def chest() -> Study:
    """A case with one read in, which jin has before him."""
    chest = study("case-1")
    chest.read("anna")
    chest.claim("jin")
    return chest


@pytest.mark.parametrize("model", DECISIONS)
def test_the_service_can_neither_change_nor_delete_a_decision(
    settled: Study, model: type[models.Model]
) -> None:
    row = model.objects.first()
    assert row is not None
    for change in (
        lambda: model.objects.update(event_id=uuid.uuid4()),
        lambda: row.save(),
        lambda: model.objects.bulk_update([row], ["event"]),
        lambda: model.objects.all()._raw_delete(connection.alias),
        lambda: sql(f"TRUNCATE {model._meta.db_table} CASCADE"),
        lambda: sql(f"ALTER TABLE {model._meta.db_table} DISABLE TRIGGER ALL"),
    ):
        with forbidden():
            change()


@pytest.mark.parametrize("model", DECISIONS)
def test_nor_can_the_owner_while_the_triggers_stand(
    settled: Study, model: type[models.Model], owner_connection: psycopg.Connection
) -> None:
    table = model._meta.db_table
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(psycopg.errors.CheckViolation, match=r"is written once: \w+ is refused\."):
            owner_connection.execute(statement)
        owner_connection.rollback()


@pytest.mark.parametrize("model", DECISIONS)
def test_a_decision_needs_an_event_of_its_own_transaction(settled: Study, model: type[models.Model]) -> None:
    # A copied round or verdict breaks another rule too; which of them speaks first does not matter.
    row = model.objects.first()
    used = {d for kind in DECISIONS for d in kind.objects.values_list("event_id", flat=True)}
    old = Event.objects.exclude(event_id__in=used).first()
    fresh = {"id": uuid.uuid4(), "event_id": old.event_id, **_another(settled, model)}
    with refused(EVENT, "rounds_follow_each_other", "decisions_are_by_their_part"):
        copy_row(model._meta.db_table, row.pk, **fresh)


def test_a_read_with_another_digest_than_its_event_is_refused(chest: Study) -> None:
    said, kept = blob_of(labels(malignancy=2)), blob_of(labels(malignancy=5))
    with refused(EVENT):
        store([said, kept])
        _revise(chest, said, content_id=kept.digest)


def test_an_honest_revision_is_accepted(chest: Study) -> None:
    said = blob_of(labels(malignancy=2))
    with transaction.atomic():
        store([said])
        _revise(chest, said)
    assert Read.objects.count() == 2


def test_one_event_serves_one_read(chest: Study) -> None:
    with pytest.raises(Exception, match="event_id"), transaction.atomic():
        _copy_read(revision=2)
    with refused("one_read_per_revision"):
        _copy_read(event_id=beside(chest).event_id, revision=1)


def test_a_verdict_without_reviewer_or_a_correction_without_content_is_refused(chest: Study) -> None:
    with refused("a_verdict_has_a_reviewer_unless_waived"):
        _review(chest, reviewer=None, event_id=beside(chest).event_id)
    with refused("a_correction_is_kept_with_its_verdict"):
        _review(chest, verdict="correct", event_id=beside(chest).event_id)


# Each of the following writes an honestly chained event, and beside it a decision of which that event says nothing.


def test_a_read_cannot_cite_an_event_of_another_stream(chest: Study) -> None:
    said = blob_of(labels(malignancy=5))
    with refused(EVENT):
        store([said])
        event_id = _project_event(chest, after=said)
        _copy_read(event_id=event_id, content_id=said.digest)


def test_a_read_beside_an_unrelated_event_is_refused(chest: Study) -> None:
    said = blob_of(labels(malignancy=5))
    with refused(EVENT):
        store([said])
        _revise(chest, said, action=Action.CASE_PRIORITY_CHANGED)


def test_a_read_by_another_than_its_event_says_is_refused(chest: Study) -> None:
    said = blob_of(labels(malignancy=5))
    with refused(EVENT):
        store([said])
        _revise(chest, said, by="bob")


def test_a_read_that_its_event_does_not_name_is_refused(chest: Study) -> None:
    said = blob_of(labels(malignancy=5))
    with refused(EVENT):
        store([said])
        _revise(chest, said, id=uuid.uuid4())


@pytest.mark.parametrize("by", ["jin", "maria"])
def test_a_verdict_beside_an_unrelated_event_is_refused(chest: Study, by: str) -> None:
    with refused(EVENT):
        _review(chest, event_id=beside(chest, by=by, object=_about_read()).event_id)


def test_a_verdict_that_is_not_the_one_recorded_is_refused(chest: Study) -> None:
    with refused(EVENT):
        entry = beside(chest, Action.REVIEW_RETURNED, by="jin", reason=Reason("x"), object=_about_read())
        _review(chest, verdict="accept", event_id=entry.event_id)


def test_a_correction_that_is_not_the_one_recorded_is_refused(chest: Study) -> None:
    said, kept = blob_of(labels(malignancy=2)), blob_of(labels(malignancy=5))
    with refused(EVENT):
        store([said, kept])
        about = {"object": _about_read(), "reason": Reason("x"), "after": said}
        entry = beside(chest, Action.REVIEW_CORRECTED, by="jin", **about)
        _review(chest, verdict="correct", correction_id=kept.digest, event_id=entry.event_id)


def test_a_label_beside_an_unrelated_event_is_refused(chest: Study) -> None:
    said = blob_of(labels(malignancy=5))
    with refused(EVENT):
        store([said])
        entry = beside(chest, after=said)
        ReferenceLabel.objects.create(
            case=chest.case(), round=1, version=1, status="determined", settled_by="consensus",
            content_id=said.digest, event_id=entry.event_id,
        )  # fmt: skip


def test_a_recall_beside_an_unrelated_event_is_refused(chest: Study) -> None:
    with refused(EVENT):
        Recall.objects.create(read=Read.objects.get(), round=1, event_id=beside(chest).event_id)


def test_only_its_author_recalls_a_read(chest: Study) -> None:
    with refused(EVENT):
        entry = beside(chest, Action.READ_RECALLED, by="bob", reason=Reason("x"), object=_about_read())
        Recall.objects.create(read=Read.objects.get(), round=1, event_id=entry.event_id)


def test_nobody_acknowledges_for_somebody_else(chest: Study) -> None:
    newcomer, guideline = _newcomer(chest), chest.guideline
    with refused(EVENT):
        about = ("guideline", str(guideline.pk), 1)
        event_id = _project_event(chest, Action.GUIDELINE_ACKNOWLEDGED, object=about)  # maria's
        Acknowledgement.objects.create(member=newcomer, guideline=guideline, event_id=event_id)


def test_a_training_is_of_the_member_that_its_event_names(chest: Study) -> None:
    material = blob_of({"a": 1})
    with refused(EVENT):
        store([material])
        about = ("account", chest.members["bob"].actor_id, 1)
        event_id = _project_event(chest, Action.TRAINING_COMPLETED, object=about)
        Training.objects.create(
            member=chest.members["anna"], material_id=material.digest, completed_at=timezone.now(), passed=True,
            event_id=event_id,
        )  # fmt: skip


def test_a_safety_report_is_acknowledged_with_the_event_of_who_did(chest: Study) -> None:
    with transaction.atomic():
        text = "sha256:" + "0" * 64
        report = SafetyReport(case=chest.case(), reporter=chest.members["anna"], kind="urgent", text=text)
        about = ("safety_report", str(report.pk), 1)
        report.event_id = beside(chest, Action.SAFETY_REPORTED, by="anna", object=about).event_id
        report.reported_at = timezone.now()
        report.save(force_insert=True)
    with refused(EVENT):
        SafetyReport.objects.update(
            acknowledged_by=chest.members["sana"], acknowledged_event_id=beside(chest).event_id
        )
    with refused(EVENT):
        SafetyReport.objects.update(escalated_event_id=report.event_id)


def _copy_read(**changes: Any) -> None:
    first = Read.objects.order_by("revision").first()
    assert first is not None
    copy_row("workflow_read", first.pk, **{"id": uuid.uuid4(), "revision": 2, **changes})


def _revise(
    of: Study, said: Blob, action: Action = Action.READ_REVISED, by: str = "anna", **changes: Any
) -> None:
    """A second revision of anna's read with its event, honest but for what is named."""
    row = {"id": uuid.uuid4(), "content_id": said.digest}
    entry = beside(of, action, by=by, after=said, reason=Reason("x"), object=("read", str(row["id"]), 2))
    _copy_read(**{**row, "event_id": entry.event_id, **changes})


def _about_read() -> tuple[str, str, int]:
    return ("read", str(Read.objects.get().pk), 1)


def _review(of: Study, **changes: Any) -> Review:
    row = {"verdict": "accept", "reviewer": of.members["jin"], "during": 0, "round": 1}
    return Review.objects.create(case=of.case(), read=Read.objects.get(), **(row | changes))


def _project_event(of: Study, action: Action = Action.ACCOUNT_CREDENTIALS_CHANGED, **more: Any) -> uuid.UUID:
    journal = Journal(of.project.log, of.acting("maria").actor(), Request())
    stream = journal.stream("project", of.project.pk)
    entry = journal.record(stream, action, **{"object": ("project", str(of.project.pk), 1), **more})
    journal.write()
    return entry.event_id


def _newcomer(of: Study) -> Any:
    return add_member(
        acting=of.acting("maria"), project=of.project, user=person("nora"), roles=["annotator"], site="north"
    )


def _another(of: Study, model: type[models.Model]) -> dict[str, Any]:
    """Values that keep a copied row clear of the unique rules, so that only its event is in question."""
    if model is Acknowledgement:
        return {"member_id": _newcomer(of).pk}
    if model is Review:
        return {"read_id": Read.objects.get(review=None).pk}
    if model is Recall:
        return {"read_id": Read.objects.filter(recall=None).first().pk}
    return {
        Read: {"revision": 9}, ConsensusReport: {"sequence": 9}, ReferenceLabel: {"version": 9, "round": 9},
        CaseRound: {"number": 9},
    }.get(model, {})  # fmt: skip
