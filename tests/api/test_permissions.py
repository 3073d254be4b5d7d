"""Who may do what, as one table: a verb that nobody listed is for nobody."""

from uuid import uuid4

import pytest

from accounts.scopes import WHOLE, Scope, scope_of
from workflow.models import Membership, Project, Role
from workflow.permissions import FOR_ONE_TASK, TABLE, Kind, Refusal, Verb, Yes, may

EVERY = [(verb, kind) for verb in Verb for kind in Kind]


def member(*roles: str, status: str = "active", scope: Scope = WHOLE) -> Membership:
    found = Membership(roles=list(roles), status=status, project=Project(slug="chest"))
    found.scope = scope
    return found


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
    files = {Kind.CASE, Kind.PATIENT_KEY, Kind.TIMELINE, Kind.AGREEMENT}
    assert {kind for _, kind in closed} == {*files, Kind.SAFETY_REPORT, Kind.ISSUE}
    assert may(boss, Verb.REPORT, Kind.SAFETY_REPORT, plays_part=True)
    assert may(boss, Verb.REPORT, Kind.ISSUE, plays_part=True)


def test_the_safety_contact_sees_and_acknowledges_whatever_their_part() -> None:
    for verb in (Verb.SEE, Verb.ACKNOWLEDGE):
        assert may(member("annotator"), verb, Kind.SAFETY_REPORT, plays_part=True, is_contact=True)
        assert not may(member("annotator"), verb, Kind.SAFETY_REPORT)
    assert not may(member("manager"), Verb.ACKNOWLEDGE, Kind.SAFETY_REPORT)


def test_a_membership_that_does_not_know_how_its_person_came_is_not_asked() -> None:
    with pytest.raises(AssertionError, match=r"workflow\.access"):
        may(Membership(roles=["manager"], project=Project(slug="chest")), Verb.SEE, Kind.CASE)


@pytest.mark.parametrize("verbs", [["read"], ["see"], ["hold", "resume"], [verb.value for verb in Verb]])
@pytest.mark.parametrize("projects", [None, ["chest"], ["knee"], ["chest", "knee"]])
def test_a_token_may_what_its_person_may_and_its_scope_names(
    projects: list[str] | None, verbs: list[str]
) -> None:
    inside = projects is None or "chest" in projects
    named = {*verbs, *(["see"] if "read" in verbs else [])}
    for roles in (["manager"], ["annotator", "auditor"]):
        by_token = {pair for pair in EVERY if may(member(*roles, scope=scope_of(projects, verbs)), *pair)}
        in_person = {pair for pair in EVERY if may(member(*roles), *pair)}
        assert by_token == {(verb, kind) for verb, kind in in_person if inside and verb in named}


def test_the_safety_contact_is_limited_by_the_token_too() -> None:
    contact = member("annotator", scope=scope_of(None, ["claim"]))
    answer = may(contact, Verb.SEE, Kind.SAFETY_REPORT, is_contact=True)
    assert isinstance(answer, Refusal)
    assert answer.by_token


@pytest.mark.parametrize(
    ("projects", "verbs", "sentence"),
    [
        (None, ["read"], "This token may only read."),
        (None, ["hold", "approve_exclusion"], "This token may only approve exclusion and hold."),
        (["chest"], None, "This token may do what you may, but only in the project chest."),
        (["knee", "chest"], ["read"], "This token may only read, and only in the projects chest, knee."),
        (None, None, "This token may do what you may."),
    ],
)
def test_a_scope_says_what_the_token_may(
    projects: list[str] | None, verbs: list[str] | None, sentence: str
) -> None:
    assert scope_of(projects, verbs).sentence() == sentence


def test_a_token_of_one_task_is_for_looking_at_it_and_working_on_it_and_for_nothing_else() -> None:
    task = uuid4()
    scope = Scope(frozenset({"chest"}), frozenset({verb.value for verb in Verb}), task, uuid4())
    anybody = member(*Role.values, scope=scope)
    assert {pair for pair in EVERY if may(anybody, *pair, task=task)} == set(FOR_ONE_TASK)
    for other in (None, uuid4()):
        answers = [may(anybody, *pair, task=other, is_contact=True) for pair in EVERY]
        assert all(isinstance(a, Refusal) and a.by_token and a.reason for a in answers)
    assert not Scope(task=task).covers(Scope(task=task))
