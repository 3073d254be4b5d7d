"""What a case's facts call for, asked without a database."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.people import with_protocol
from workflow.needed import Wanted, work_needed
from workflow.protocol.protocol import Protocol
from workflow.settling import next_move
from workflow.situation import Report, Situation, Slot
from workflow.states import MOVES, State

ANNA, BOB = uuid4(), uuid4()
R1, R2 = uuid4(), uuid4()


def facts(state: State, *slots: Slot, rounds: int = 0, **more: Any) -> Situation:
    protocol = Protocol.parse(with_protocol(second_look={"rounds": rounds}))
    return Situation(state, 1, protocol, slots, reads_max=3, **more)


def read(number: int, verdict: str | None = None, **more: Any) -> Slot:
    member, read_id = ((ANNA, R1), (BOB, R2))[number - 1]
    return Slot(number, member, read_id, revisions=1, kind="planned", verdict=verdict, **more)


def test_annotation_wants_a_read_for_each_slot_and_a_review_for_each_read_that_is_in() -> None:
    wanted = work_needed(facts(State.ANNOTATION, read(1), Slot(2)))
    assert wanted == (Wanted("annotate", 2), Wanted("review", 1, read_id=R1))


def test_a_read_that_reopened_is_wanted_from_the_same_person() -> None:
    wanted = work_needed(
        facts(State.ANNOTATION, read(1, "return", reopened=True, returns=1), read(2, "accept"))
    )
    assert wanted == (Wanted("annotate", 1, ANNA, returned=True),)


def test_a_waived_or_reviewed_read_wants_nothing_more() -> None:
    assert work_needed(facts(State.JUNIOR_REVIEW, read(1, "waived"), read(2, "accept"))) == ()
    assert work_needed(facts(State.JUNIOR_REVIEW, read(1, "waived"), read(2))) == (
        Wanted("review", 2, read_id=R2),
    )


def test_arbitration_wants_one_arbiter_the_one_who_sent_it_back_if_there_was_one() -> None:
    assert work_needed(facts(State.ARBITRATION, read(1), read(2))) == (Wanted("arbitrate", 1),)
    assert work_needed(facts(State.ARBITRATION, read(1), arbiter_id=BOB)) == (Wanted("arbitrate", 1, BOB),)


@pytest.mark.parametrize("state", [State.INTAKE, State.FINAL, State.EXCLUDED, State.CONSENSUS])
def test_other_states_want_nobody(state: State) -> None:
    assert work_needed(facts(state, read(1, "accept"), read(2, "accept"))) == ()


def compared(outcome: str = "escalate", second_look: int = 0, reads: tuple[UUID, ...] = (R1, R2)) -> Report:
    return Report(outcome, second_look, frozenset(reads))


def test_consensus_wants_a_second_look_from_those_whose_compared_read_still_stands() -> None:
    waiting = facts(State.CONSENSUS, read(1), read(2), rounds=1, last_report=compared())
    assert work_needed(waiting) == (Wanted("reconcile", 1, ANNA), Wanted("reconcile", 2, BOB))
    looked = replace(read(1), read_id=uuid4(), kind="second_look")
    half = facts(State.CONSENSUS, looked, read(2), rounds=1, last_report=compared())
    assert work_needed(half) == (Wanted("reconcile", 2, BOB),)
    assert (half.looked_again, half.consensus_is_due) == (True, False)


def test_no_second_look_is_wanted_once_the_rounds_are_over_or_the_reads_agreed() -> None:
    for report in (compared(second_look=1), compared("accept"), compared("request_read")):
        assert work_needed(facts(State.CONSENSUS, read(1), read(2), rounds=1, last_report=report)) == ()


def test_a_read_that_was_reworked_is_compared_before_anybody_looks_again() -> None:
    reworked = replace(read(1, "accept"), read_id=uuid4())
    fresh = facts(State.CONSENSUS, reworked, read(2, "accept"), rounds=1, last_report=compared())
    assert (work_needed(fresh), fresh.consensus_is_due, fresh.looked_again) == ((), True, False)


def test_a_comparison_is_due_until_these_very_reads_were_compared() -> None:
    assert facts(State.CONSENSUS, read(1), read(2)).consensus_is_due
    assert not facts(State.CONSENSUS, read(1), read(2), last_report=compared()).consensus_is_due
    assert not facts(State.ANNOTATION, read(1), read(2)).consensus_is_due


@pytest.mark.parametrize(
    ("verdicts", "move"),
    [
        (("accept", None), None),
        (("accept", "accept"), "compare"),
        (("waived", "correct"), "compare"),
        (("return", "accept"), "give_back"),
        (("return", "return"), "give_back"),
        (("escalate", "return"), "escalate"),
        (("escalate", "waived"), "escalate"),
    ],
)
def test_verdicts_act_together_once_all_are_in(verdicts: tuple[str | None, ...], move: str | None) -> None:
    slots = [read(number, verdict) for number, verdict in enumerate(verdicts, start=1)]
    assert next_move(facts(State.JUNIOR_REVIEW, *slots)) == move


def test_a_read_returned_beyond_the_limit_goes_up() -> None:
    assert (
        next_move(facts(State.JUNIOR_REVIEW, read(1, "return", returns=1), read(2, "accept"))) == "give_back"
    )
    assert (
        next_move(facts(State.JUNIOR_REVIEW, read(1, "return", returns=2), read(2, "accept"))) == "escalate"
    )


def test_a_case_waits_in_annotation_for_every_read_and_returns_to_it_when_one_is_taken_back() -> None:
    assert next_move(facts(State.ANNOTATION, read(1), Slot(2))) is None
    assert next_move(facts(State.ANNOTATION, read(1), read(2))) == "begin_review"
    assert next_move(facts(State.JUNIOR_REVIEW, read(1, reopened=True), read(2))) == "give_back"


slots = st.builds(
    Slot,
    number=st.just(1),
    member_id=st.sampled_from([None, ANNA]),
    read_id=st.sampled_from([None, R1]),
    kind=st.sampled_from(["planned", "conditional", "second_look"]),
    verdict=st.sampled_from([None, "accept", "correct", "return", "escalate", "waived"]),
    returns=st.integers(0, 3),
    reopened=st.booleans(),
)
reports = st.builds(
    Report,
    outcome=st.sampled_from(["accept", "request_read", "escalate"]),
    second_look=st.integers(0, 2),
    read_ids=st.frozensets(st.sampled_from([R1, R2])),
)


@given(
    state=st.sampled_from(State),
    held=st.lists(slots, max_size=3),
    report=st.none() | reports,
    rounds=st.integers(0, 2),
)
def test_whatever_the_facts_each_task_is_wanted_once_and_each_move_is_legal(
    state: State, held: list[Slot], report: Report | None, rounds: int
) -> None:
    numbered = [replace(slot, number=number) for number, slot in enumerate(held, start=1)]
    situation = facts(state, *numbered, last_report=report, rounds=rounds)
    wanted = work_needed(situation)
    assert len({(want.kind, want.slot) for want in wanted}) == len(wanted)
    assert all(1 <= want.slot <= 3 for want in wanted)
    move = next_move(situation)
    assert move is None or any(edge.name == move and edge.source == state for edge in MOVES)
