"""What is measured of a real study: planned first reads as submitted, nothing that came after them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.log import Reason
from tasks.advancing import advance
from tasks.cases import reinstate
from tasks.completing import recall
from tests.modelled import AFTER, box, committed, predict, read_of, with_model
from tests.people import labels, study, with_protocol
from tests.workflow.measuring.reports import values
from workflow.jobs import measure, sweep_measurements
from workflow.measuring import kept
from workflow.measuring.agreeing import agreement_of
from workflow.measuring.taken import Conditions, studied
from workflow.measuring.versions import state_of
from workflow.models import Commitment, Measurement, Project, ReferenceLabel

pytestmark = pytest.mark.django_db(transaction=True)
ALL = Conditions()


def field(project: Project, path: str, conditions: Conditions = ALL) -> dict[str, float | None]:
    document = agreement_of(project, conditions).document
    assert document is not None
    return values(next(one for one in document["fields"] if one["path"] == path))


def test_a_third_read_that_was_asked_for_a_correction_and_a_rework_are_left_out() -> None:
    chest = study("case-1")
    chest.read("anna", malignancy=1)
    chest.read("bob", malignancy=2)
    chest.review("jin", "return")
    chest.review("jana", "correct", correction=labels(malignancy=1))
    chest.read("anna", malignancy=5)
    chest.review("jin")
    measured = studied(chest.project, ALL)
    assert [[read.labels["fields"]["malignancy"] for read in case.reads] for case in measured.cases] == [
        [1, 2]
    ]
    assert measured.left_out == {"reworked_reads": 1, "corrections": 1, "excluded_cases": 0}


def test_a_conditional_read_is_counted_apart() -> None:
    chest = study("case-1")
    for reader, grade in (("anna", 1), ("bob", 3)):
        chest.read(reader, malignancy=grade)
    for reviewer in ("jin", "jana"):
        chest.review(reviewer)
    chest.read("cleo", malignancy=3)
    assert field(chest.project, "malignancy")["percent_agreement"] == 0
    assert studied(chest.project, ALL).left_out["conditional_reads"] == 1


def test_of_several_rounds_the_last_that_independent_readers_began_counts_once() -> None:
    chest = study("case-1")
    chest.agree_at_two(malignancy=2)
    chest.reopen("same_readers")
    for reader in ("anna", "bob"):
        chest.read(reader, malignancy=5)
    [case] = studied(chest.project, ALL).cases
    assert [read.labels["fields"]["malignancy"] for read in case.reads] == [2, 2]
    assert studied(chest.project, ALL).left_out["same_reader_reads"] == 2


def test_second_looks_are_left_out() -> None:
    chest = study(
        "case-1", protocol=with_protocol(second_look={"rounds": 1}, reads={"rule": "2+senior", "max": 2})
    )
    chest.read("anna", malignancy=1)
    chest.read("bob", malignancy=3)
    for reviewer in ("jin", "jana"):
        chest.review(reviewer)
    chest.read("anna", malignancy=3)
    assert field(chest.project, "malignancy")["percent_agreement"] == 0
    assert studied(chest.project, ALL).left_out["second_look_reads"] == 1


def test_an_excluded_case_is_left_out_and_counted() -> None:
    chest = study("case-1", "case-2")
    chest.exclude(ref="case-2")
    chest.read("anna")
    measured = studied(chest.project, ALL)
    assert (len(measured.cases), measured.left_out["excluded_cases"]) == (1, 1)


def test_conditions_narrow_the_cases() -> None:
    chest = study("case-1")
    chest.agree_at_two()
    assert len(studied(chest.project, Conditions(split="train", guideline=1)).cases) == 1
    assert studied(chest.project, Conditions(split="test")).cases == ()
    assert studied(chest.project, Conditions(guideline=2)).cases == ()


def test_it_is_computed_once_until_reads_come_in() -> None:
    chest = study("case-1")
    chest.read("anna")
    first = agreement_of(chest.project, ALL)
    assert agreement_of(chest.project, ALL).computed_at == first.computed_at
    chest.read("bob")
    second = agreement_of(chest.project, ALL)
    assert second.computed_at > first.computed_at  # type: ignore[operator]
    assert second.document["reads"] == 2  # type: ignore[index]
    assert Measurement.objects.count() == 1


def test_a_large_study_is_measured_by_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    chest = study("case-1")
    chest.agree_at_two()
    monkeypatch.setattr(kept, "AT_ONCE", 1)
    waiting = agreement_of(chest.project, ALL)
    assert (waiting.document, waiting.stale) == (None, True)
    [row] = Measurement.objects.all()
    assert sweep_measurements() == 1
    measure(str(row.pk))
    assert measure(str(row.pk)) is False  # nobody waits any more
    done = agreement_of(chest.project, ALL)
    assert (done.stale, done.document and done.document["reads"]) == (False, 2)


def test_a_measurement_in_an_older_form_is_computed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    chest = study("case-1")
    chest.read("anna")
    agreement_of(chest.project, ALL)
    Measurement.objects.update(document={"schema": "consilium/agreement/v0"})
    assert field(chest.project, "finding")["percent_agreement"] is None
    Measurement.objects.update(document={"schema": "consilium/agreement/v0"})
    monkeypatch.setattr(kept, "AT_ONCE", 0)
    assert agreement_of(chest.project, ALL).document is None


def test_what_cannot_be_measured_says_so_and_is_not_tried_for_ever() -> None:
    chest = study("case-1")
    chest.read("anna")
    agreement_of(chest.project, ALL)
    Measurement.objects.update(conditions={"no such": 1}, wanted_at="2026-01-01T00:00Z")
    [row] = Measurement.objects.all()
    assert measure(str(row.pk)) is True
    row.refresh_from_db()
    assert (row.wanted_at, row.failed) == (None, "It could not be computed: TypeError.")


def test_a_job_that_failed_is_told_to_whoever_asks_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    chest = study("case-1")
    chest.read("anna")
    monkeypatch.setattr(kept, "AT_ONCE", 0)
    assert agreement_of(chest.project, ALL).failed == ""
    Measurement.objects.update(wanted_at=None, failed="It could not be computed: ValueError.")
    assert agreement_of(chest.project, ALL).failed == "It could not be computed: ValueError."
    assert agreement_of(chest.project, ALL).failed == ""  # it is wanted again
    assert sweep_measurements() == 1


def test_its_queries_do_not_grow_with_the_cases() -> None:
    chest = study(*(f"case-{n}" for n in range(6)))
    chest.read("anna")
    agreement_of(chest.project, ALL)
    counts = []
    for more in (1, 4):
        for _ in range(more):
            chest.read("anna")
        with CaptureQueriesContext(connection) as queries:
            agreement_of(chest.project, ALL)
        counts.append(len(queries))
    assert counts[0] == counts[1] < 35


def test_reads_of_an_earlier_round_of_independent_readers_are_left_out_and_counted() -> None:
    chest = study("case-1")
    chest.agree_at_two()
    chest.reopen("new_readers")
    chest.read("cleo", malignancy=5)
    measured = studied(chest.project, ALL)
    assert [len(case.reads) for case in measured.cases] == [1]
    assert measured.left_out["earlier_round_reads"] == 2


def test_it_is_out_of_date_when_one_case_is_excluded_and_another_comes_back() -> None:
    chest = study("case-1", "case-2")
    chest.exclude(ref="case-2")
    before = state_of(chest.project)
    again = Reason("image_sent_again", "The site sent it again.")
    reinstate(acting=chest.acting("maria"), case_id=chest.case("case-2").pk, reason=again)
    chest.exclude(ref="case-1")
    assert state_of(chest.project) != before


def test_a_read_that_was_taken_back_counts_as_it_was_submitted_at_first() -> None:
    chest = study("case-1")
    task = chest.read("anna", malignancy=1)
    recall(acting=chest.acting("anna"), task_id=task.pk)
    chest.read("anna", malignancy=5)
    measured = studied(chest.project, ALL)
    assert [read.labels["fields"]["malignancy"] for read in measured.cases[0].reads] == [1]
    assert measured.left_out["reworked_reads"] == 1


def test_what_readers_committed_to_before_a_models_marks_counts_and_consensus_has_what_they_submitted() -> (
    None
):
    chest, model = with_model(protocol=AFTER)
    predict(chest, model, box("m1"))
    for name in ("anna", "bob"):
        task = chest.claim(name)
        committed(chest, name, task, box("f1", 60))
        chest.submit(name, task, {"labels": read_of(box("f1"))})
    [case] = studied(chest.project, ALL).cases
    assert [read.labels for read in case.reads] == [read_of(box("f1", 60))] * 2
    assert {read.digest for read in case.reads} == {str(one.content_id) for one in Commitment.objects.all()}
    [case] = studied(chest.project, ALL, as_submitted=True).cases
    assert [read.labels for read in case.reads] == [read_of(box("f1"))] * 2
    for name in ("jin", "jana"):
        chest.review(name)
    advance(case_id=chest.case().pk)
    label = ReferenceLabel.objects.get().content.data["labels"]
    assert [one["mark"] for one in label["findings"]] == [box("f1")["mark"]]
