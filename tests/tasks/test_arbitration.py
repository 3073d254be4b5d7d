"""What brings a case to the senior, what they see of it, and what they may decide."""

from typing import Any

import pytest

from audit.canonical import parse
from audit.models import Event
from tasks.completing import needs_first_look
from tasks.displays import shown
from tasks.leases import claim, release
from tasks.models import Task
from tests.crowd import hire
from tests.people import PROTOCOL, Study, labels, study, with_protocol
from workflow.arbitrating import readers_as_letters
from workflow.errors import AlreadyDone, IllegalMove, InvalidInput
from workflow.models import Arbitration, ConsensusReport, Read, ReferenceLabel, Review
from workflow.unit import on_case

pytestmark = pytest.mark.django_db(transaction=True)

ALL_AGREED = with_protocol(arbitration={"sample_of_agreed": {"share": "1", "strata": []}})
ONE_REVIEWER = with_protocol(junior_review={"distinct_reviewers": False})
WHY = {"reason_code": "perception", "rationale": "The margin is clear."}


def disputed(protocol: dict[str, Any] = PROTOCOL) -> Study:
    """A case that waits for the senior: anna says 3 and bob 4, on both sides of the cut-off."""
    chest = study("case-1", protocol=protocol)
    chest.read("anna", malignancy=3)
    chest.read("bob", malignancy=4)
    chest.review("jin")
    chest.review("jana")
    assert chest.case().state == "arbitration"
    return chest


def letters(chest: Study) -> dict[str, str]:
    """Whose read stands under which letter."""
    with on_case(chest.acting("sana"), chest.case().pk) as unit:
        return {read.member.user.username: letter for letter, read in readers_as_letters(unit).items()}


def seen(chest: Study, name: str, task: Task) -> dict[str, Any]:
    with on_case(chest.acting(name), task.case_id) as unit:
        return shown(unit, Task.objects.get(pk=task.pk)).material


def answer() -> dict[str, Any]:
    fields: dict[str, Any] = ReferenceLabel.objects.get().content.data["labels"]["fields"]
    return fields


def test_the_arbiter_sees_the_reads_by_letter_and_what_is_disputed() -> None:
    chest = disputed()
    material = seen(chest, "sana", chest.claim("sana"))
    letter = letters(chest)
    assert material["reads"] == {letter["anna"]: labels(malignancy=3), letter["bob"]: labels(malignancy=4)}
    assert material["disputed"] == ["malignancy"]
    assert material["undisputed"]["fields"] == {"finding": "nodule"}


def test_the_letters_stay_the_same_whenever_the_case_is_opened_also_after_a_rework() -> None:
    chest = disputed()
    before = letters(chest)
    assert [letters(chest) for _ in range(3)] == [before] * 3
    chest.arbitrate(outcome="sent_back", rework=[before["anna"]])
    chest.read("anna", malignancy=2)
    chest.review("jin")
    assert chest.case().state == "arbitration"
    assert letters(chest) == before


def test_a_decision_may_pick_from_a_read_and_keeps_what_was_undisputed() -> None:
    chest = disputed()
    chest.arbitrate(picks={"malignancy": letters(chest)["bob"]})
    assert answer() == {"finding": "nodule", "malignancy": 4}
    picked = Arbitration.objects.get().content.data["picks"]["malignancy"]
    assert picked == Read.objects.get(slot=2).content_id


def test_a_decision_may_be_drawn_anew_over_what_was_picked() -> None:
    chest = disputed()
    chest.arbitrate(
        picks={"malignancy": letters(chest)["bob"]}, labels={"fields": {"finding": "mass", "malignancy": 5}}
    )
    assert answer() == {"finding": "mass", "malignancy": 5}


