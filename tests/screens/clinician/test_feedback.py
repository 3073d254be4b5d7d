"""What readers learn of their own work: only what the protocol tells, never what would show a probe."""

from datetime import timedelta

import pytest

from screens.clinician.feedback import learned_by, score_of
from tasks.limits import today_of
from tests.people import Study, labels, study, with_protocol
from tests.probes import ALWAYS, next_probe, probed, score_all
from workflow.models import Membership

from .seat import Seat, said

pytestmark = pytest.mark.django_db(transaction=True)
TOLD = with_protocol(feedback={"finals": True, "controls": True})


def decided(chest: Study) -> None:
    """Anna said 2, Bob 5; the senior says 5."""
    chest.read("anna", malignancy=2)
    chest.read("bob", malignancy=5)
    chest.review("jin")
    chest.review("jana")
    chest.arbitrate(labels={"fields": {"malignancy": 5}})


def again(chest: Study, name: str) -> Membership:
    """The member as they are in the database now."""
    return Membership.objects.select_related("project").get(pk=chest.members[name].pk)


def test_what_was_decided_otherwise_is_told_to_whom_it_concerns_once_it_is_released() -> None:
    chest = study("case-1", protocol=TOLD)
    chest.read("anna", malignancy=2)
    assert "Decided otherwise Nothing" in said(Seat("anna").get("/work/feedback/"))
    chest.read("bob", malignancy=5)
    chest.review("jin")
    chest.review("jana")
    chest.arbitrate(labels={"fields": {"malignancy": 5}})
    page = said(Seat("anna").get("/work/feedback/"))
    assert "Malignancy 2 5" in page
    assert "Bob" not in page
    assert "case-1" not in page
    assert "Decided otherwise Nothing" in said(Seat("bob").get("/work/feedback/"))
    assert "Decided otherwise Nothing" in said(Seat("cleo").get("/work/feedback/"))


def test_without_a_word_of_the_protocol_nothing_is_told() -> None:
    chest = study("case-1")
    decided(chest)
    page = said(Seat("anna").get("/work/feedback/"))
    assert "Decided otherwise" not in page
    assert "answered as known" not in page


def test_a_case_that_is_open_again_is_not_told() -> None:
    chest = study("case-1", protocol=TOLD)
    decided(chest)
    chest.reopen("new_readers")
    assert learned_by(again(chest, "anna")).differing == []


def test_where_cases_are_shown_again_no_answer_is_told() -> None:
    chest = study("case-1", protocol=TOLD)
    decided(chest)
    chest.project.settings = {**chest.project.settings, "repeat_share": "0.1"}
    chest.project.save(update_fields=["settings"])
    assert learned_by(again(chest, "anna")).differing is None


def test_what_came_back_is_told_with_its_comments_once_it_acted() -> None:
    chest = study("case-1")
    chest.read("anna", malignancy=2)
    chest.read("bob", malignancy=5)
    chest.review("jin", "return", comments=[{"path": "", "text": "Look at slice 12."}])
    assert "Look at slice 12." not in said(Seat("anna").get("/work/feedback/"))
    chest.review("jana")
    page = said(Seat("anna").get("/work/feedback/"))
    assert "Look at slice 12." in page
    assert "Jin" not in page
    assert "Look at slice 12." not in said(Seat("bob").get("/work/feedback/"))


def test_a_score_is_told_by_whole_months_so_that_no_case_is_told_by_it() -> None:
    chest = probed(protocol={**TOLD, "gold": ALWAYS["gold"]})
    chest.submit("anna", next_probe(chest, "anna"), {"labels": labels()})
    score_all()
    anna, today = chest.members["anna"], today_of(chest.project)
    assert score_of(anna, today, fewest=1) is None
    told = score_of(anna, (today.replace(day=1) + timedelta(days=40)), fewest=1)
    assert told is not None
    assert told.percent == 100
    assert score_of(anna, (today.replace(day=1) + timedelta(days=40))) is None


def test_no_score_is_told_of_few_controls() -> None:
    chest = study("case-1", protocol=TOLD)
    assert score_of(chest.members["anna"]) is None
    assert "told once a month" in said(Seat("anna").get("/work/feedback/"))
