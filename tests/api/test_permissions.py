"""Who may do what, as one table: a verb that nobody listed is for nobody."""

import pytest

from workflow.models import Membership, Role
from workflow.permissions import TABLE, Kind, Refusal, Verb, Yes, may

EVERY = [(verb, kind) for verb in Verb for kind in Kind]


def member(*roles: str, status: str = "active") -> Membership:
    return Membership(roles=list(roles), status=status)


def test_an_outsider_may_nothing_and_learns_nothing() -> None:
    answers = [may(None, *pair) for pair in EVERY]
    assert all(isinstance(answer, Refusal) and answer.hidden for answer in answers)


@pytest.mark.parametrize("role", Role.values)
def test_a_role_may_what_the_table_says_and_no_more(role: str) -> None:
    allowed = {pair for pair in EVERY if may(member(role), *pair)}
    assert allowed == {pair for pair, roles in TABLE.items() if role in roles}


@pytest.mark.parametrize("status", ["paused", "left"])
def test_who_is_paused_or_gone_may_nothing_and_is_told_so(status: str) -> None:
    answers = [may(member(*Role.values, status=status), *pair) for pair in EVERY]
    assert not any(answers)
    assert all(isinstance(a, Refusal) and a.reason and not a.hidden for a in answers)


def test_a_refusal_names_the_role_that_it_needs() -> None:
    answer = may(member("annotator"), Verb.HOLD, Kind.CASE)
    assert isinstance(answer, Refusal)
    assert answer.reason == "This needs the role manager in the project."


def test_yes_names_the_role_that_is_used() -> None:
    assert may(member("annotator", "manager"), Verb.HOLD, Kind.CASE) == Yes(Role.MANAGER)


def test_whoever_plays_a_part_has_no_look_at_the_file() -> None:
    boss = member("annotator", "manager")
    closed = {pair for pair in EVERY if may(boss, *pair) and not may(boss, *pair, plays_part=True)}
    files = {Kind.CASE, Kind.PATIENT_KEY, Kind.TIMELINE}
    assert {kind for _, kind in closed} == {*files, Kind.SAFETY_REPORT}
    assert may(boss, Verb.REPORT, Kind.SAFETY_REPORT, plays_part=True)


def test_the_safety_contact_sees_and_acknowledges_whatever_their_part() -> None:
    for verb in (Verb.SEE, Verb.ACKNOWLEDGE):
        assert may(member("annotator"), verb, Kind.SAFETY_REPORT, plays_part=True, is_contact=True)
        assert not may(member("annotator"), verb, Kind.SAFETY_REPORT)
    assert not may(member("manager"), Verb.ACKNOWLEDGE, Kind.SAFETY_REPORT)