WRONG_DECISIONS: list[dict[str, Any]] = [
    {"outcome": "decided", **WHY},
    {"outcome": "decided", **WHY, "labels": labels(malignancy=9)},
    {"outcome": "decided", **WHY, "labels": {"fields": {"malignancy": 3, "colour": "red"}}},
    {"outcome": "decided", **WHY, "labels": "malignant"},
    {"outcome": "decided", **WHY, "labels": {"fields": ["malignancy"]}},
    {"outcome": "decided", **WHY, "picks": {"malignancy": "Z"}},
    {"outcome": "decided", **WHY, "picks": ["A"]},
    {"outcome": "decided", **WHY, "picks": {"malignancy": ["A"]}},
    {"outcome": "decided", **WHY, "labels": labels(), "reason_code": "Not a code"},
    {"outcome": "decided", **WHY, "labels": labels(), "reason_code": "x" * 61},
    {"outcome": "decided", **WHY, "labels": labels(), "reason_code": ""},
    {"outcome": "decided", **WHY, "labels": labels(), "reason_code": 5},
    {"outcome": "decided", **WHY, "labels": labels(), "rationale": "  "},
    {"outcome": "sent_back", **WHY},
    {"outcome": "sent_back", **WHY, "rework": ["Z"]},
    {"outcome": "sent_back", **WHY, "rework": "A"},
    {"outcome": "sent_back", **WHY, "rework": {"A": 1}},
    {"outcome": "undecided", **WHY},
    {"outcome": ["decided"], **WHY},
    {},
]


def test_a_decision_that_is_not_right_stores_nothing() -> None:
    chest = disputed()
    task = chest.claim("sana")
    before = Event.objects.count()
    for decision in WRONG_DECISIONS:
        with pytest.raises(InvalidInput):
            chest.submit("sana", task, decision)
    assert (Event.objects.count(), Arbitration.objects.count()) == (before, 0)
    assert (chest.case().state, Task.objects.get(pk=task.pk).status) == ("arbitration", "leased")


def test_a_case_may_be_called_equivocal_and_keeps_what_was_undisputed() -> None:
    chest = disputed()
    chest.arbitrate(outcome="equivocal")
    label = ReferenceLabel.objects.get()
    assert (chest.case().state, label.status, label.settled_by) == ("final", "equivocal", "arbitration")
    assert answer() == {"finding": "nodule"}


def test_a_read_that_is_sent_back_returns_to_its_reader_and_the_other_stays() -> None:
    chest = disputed()
    chest.arbitrate(outcome="sent_back", rework=[letters(chest)["anna"]])
    assert chest.case().state == "annotation"
    live = Task.objects.filter(status__in=["open", "reserved", "leased"])
    assert [(t.kind, t.slot, t.holder) for t in live] == [("annotate", 1, chest.members["anna"])]
    chest.read("anna", malignancy=4)
    assert Event.objects.filter(action="read.revised").count() == 1
    chest.review("jin")
    assert chest.case().state == "final"
    assert answer()["malignancy"] == 4


def test_one_more_read_may_be_asked_for_and_comes_from_somebody_else() -> None:
    chest = disputed()
    chest.arbitrate(outcome="sent_back", another_read=True)
    assert (chest.case().state, chest.case().reads_wanted) == ("annotation", 3)
    assert chest.claim("cleo").slot == 3
    assert not isinstance(claim(acting=chest.acting("anna")), Task)


def test_a_case_is_sent_back_once_in_a_round_and_returns_to_the_same_arbiter() -> None:
    chest = disputed()
    (sven,) = hire(chest, "senior_arbiter", 1)
    chest.arbitrate(outcome="sent_back", rework=["A", "B"])
    chest.read("anna", malignancy=3)
    chest.read("bob", malignancy=4)
    chest.review("jin")
    chest.review("jana")
    assert not isinstance(claim(acting=chest.acting(sven)), Task)
    task = chest.claim("sana")
    with pytest.raises(AlreadyDone):
        chest.submit("sana", task, {"outcome": "sent_back", "rework": ["A"], **WHY})
    chest.submit("sana", task, {"outcome": "decided", "labels": labels(), **WHY})
    assert chest.case().state == "final"


def test_no_more_reads_are_asked_for_than_the_protocol_allows() -> None:
    chest = disputed(with_protocol(reads={"rule": "unanimous", "count": 2, "max": 2}))
    task = chest.claim("sana")
    with pytest.raises(IllegalMove):
        chest.submit("sana", task, {"outcome": "sent_back", "another_read": True, **WHY})


