"""The second look: readers see the others' reads, unnamed, and may revise, before a senior is asked."""

import pytest

from audit.models import Event
from tasks.advancing import advance
from tasks.displays import shown
from tasks.models import Task
from tests.people import Study, labels, study, with_protocol
from workflow.models import ConsensusReport, Read, ReferenceLabel
from workflow.unit import on_case

pytestmark = pytest.mark.django_db(transaction=True)
LOOK_TWICE = with_protocol(reads={"rule": "unanimous", "count": 2, "max": 2}, second_look={"rounds": 1})


@pytest.fixture
def chest() -> Study:
    """A case in consensus whose two readers disagree."""
    chest = study("case-1", protocol=LOOK_TWICE)
    chest.read("anna", finding="nodule")
    chest.read("bob", finding="mass")
    chest.review("jin")
    chest.review("jana")
    return chest


def look_again(chest: Study, name: str, **values: object) -> Task:
    return chest.submit(name, chest.claim(name, ["reconcile"]), {"labels": labels(**values)})


def test_a_disagreement_waits_in_consensus_for_both_readers(chest: Study) -> None:
    assert chest.case().state == "consensus"
    waiting = Task.objects.filter(kind="reconcile").order_by("slot")
    assert [(t.status, t.slot, t.holder) for t in waiting] == [
        ("reserved", 1, chest.members["anna"]),
        ("reserved", 2, chest.members["bob"]),
    ]


def test_a_reader_sees_the_other_read_under_a_letter_and_no_name(chest: Study) -> None:
    task = chest.claim("anna")
    with on_case(chest.acting("anna"), task.case_id) as unit:
        material = shown(unit, task).material
    assert material["own"] == labels(finding="nodule")
    assert list(material["reads"].values()) == [labels(finding="mass")]
    assert "bob" not in str(material).lower()
    assert str(chest.members["bob"].pk) not in str(material)


def test_readers_who_come_to_agree_settle_the_case(chest: Study) -> None:
    look_again(chest, "anna", finding="mass")
    assert chest.case().state == "consensus"
    look_again(chest, "bob", finding="mass")
    assert chest.case().state == "final"
    assert ReferenceLabel.objects.get().content.data["labels"]["fields"]["finding"] == "mass"
    reports = ConsensusReport.objects.order_by("sequence").values_list("outcome", "second_look")
    assert list(reports) == [("escalate", 0), ("accept", 1)]
    kinds = Read.objects.order_by("slot", "revision").values_list("kind", flat=True)
    assert list(kinds) == ["planned", "second_look", "planned", "second_look"]


def test_readers_who_stay_apart_go_to_the_senior_and_a_second_look_is_not_reviewed(chest: Study) -> None:
    look_again(chest, "anna", finding="nodule")
    look_again(chest, "bob", finding="mass")
    assert chest.case().state == "arbitration"
    assert Task.objects.filter(kind="review").count() == 2
    assert Event.objects.filter(action="read.second_look").count() == 2


def test_a_second_look_that_changes_nothing_is_kept_all_the_same(chest: Study) -> None:
    look_again(chest, "anna", finding="nodule")
    reads = Read.objects.filter(slot=1).order_by("revision")
    assert reads[0].content_id == reads[1].content_id


def test_no_second_look_begins_while_reads_agree_or_another_is_asked_for() -> None:
    chest = study("case-1", protocol=with_protocol(second_look={"rounds": 1}))
    chest.read("anna", finding="nodule")
    chest.read("bob", finding="mass")
    chest.review("jin")
    chest.review("jana")
    assert chest.case().state == "annotation"
    chest.read("cleo", finding="none")
    chest.review("jules")
    assert (chest.case().state, Task.objects.filter(kind="reconcile").count()) == ("consensus", 3)


def test_looking_is_over_after_the_rounds_that_the_protocol_grants() -> None:
    chest = study("case-1", protocol={**LOOK_TWICE, "second_look": {"rounds": 2}})
    chest.read("anna", finding="nodule")
    chest.read("bob", finding="mass")
    chest.review("jin")
    chest.review("jana")
    for turn in (1, 2):
        assert chest.case().state == "consensus", turn
        look_again(chest, "anna", finding="nodule")
        look_again(chest, "bob", finding="mass")
    assert chest.case().state == "arbitration"
    assert list(ConsensusReport.objects.order_by("sequence").values_list("second_look", flat=True)) == [
        0,
        1,
        2,
    ]


def test_a_case_sent_back_after_the_second_look_is_compared_anew_with_no_further_look(chest: Study) -> None:
    look_again(chest, "anna", finding="nodule")
    look_again(chest, "bob", finding="mass")
    letter = "A" if first_letter_is(chest, "anna") else "B"
    chest.arbitrate(outcome="sent_back", rework=[letter])
    chest.read("anna", finding="mass")
    chest.review("jin")
    assert chest.case().state == "final"


def test_the_looks_that_were_had_are_not_had_again_after_a_send_back(chest: Study) -> None:
    look_again(chest, "anna", finding="nodule")
    look_again(chest, "bob", finding="mass")
    chest.arbitrate(outcome="sent_back", rework=["A", "B"])
    chest.read("anna", finding="nodule")
    chest.read("bob", finding="mass")
    chest.review("jin")
    chest.review("jana")
    assert chest.case().state == "arbitration"
    assert list(ConsensusReport.objects.order_by("sequence").values_list("second_look", flat=True)) == [
        0,
        1,
        1,
    ]


def first_letter_is(chest: Study, name: str) -> bool:
    from workflow.arbitrating import readers_as_letters

    with on_case(chest.acting("sana"), chest.case().pk) as unit:
        return readers_as_letters(unit)["A"].member_id == chest.members[name].pk


def test_a_void_consensus_goes_to_the_senior_without_a_second_look() -> None:
    protocol = {**LOOK_TWICE, "junior_review": {**LOOK_TWICE["junior_review"], "distinct_reviewers": False}}
    chest = study("case-1", protocol=protocol)
    chest.read("anna", finding="nodule")
    chest.read("bob", finding="mass")
    for _ in range(2):
        chest.review("jin", "correct", correction=labels(finding="none"))
    assert chest.case().state == "arbitration"
    assert ConsensusReport.objects.get().content.data["voided"] is True


def test_a_void_consensus_that_was_sent_back_is_compared_anew_before_anybody_looks_twice() -> None:
    protocol = {**LOOK_TWICE, "junior_review": {**LOOK_TWICE["junior_review"], "distinct_reviewers": False}}
    chest = study("case-1", protocol=protocol)
    chest.read("anna", finding="nodule")
    chest.read("bob", finding="mass")
    for _ in range(2):
        chest.review("jin", "correct", correction=labels(finding="none"))
    chest.arbitrate(outcome="sent_back", rework=["A"])
    reworked = "anna" if first_letter_is(chest, "anna") else "bob"
    chest.read(reworked, finding="none")
    chest.review("jana")
    assert chest.case().state == "final"


def test_advancing_a_waiting_case_again_changes_nothing(chest: Study) -> None:
    look_again(chest, "anna", finding="mass")
    before = Event.objects.count()
    advance(case_id=chest.case().pk)
    assert Event.objects.count() == before
