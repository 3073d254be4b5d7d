"""A read can be taken back by its author until the next person opens it."""

from uuid import uuid4

import pytest

from audit.log import Reason
from audit.models import Event
from tasks.completing import recall
from tasks.displays import shown
from tasks.errors import CannotRecall, NotYours
from tasks.leases import release, skip
from tasks.models import Task
from tests.people import Study, labels, study, with_protocol
from workflow.errors import AlreadyDone, NotAllowed, NotFound
from workflow.models import Read, Review
from workflow.unit import on_case

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chest() -> Study:
    return study("case-1")


def take_back(chest: Study, name: str, task: Task) -> None:
    recall(acting=chest.acting(name), task_id=task.pk)


def test_a_recalled_read_is_reserved_for_its_author_and_its_review_is_withdrawn(chest: Study) -> None:
    task = chest.read("anna")
    take_back(chest, "anna", task)
    assert Task.objects.get(kind="review").status == "withdrawn"
    again = chest.claim("anna")
    assert (again.slot, again.bound, again.pk != task.pk) == (1, True, True)
    chest.submit("anna", again, {"labels": labels(malignancy=2)})
    revisions = Read.objects.order_by("revision").values_list("revision", "member__user__username")
    assert list(revisions) == [(1, "anna"), (2, "anna")]
    assert Event.objects.filter(action="read.recalled").count() == 1


def test_the_author_sees_their_earlier_read_again(chest: Study) -> None:
    take_back(chest, "anna", chest.read("anna", malignancy=2))
    task = chest.claim("anna")
    with on_case(chest.acting("anna"), task.case_id) as unit:
        assert shown(unit, task).material["earlier"] == labels(malignancy=2)


def test_a_case_under_review_goes_back_to_annotation(chest: Study) -> None:
    task = chest.read("anna")
    chest.read("bob")
    chest.review("jin")
    assert chest.case().state == "junior_review"
    take_back(chest, "bob", Task.objects.get(kind="annotate", slot=2))
    assert chest.case().state == "annotation"
    chest.read("bob")
    chest.review("jana")
    assert chest.case().state == "final"
    assert Task.objects.get(pk=task.pk).status == "done"


def test_a_read_that_a_reviewer_has_before_them_cannot_be_recalled(chest: Study) -> None:
    task = chest.read("anna")
    chest.claim("jin")
    with pytest.raises(CannotRecall):
        take_back(chest, "anna", task)


def test_a_read_that_a_reviewer_opened_and_gave_back_cannot_be_recalled(chest: Study) -> None:
    task = chest.read("anna")
    opened = chest.claim("jin")
    release(acting=chest.acting("jin"), task_id=opened.pk, token=opened.token)
    with pytest.raises(CannotRecall):
        take_back(chest, "anna", task)
    opened = chest.claim("jana")
    skip(acting=chest.acting("jana"), task_id=opened.pk, token=opened.token, reason=Reason("known_patient"))
    with pytest.raises(CannotRecall):
        take_back(chest, "anna", task)


def test_a_read_with_a_verdict_cannot_be_recalled(chest: Study) -> None:
    task = chest.read("anna")
    chest.review("jin")
    with pytest.raises(CannotRecall):
        take_back(chest, "anna", task)


def test_a_waived_read_can_be_recalled_while_others_are_still_reading() -> None:
    chest = study("case-1", protocol=with_protocol(junior_review={"share": "0"}))
    take_back(chest, "anna", chest.read("anna", malignancy=2))
    chest.read("anna", malignancy=3)
    chest.read("bob", malignancy=3)
    assert chest.case().state == "final"
    assert Review.objects.count() == 3


def test_a_read_that_an_arbiter_saw_cannot_be_recalled_after_the_case_was_sent_back() -> None:
    chest = study("case-1", protocol=with_protocol(junior_review={"share": "0"}))
    tasks = [chest.read("anna", malignancy=3), chest.read("bob", malignancy=4)]
    chest.arbitrate(outcome="sent_back", another_read=True)
    assert chest.case().state == "annotation"
    for name, task in zip(("anna", "bob"), tasks, strict=True):
        with pytest.raises(CannotRecall):
            take_back(chest, name, task)


def test_a_settled_case_gives_no_read_back(chest: Study) -> None:
    chest.agree_at_two()
    with pytest.raises(CannotRecall):
        take_back(chest, "anna", Task.objects.get(kind="annotate", slot=1))


def test_only_the_author_recalls_and_only_once(chest: Study) -> None:
    task = chest.read("anna")
    with pytest.raises(NotYours):
        take_back(chest, "bob", task)
    with pytest.raises(NotAllowed):
        take_back(chest, "jin", task)
    with pytest.raises(NotFound):
        recall(acting=chest.acting("anna"), task_id=uuid4())
    take_back(chest, "anna", task)
    with pytest.raises(AlreadyDone):
        take_back(chest, "anna", task)


def test_a_task_that_was_never_submitted_holds_nothing_to_recall(chest: Study) -> None:
    with pytest.raises(NotYours):
        take_back(chest, "anna", chest.claim("anna"))


def test_a_recalled_rework_does_not_count_as_a_return(chest: Study) -> None:
    chest.read("anna")
    chest.read("bob")
    chest.review("jin", "return")
    chest.review("jana")
    take_back(chest, "anna", chest.read("anna"))
    chest.read("anna")
    chest.review("jin")
    assert chest.case().state == "final"
    assert Read.objects.filter(slot=1).count() == 3