def test_a_sampled_agreement_reaches_the_senior_and_is_read_blind_before_anything_is_revealed() -> None:
    chest = study("case-1", protocol=ALL_AGREED)
    chest.agree_at_two(malignancy=3)
    assert (chest.case().state, ConsensusReport.objects.get().sampled) == ("arbitration", True)
    task = chest.claim("sana")
    assert set(seen(chest, "sana", task)) <= {"case"}
    chest.submit("sana", task, {"labels": labels(malignancy=2)})
    assert chest.case().state == "arbitration"
    material = seen(chest, "sana", task)
    assert (len(material["reads"]), material["disputed"]) == (2, [])
    chest.submit("sana", task, {"outcome": "decided", **WHY})
    assert (chest.case().state, answer()["malignancy"]) == ("final", 3)
    first = Read.objects.get(slot=0)
    assert (first.kind, first.content.data["fields"]["malignancy"]) == ("first_look", 2)


def test_a_disputed_case_begins_as_blind_as_a_sampled_one() -> None:
    chest = disputed(ALL_AGREED)
    task = chest.claim("sana")
    assert set(seen(chest, "sana", task)) <= {"case"}
    with pytest.raises(InvalidInput):
        chest.submit("sana", task, {"outcome": "decided", "picks": {"malignancy": "A"}, **WHY})
    chest.submit("sana", task, {"labels": labels(malignancy=5)})
    chest.submit("sana", task, {"outcome": "decided", "picks": {"malignancy": letters(chest)["anna"]}, **WHY})
    assert answer()["malignancy"] == 3


def test_what_was_displayed_is_in_the_manifest_only_from_the_moment_it_was_revealed() -> None:
    chest = disputed(ALL_AGREED)
    task = chest.claim("sana")
    chest.submit("sana", task, {"labels": labels()})
    chest.submit("sana", task, {"outcome": "equivocal", **WHY})
    blind, open_ = (manifest(action, slot=0) for action in ("read.submitted", "arbitration.decided"))
    reads = set(Read.objects.filter(slot__gt=0).values_list("content_id", flat=True))
    assert not reads & blind
    assert reads <= open_


def manifest(action: str, slot: int) -> set[str]:
    """The digests that the newest event of an action says were displayed."""
    from audit.canonical import parse
    from audit.models import Content

    event = parse(bytes(Event.objects.filter(action=action).latest("stream_seq").body))
    return {item["digest"] for item in Content.objects.get(pk=event["display"]).data["items"]}


def test_each_arbiter_looks_first_for_themselves_and_once_in_a_round() -> None:
    chest = disputed(ALL_AGREED)
    (sven,) = hire(chest, "senior_arbiter", 1)
    task = chest.claim("sana")
    chest.submit("sana", task, {"labels": labels()})
    release(acting=chest.acting("sana"), task_id=task.pk, token=task.token)
    assert set(seen(chest, sven, chest.claim(sven))) <= {"case"}
    task = chest.claim(sven)
    chest.submit(sven, task, {"labels": labels()})
    chest.submit(sven, task, {"outcome": "sent_back", "rework": ["A", "B"], **WHY})
    chest.read("anna", malignancy=3)
    chest.read("bob", malignancy=4)
    chest.review("jin")
    chest.review("jana")
    task = chest.claim(sven)
    assert "reads" in seen(chest, sven, task)
    with on_case(chest.acting(sven), task.case_id) as unit:
        assert not needs_first_look(unit, task)
    assert Read.objects.filter(slot=0).count() == 2


def test_an_arbiter_who_comes_back_to_a_released_case_has_looked_already() -> None:
    chest = disputed(ALL_AGREED)
    task = chest.claim("sana")
    chest.submit("sana", task, {"labels": labels()})
    release(acting=chest.acting("sana"), task_id=task.pk, token=task.token)
    assert "reads" in seen(chest, "sana", chest.claim("sana"))


def test_agreed_cases_outside_the_sample_are_final_at_once() -> None:
    chest = study("case-1")
    chest.agree_at_two()
    assert (chest.case().state, ConsensusReport.objects.get().sampled) == ("final", False)


