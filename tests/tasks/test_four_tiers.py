"""A case goes through annotate, junior review, consensus and senior arbitration."""

import pytest

from tests.people import Study, labels, study, with_protocol
from workflow.models import Read, ReferenceLabel, Review

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chest() -> Study:
    return study("case-1")


def test_two_reads_that_agree_settle_the_case(chest: Study) -> None:
    chest.agree_at_two(malignancy=3)
    case = chest.case()
    label = ReferenceLabel.objects.get(case=case)
    assert case.state == "final"
    assert (label.status, label.settled_by, label.version) == ("determined", "consensus", 1)
    assert label.content.data["labels"]["fields"] == {"finding": "nodule", "malignancy": 3}


def test_reads_across_the_cut_off_go_to_the_senior_who_picks(chest: Study) -> None:
    chest.read("anna", malignancy=3)
    chest.read("bob", malignancy=4)
    chest.review("jin")
    chest.review("jana")
    assert chest.case().state == "arbitration"
    chest.arbitrate(labels=labels(malignancy=5))
    label = ReferenceLabel.objects.get(case=chest.case())
    assert chest.case().state == "final"
    assert (label.settled_by, label.content.data["labels"]["fields"]["malignancy"]) == ("arbitration", 5)


def test_a_disagreement_asks_a_third_reader_who_settles_it(chest: Study) -> None:
    chest.read("anna", finding="nodule")
    chest.read("bob", finding="mass")
    chest.review("jin")
    chest.review("jana")
    assert (chest.case().state, chest.case().reads_wanted) == ("annotation", 3)
    chest.read("cleo", finding="mass")
    chest.review("jules")
    assert chest.case().state == "final"
    assert ReferenceLabel.objects.get().content.data["labels"]["fields"]["finding"] == "mass"
    assert list(Read.objects.order_by("slot").values_list("kind", flat=True)) == [
        "planned",
        "planned",
        "conditional",
    ]


def test_a_returned_read_goes_back_to_the_same_person_and_keeps_its_first_revision(chest: Study) -> None:
    chest.read("anna", finding="mass")
    chest.read("bob", finding="nodule")
    chest.review("jin", "return")
    assert chest.case().state == "junior_review"
    chest.review("jana")
    assert chest.case().state == "annotation"
    again = chest.claim("anna")
    assert (again.returned, again.slot) == (True, 1)
    chest.submit("anna", again, {"labels": labels(finding="nodule")})
    chest.review("jin")
    assert chest.case().state == "final"
    assert list(Read.objects.filter(slot=1).order_by("revision").values_list("revision", flat=True)) == [1, 2]


def test_escalation_by_one_reviewer_outweighs_a_return_by_the_other(chest: Study) -> None:
    chest.read("anna")
    chest.read("bob")
    chest.review("jin", "return")
    chest.review("jana", "escalate")
    assert chest.case().state == "arbitration"


def test_a_read_returned_too_often_goes_to_the_senior(chest: Study) -> None:
    chest.read("anna")
    chest.read("bob")
    chest.review("jin", "return")
    chest.review("jana")
    chest.read("anna")
    chest.review("jin", "return")
    assert chest.case().state == "arbitration"


def test_reads_that_are_sampled_out_of_review_pass_waived() -> None:
    chest = study("case-1", protocol=with_protocol(junior_review={"share": "0"}))
    chest.read("anna")
    chest.read("bob")
    assert chest.case().state == "final"
    assert set(Review.objects.values_list("verdict", flat=True)) == {"waived"}
