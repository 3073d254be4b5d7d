"""What managers do to a case: hold, priority, exclusion by two, reinstating, a new round."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError

from audit.log import Reason
from audit.models import Event
from provenance.replay import replay
from tasks import cases as managing
from tasks.advancing import advance
from tasks.displays import shown
from tasks.errors import TaskFinished
from tasks.leases import claim
from tasks.models import Task
from tasks.why import NOT_COUNTED, Why
from tests.crowd import hire
from tests.people import Study, labels, study
from tests.staff import give
from workflow.errors import (
    AlreadyDone,
    CaseHeld,
    IllegalMove,
    InvalidInput,
    NeedsSecondPerson,
    NotAllowed,
)
from workflow.models import Case, CaseRound, Exclusion, Part, Read, ReferenceLabel
from workflow.unit import on_case

pytestmark = pytest.mark.django_db(transaction=True)
WHY = Reason("bad_image", "Blurred.")
DECIDED = {"outcome": "decided", "reason_code": "clear", "rationale": "Clear.", "labels": labels()}


@pytest.fixture
def chest() -> Study:
    return study("case-1")


def manage(chest: Study, act: Callable[..., object], name: str = "maria", **more: object) -> None:
    act(acting=chest.acting(name), case_id=chest.case().pk, **more)


def live() -> list[tuple[str, int, str]]:
    tasks = Task.objects.filter(status__in=["open", "reserved", "leased"]).order_by("kind", "slot")
    return list(tasks.values_list("kind", "slot", "status"))


def test_a_held_case_hands_out_no_work_and_keeps_its_place(chest: Study) -> None:
    chest.read("anna")
    manage(chest, managing.hold, reason=WHY)
    found = claim(acting=chest.acting("bob"))
    assert isinstance(found, Why)
    assert (found.open, found.held, found.sentence()) == (1, 1, f"1 open, 1 are on hold. {NOT_COUNTED}")
    assert isinstance(claim(acting=chest.acting("jin")), Why)
    manage(chest, managing.resume)
    assert chest.case().state == "annotation"
    assert chest.claim("bob").slot == 2


def test_work_that_was_begun_before_the_hold_may_be_finished(chest: Study) -> None:
    task = chest.claim("anna")
    manage(chest, managing.hold, reason=WHY)
    assert chest.submit("anna", task, {"labels": labels()}).status == "done"


def test_what_comes_in_during_the_hold_moves_the_case_once_it_is_resumed(chest: Study) -> None:
    chest.read("anna")
    task = chest.claim("bob")
    manage(chest, managing.hold, reason=WHY)
    chest.submit("bob", task, {"labels": labels()})
    assert chest.case().state == "annotation"
    advance(case_id=chest.case().pk)
    assert chest.case().state == "annotation"
    manage(chest, managing.resume)
    assert chest.case().state == "junior_review"


def test_a_held_case_is_compared_and_decided_only_once_it_is_resumed(chest: Study) -> None:
    chest.read("anna", malignancy=3)
    chest.read("bob", malignancy=4)
    chest.review("jin")
    last = chest.claim("jana")
    manage(chest, managing.hold, reason=WHY)
    chest.submit("jana", last, {"verdict": "accept"})
    advance(case_id=chest.case().pk)
    assert chest.case().state == "junior_review"
    manage(chest, managing.resume)
    assert chest.case().state == "arbitration"
    task = chest.claim("sana")
    manage(chest, managing.hold, reason=WHY)
    with pytest.raises(CaseHeld, match="kept as your draft"):
        chest.submit("sana", task, DECIDED)
    assert chest.case().state == "arbitration"
    manage(chest, managing.resume)
    chest.submit("sana", task, DECIDED)
    assert chest.case().state == "final"


def test_the_database_keeps_a_held_case_in_its_place(chest: Study) -> None:
    manage(chest, managing.hold, reason=WHY)
    with pytest.raises(IntegrityError, match="keeps its place"):
        Case.objects.filter(pk=chest.case().pk).update(state="junior_review")


def test_only_a_case_at_work_is_held_and_only_a_held_one_resumed(chest: Study) -> None:
    with pytest.raises(IllegalMove):
        manage(chest, managing.resume)
    manage(chest, managing.hold, reason=WHY)
    with pytest.raises(IllegalMove):
        manage(chest, managing.hold, reason=WHY)
    manage(chest, managing.resume)
    chest.agree_at_two()
    with pytest.raises(IllegalMove):
        manage(chest, managing.hold, reason=WHY)


def test_priority_changes_what_is_handed_out_next_also_among_open_tasks(chest: Study) -> None:
    chest.register("case-2")
    managing.set_priority(acting=chest.acting("maria"), case_id=chest.case("case-2").pk, priority=3)
    assert chest.claim("anna").case_id == chest.case("case-2").pk
    managing.set_priority(acting=chest.acting("maria"), case_id=chest.case("case-2").pk, priority=-3)
    assert chest.claim("bob").case_id == chest.case("case-1").pk
    with pytest.raises(InvalidInput):
        manage(chest, managing.set_priority, priority=101)
    assert Event.objects.filter(action="case.priority_changed").count() == 2


def test_only_a_manager_manages(chest: Study) -> None:
    for act in (managing.hold, managing.exclude, managing.reinstate):
        for name in ("anna", "jin", "sana", "aud"):
            with pytest.raises(NotAllowed):
                manage(chest, act, name, reason=WHY)


def test_a_case_that_nobody_claimed_is_excluded_by_one(chest: Study) -> None:
    chest.exclude()
    assert (chest.case().state, chest.case().excluded_from, live()) == ("excluded", "annotation", [])
    with pytest.raises(AlreadyDone):
        chest.exclude()


def test_a_case_that_was_claimed_is_excluded_by_two(chest: Study) -> None:
    chest.read("anna")
    chest.exclude()
    assert chest.case().state == "annotation"
    with pytest.raises(AlreadyDone):
        chest.exclude("mehmet")
    with pytest.raises(NeedsSecondPerson):
        manage(chest, managing.approve_exclusion)
    manage(chest, managing.approve_exclusion, "mehmet")
    wish = Exclusion.objects.get()
    assert (wish.requested_by, wish.approved_by) == (chest.members["maria"], chest.members["mehmet"])
    assert (chest.case().state, live()) == ("excluded", [])
    with pytest.raises(IllegalMove):
        manage(chest, managing.approve_exclusion, "mehmet")


def test_the_second_person_has_not_seen_the_reads(chest: Study) -> None:
    give(chest, "mehmet", "manager", "junior_reviewer")
    chest.read("anna")
    claim(acting=chest.acting("mehmet"), kinds=["review"])
    chest.exclude()
    with pytest.raises(NeedsSecondPerson):
        manage(chest, managing.approve_exclusion, "mehmet")


def test_nobody_can_agree_to_what_nobody_asked_for(chest: Study) -> None:
    with pytest.raises(IllegalMove):
        manage(chest, managing.approve_exclusion, "mehmet")


def test_a_reinstated_case_goes_back_with_its_work_and_its_people(chest: Study) -> None:
    chest.read("anna")
    chest.read("bob")
    chest.review("jin", "return")
    chest.review("jana")
    before = live()
    assert before == [("annotate", 1, "reserved")]
    chest.exclude()
    manage(chest, managing.approve_exclusion, "mehmet")
    manage(chest, managing.reinstate, reason=WHY)
    assert (chest.case().state, chest.case().excluded_from, live()) == ("annotation", "", before)
    chest.read("anna")
    chest.review("jin")
    assert chest.case().state == "final"


def test_a_reader_whose_work_was_withdrawn_may_take_it_up_when_the_case_is_reinstated(chest: Study) -> None:
    task = chest.claim("anna")
    chest.exclude()
    manage(chest, managing.approve_exclusion, "mehmet")
    with pytest.raises(TaskFinished):
        chest.submit("anna", task, {"labels": labels()})
    manage(chest, managing.reinstate, reason=WHY)
    assert chest.claim("anna").slot == 1


def test_a_final_case_can_be_excluded_and_is_final_again_when_reinstated(chest: Study) -> None:
    chest.agree_at_two()
    chest.exclude()
    manage(chest, managing.approve_exclusion, "mehmet")
    assert chest.case().excluded_from == "final"
    manage(chest, managing.reinstate, reason=WHY)
    assert (chest.case().state, live()) == ("final", [])


def test_a_case_that_was_excluded_in_consensus_is_compared_when_it_is_reinstated(chest: Study) -> None:
    chest.exclude()
    manage(chest, managing.reinstate, reason=WHY)
    chest.agree_at_two()
    assert chest.case().state == "final"


def test_only_an_excluded_case_is_reinstated(chest: Study) -> None:
    with pytest.raises(IllegalMove):
        manage(chest, managing.reinstate, reason=WHY)


def test_a_held_case_that_is_excluded_is_held_no_more(chest: Study) -> None:
    manage(chest, managing.hold, reason=WHY)
    chest.exclude()
    assert not chest.case().held


def test_the_same_readers_keep_their_slots_in_a_new_round_and_are_not_independent(chest: Study) -> None:
    chest.agree_at_two()
    chest.reopen("same_readers")
    assert (chest.case().state, chest.case().round) == ("annotation", 2)
    held = Task.objects.filter(round=2).order_by("slot").values_list("holder__user__username", "status")
    assert list(held) == [("anna", "reserved"), ("bob", "reserved")]
    assert isinstance(claim(acting=chest.acting("cleo")), Why)
    chest.agree_at_two(malignancy=5)
    assert set(Read.objects.filter(round=2).values_list("kind", flat=True)) == {"same_reader"}
    assert list(ReferenceLabel.objects.order_by("version").values_list("version", "round")) == [
        (1, 1),
        (2, 2),
    ]
    assert Event.objects.filter(action="label.superseded").count() == 1


def test_a_reservation_that_nobody_opened_does_not_count_as_a_claim(chest: Study) -> None:
    chest.agree_at_two()
    chest.reopen("same_readers")
    assert set(Part.objects.filter(round=2).values_list("outcome", flat=True)) == {"reserved"}


def test_new_readers_are_none_who_had_any_part_before(chest: Study) -> None:
    chest.agree_at_two()
    (dora,) = hire(chest, "annotator", 1)
    chest.reopen("new_readers")
    for name in ("anna", "bob"):
        assert isinstance(claim(acting=chest.acting(name)), Why)
    chest.read("cleo")
    chest.read(dora)
    assert set(Read.objects.filter(round=2).values_list("kind", flat=True)) == {"planned"}


def test_who_read_in_one_round_never_reviews_or_arbitrates_in_another(chest: Study) -> None:
    give(chest, "anna", "annotator", "junior_reviewer", "senior_arbiter")
    chest.agree_at_two()
    chest.reopen("none")
    assert isinstance(claim(acting=chest.acting("anna"), kinds=["arbitrate"]), Why)
    chest.arbitrate(labels=labels(malignancy=5))
    hire(chest, "annotator", 2)
    chest.reopen("new_readers")
    chest.read("cleo")
    assert isinstance(claim(acting=chest.acting("anna"), kinds=["review"]), Why)


def test_a_case_may_be_reopened_straight_to_the_arbiter(chest: Study) -> None:
    chest.agree_at_two()
    chest.reopen("none")
    assert (chest.case().state, live()) == ("arbitration", [("arbitrate", 1, "open")])
    chest.arbitrate(labels=labels(malignancy=5))
    label = ReferenceLabel.objects.latest("version")
    assert (chest.case().state, label.settled_by, label.round) == ("final", "arbitration", 2)


def test_the_arbiter_of_a_reopened_case_sees_what_it_stood_on_and_may_pick_from_it(chest: Study) -> None:
    chest.read("anna", malignancy=2)
    chest.read("bob", malignancy=3)
    chest.review("jin")
    chest.review("jana")
    for pick in (2, 3):
        chest.reopen("none")
        task = chest.claim("sana")
        with on_case(chest.acting("sana"), chest.case().pk) as unit:
            reads = shown(unit, Task.objects.get(pk=task.pk)).material["reads"]
        letter = {read["fields"]["malignancy"]: letter for letter, read in reads.items()}
        assert sorted(letter) == [2, 3]
        chest.submit(
            "sana", task, {**DECIDED, "labels": {}, "picks": {"finding": "A", "malignancy": letter[pick]}}
        )
        assert ReferenceLabel.objects.latest("version").content.data["labels"]["fields"]["malignancy"] == pick
    assert replay(chest.project).differences == []


def test_reads_of_an_earlier_round_are_not_sent_back(chest: Study) -> None:
    chest.agree_at_two()
    chest.reopen("none")
    with pytest.raises(IllegalMove, match="earlier round"):
        chest.arbitrate(outcome="sent_back", rework=["A"])


def test_only_a_final_case_is_reopened_and_by_a_known_choice(chest: Study) -> None:
    with pytest.raises(IllegalMove):
        chest.reopen("same_readers")
    chest.agree_at_two()
    with pytest.raises(InvalidInput):
        chest.reopen("other_readers")
    assert CaseRound.objects.count() == 1


def test_whatever_a_manager_does_the_machine_finds_nothing_left_to_do(chest: Study) -> None:
    acts: list[Callable[[], object]] = [
        lambda: chest.read("anna"),
        lambda: manage(chest, managing.hold, reason=WHY),
        lambda: manage(chest, managing.resume),
        chest.exclude,
        lambda: manage(chest, managing.approve_exclusion, "mehmet"),
        lambda: manage(chest, managing.reinstate, reason=WHY),
        lambda: chest.read("bob"),
        lambda: chest.review("jin"),
        lambda: chest.review("jana"),
        lambda: chest.reopen("same_readers"),
    ]
    for act in acts:
        act()
        before = Event.objects.count()
        advance(case_id=chest.case().pk)
        assert Event.objects.count() == before