def test_a_readers_own_wish_for_a_senior_is_heard_though_the_reads_agree() -> None:
    chest = study("case-1")
    chest.read("anna", flags=["escalate"])
    chest.read("bob")
    chest.review("jin")
    chest.review("jana")
    assert chest.case().state == "arbitration"


def test_consensus_uses_a_correction_and_the_read_stays_as_it_was() -> None:
    chest = study("case-1")
    chest.read("anna", malignancy=3)
    chest.read("bob", malignancy=5)
    correction = labels(malignancy=3)
    for name in ("jin", "jana"):
        task = chest.claim(name)
        verdict = {"verdict": "accept"}
        if task.slot == 2:
            verdict = {"verdict": "correct", "reason_code": "slip", "correction": correction}
        chest.submit(name, task, verdict)
    assert (chest.case().state, answer()["malignancy"]) == ("final", 3)
    assert Read.objects.get(slot=2).content.data["fields"]["malignancy"] == 5
    assert Review.objects.get(verdict="correct").correction.data == correction


def test_a_correction_that_changes_nothing_or_does_not_fit_is_refused() -> None:
    chest = study("case-1")
    chest.read("anna")
    task = chest.claim("jin")
    for correction in (labels(), labels(malignancy=9), None, "mass"):
        with pytest.raises(InvalidInput):
            chest.submit("jin", task, {"verdict": "correct", "reason_code": "slip", "correction": correction})
    assert not Review.objects.exists()


def test_two_clinical_corrections_by_one_reviewer_make_the_consensus_void() -> None:
    chest = study("case-1", protocol=ONE_REVIEWER)
    chest.read("anna", malignancy=1)
    chest.read("bob", malignancy=5)
    for _ in range(2):
        chest.review("jin", "correct", correction=labels(malignancy=3))
    assert chest.case().state == "arbitration"
    report = ConsensusReport.objects.get()
    assert (report.outcome, report.content.data["voided"]) == ("escalate", True)


def test_corrections_by_two_reviewers_stand() -> None:
    chest = study("case-1", protocol=ONE_REVIEWER)
    chest.read("anna", malignancy=1)
    chest.read("bob", malignancy=5)
    chest.review("jin", "correct", correction=labels(malignancy=3))
    chest.review("jana", "correct", correction=labels(malignancy=3))
    assert chest.case().state == "final"


WRONG_VERDICTS: list[dict[str, Any]] = [
    {},
    {"verdict": "waived"},
    {"verdict": ["accept"]},
    {"verdict": "return"},
    {"verdict": "return", "reason_code": "Too Loud"},
    {"verdict": "return", "reason_code": ["boundary"]},
    {"verdict": "accept", "comments": [{"text": " "}]},
    {"verdict": "accept", "comments": [{"text": "Here.", "mark": {"kind": "point", "on": {}, "at": [1, 2]}}]},
    {"verdict": "accept", "comments": "fine"},
    {"verdict": "accept", "comments": {"text": "fine"}},
]


def test_a_verdict_that_is_not_right_stores_nothing() -> None:
    chest = study("case-1")
    chest.read("anna")
    task = chest.claim("jin")
    for verdict in WRONG_VERDICTS:
        with pytest.raises(InvalidInput):
            chest.submit("jin", task, verdict)
    assert not Review.objects.exists()
    assert Task.objects.get(pk=task.pk).status == "leased"


def test_a_read_that_does_not_fit_the_schema_stores_nothing() -> None:
    chest = study("case-1")
    task = chest.claim("anna")
    for result in ({}, {"labels": None}, {"labels": []}, {"labels": labels(malignancy=6)}):
        with pytest.raises(InvalidInput) as refused:
            chest.submit("anna", task, result)
        assert refused.value.extra["faults"]
    assert not Read.objects.exists()


def test_a_case_that_is_sent_back_says_what_the_arbiter_was_shown() -> None:
    chest = disputed()
    chest.arbitrate(outcome="sent_back", another_read=True)
    body = parse(bytes(Event.objects.get(action="arbitration.sent_back").body))
    assert body["display"]
    assert len(body["inputs"]) == 2
