"""Junior review, second look and arbitration on their screens, from the same form."""

import json
from typing import Any

import pytest

from tasks.models import Task
from tests.people import PROTOCOL, Study, labels, study, with_protocol
from workflow.models import Arbitration, Read, ReferenceLabel, Review

from .seat import Seat, answers, said

pytestmark = pytest.mark.django_db(transaction=True)

TWICE = with_protocol(reads={"rule": "unanimous", "count": 2, "max": 2}, second_look={"rounds": 1})
BLIND_FIRST = with_protocol(arbitration={"sample_of_agreed": {"share": "1", "strata": []}})
WHY = {"reason_code": "perception", "rationale": "The margin is clear."}


def disputed(protocol: dict[str, Any] = PROTOCOL) -> Study:
    """A case that waits for the senior: anna says 3 and bob 5."""
    chest = study("case-1", protocol=protocol)
    chest.read("anna", malignancy=3)
    chest.read("bob", malignancy=5)
    chest.review("jin")
    chest.review("jana")
    return chest


def final() -> dict[str, Any]:
    fields: dict[str, Any] = ReferenceLabel.objects.get().content.data["labels"]["fields"]
    return fields


def letter_of(page: Any, malignancy: int) -> str:
    """Under which letter the read stands that says this."""
    reads = page.context["desk"].material["reads"]
    return next(letter for letter, read in reads.items() if read["fields"]["malignancy"] == malignancy)


def test_a_reviewer_sees_the_read_in_words_and_accepts_it() -> None:
    study("case-1").read("anna", malignancy=4, flags=["escalate", "motion"])
    jin = Seat("jin")
    page = said(jin.start())
    for words in ("Finding Nodule", "Malignancy 4", "would like a senior", "Flag: motion"):
        assert words in page
    jin.act("submit", verdict="accept", reason_code="slip", fields__finding="mass")
    assert Review.objects.get().verdict == "accept"


def test_a_reviewer_is_told_what_a_verdict_needs_and_returns_the_read() -> None:
    study("case-1").read("anna")
    jin = Seat("jin")
    jin.start()
    assert "Choose a verdict." in said(jin.act("submit", 422))
    written = {"comment./fields/malignancy": "No spicules.", "comment.": " "}
    page = jin.act("submit", 422, verdict="return", **written)
    assert "Choose a reason" in said(page)
    assert "No spicules." in page.content.decode()
    jin.act("submit", verdict="return", reason_code="boundary", **written)
    comments = Review.objects.get().comments.data["comments"]
    assert [comment["path"] for comment in comments] == ["/fields/malignancy"]


def test_a_reviewer_corrects_and_the_read_stays() -> None:
    study("case-1").read("anna", malignancy=2)
    jin = Seat("jin")
    assert 'value="2" checked' in jin.start().content.decode()
    page = jin.act("submit", 422, verdict="correct", reason_code="slip", **answers(malignancy=2))
    assert "changes nothing" in said(page)
    jin.act("submit", verdict="correct", reason_code="slip", note="Typed.", **answers(malignancy=4))
    review = Review.objects.get()
    assert (review.correction.data, review.read.content.data) == (labels(malignancy=4), labels(malignancy=2))


def test_a_second_look_shows_ones_own_read_and_the_others_unnamed() -> None:
    chest = study("case-1", protocol=TWICE)
    chest.read("anna", finding="nodule")
    chest.read("bob", finding="mass")
    chest.review("jin")
    chest.review("jana")
    anna = Seat("anna")
    page = anna.start()
    assert "Question Yours Reader A Finding Nodule differs: Mass" in said(page)
    assert "bob" not in page.content.decode().lower()
    anna.act("submit", **answers(finding="mass"))
    assert Read.objects.get(kind="second_look").content.data == labels(finding="mass")


def test_an_arbiter_picks_by_letter_and_keeps_what_was_settled() -> None:
    disputed()
    sana = Seat("sana")
    page = sana.start()
    words = said(page)
    assert "In dispute (1)" in words
    assert "Reads on both sides of critical cut-off 4." in words
    assert "A and B differ by 2; 1 is allowed." in words
    letter = letter_of(page, 5)
    assert "Choose a read" in said(sana.act("submit", 422, outcome="decided", **WHY))
    sana.act("submit", outcome="decided", pick__malignancy=letter, pick__finding="settled", **WHY)
    assert final() == {"finding": "nodule", "malignancy": 5}


def test_an_arbiter_may_answer_in_their_own_words_or_say_why_not() -> None:
    disputed()
    sana = Seat("sana")
    sana.start()
    own = {"outcome": "decided", "pick__malignancy": "own"}
    page = sana.act("submit", 422, **own, rationale="Because.")
    assert "Write your own answer" in said(page)
    assert "Choose why the reads differed." in said(page)
    assert "Because." in page.content.decode()
    sana.act("submit", **own, fields__malignancy="4", **WHY)
    assert final() == {"finding": "nodule", "malignancy": 4}


def test_an_arbiter_calls_it_equivocal() -> None:
    disputed()
    sana = Seat("sana")
    sana.start()
    sana.act("submit", outcome="equivocal", **WHY)
    assert ReferenceLabel.objects.get().status == "equivocal"


def test_an_arbiter_sends_reads_back() -> None:
    chest = disputed()
    sana = Seat("sana")
    letter = letter_of(sana.start(), 3)
    assert "Name the reads" in said(sana.act("submit", 422, outcome="sent_back", **WHY))
    sana.act("submit", outcome="sent_back", rework=[letter], **WHY)
    assert chest.case().state == "annotation"
    assert "sent back, to be looked at again" in said(Seat("anna").get("/work/"))
    assert "Your earlier answers are filled in" in said(Seat("anna").start())


def test_where_agreed_cases_are_sampled_the_arbiter_reads_blind_first() -> None:
    disputed(BLIND_FIRST)
    sana = Seat("sana")
    page = sana.start()
    assert page.context["mode"] == "read"
    assert "Reader A" not in said(page)
    page = sana.act("submit", **answers(malignancy=4))
    assert "Your own read is kept" in said(page)
    assert "Reader A" in said(page)
    assert "Before: 4" in said(page)
    sana.act("submit", outcome="decided", pick__malignancy="own", fields__malignancy="4", **WHY)
    assert Arbitration.objects.get().outcome == "decided"


def test_every_pick_tells_the_script_what_it_stands_for() -> None:
    disputed()
    rows = Seat("sana").start().context["disputed"]
    assert sorted(json.loads(p.texts) for p in rows[0].picks if p.texts) == [["3"], ["5"]]


def test_work_that_was_taken_back_says_so() -> None:
    chest = study("case-1")
    chest.read("anna")
    jin = Seat("jin")
    jin.start()
    task = jin.task
    chest.exclude()
    managing(chest)
    assert Task.objects.get(pk=task.pk).status == "withdrawn"
    assert "no longer needs this work" in said(jin.get(f"/work/tasks/{task.pk}/", 409))


def managing(chest: Study) -> None:
    from tasks.cases import approve_exclusion

    approve_exclusion(acting=chest.acting("mehmet"), case_id=chest.case().pk)
