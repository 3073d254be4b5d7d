"""The staffing check: a case needs different people for all its parts, and is told who is missing and why."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Credential
from tasks.settings import change_settings
from tests.people import PROTOCOL, Study, study, with_protocol
from tests.staff import conflict, put
from workflow.members import record_training
from workflow.models import Role
from workflow.protocol.protocol import Protocol
from workflow.staffing import Person, Staffing, needs, sites_of, staffing, staffing_of

A, J, S = Role.ANNOTATOR, Role.JUNIOR_REVIEWER, Role.SENIOR_ARBITER


def protocol(**sections: Any) -> Protocol:
    return Protocol.parse(with_protocol(**sections))


SINGLE = protocol(reads={"rule": "unanimous", "count": 1, "max": 1})


def people(*roles: Any, **more: Any) -> list[Person]:
    held = [role if isinstance(role, tuple) else (role,) for role in roles]
    return [Person(f"P{n}", frozenset(some), **more) for n, some in enumerate(held, 1)]


def check(found: list[Person], of: Protocol = SINGLE, **sites: int) -> Staffing:
    return staffing(of, found, {(site, ()): cases for site, cases in sites.items()})


def test_the_casts_protocol_may_need_three_readers_three_reviewers_and_an_arbiter() -> None:
    assert needs(Protocol.parse(PROTOCOL)) == {A: 3, J: 3, S: 1}


def test_one_reviewer_is_enough_where_they_need_not_be_distinct_and_none_where_nothing_is_reviewed() -> None:
    assert needs(protocol(junior_review={"distinct_reviewers": False}))[J] == 1
    assert needs(protocol(junior_review={"share": "0"}))[J] == 0
    assert needs(protocol(junior_review={"share": "0", "always_if": ["flagged"]}))[J] == 3


def test_enough_people_is_no_shortage() -> None:
    assert check(people(A, J, S)).enough


def test_a_missing_role_is_named() -> None:
    [site] = check(people(A, J)).sites
    assert site.shortages == ("A case may need 1 senior arbiter; none can take it.",)


def test_one_person_with_two_roles_cannot_play_both_parts() -> None:
    [site] = check(people(A, (J, S))).sites
    assert site.shortages == (
        "A case may need 1 junior reviewer and 1 senior arbiter, all different people; "
        "1 person holds one of these roles and can take it.",
    )


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"active": False}, "P9 is paused."),
        ({"qualified": False}, "P9 has no valid credential."),
        ({"untrained": ("Nodules",)}, "P9 has not passed the training Nodules."),
        ({"conflicts": frozenset({"north"})}, "P9 has a conflict of interest at north."),
    ],
)
def test_who_is_kept_out_is_named_with_the_reason(more: Any, reason: str) -> None:
    senior = Person("P9", frozenset({S}), **more)
    [site] = check([*people(A, J), senior], north=4).sites
    assert site.shortages == (f"A case from north may need 1 senior arbiter; none can take it. {reason}",)


def test_a_conflict_counts_only_at_its_own_site() -> None:
    seniors = people(S, conflicts=frozenset({"north"}))
    found = {s.site: bool(s.shortages) for s in check([*people(A, J), *seniors], north=1, south=1).sites}
    assert found == {"north": True, "south": False}


def _can_staff(found: list[Person], of: Protocol) -> bool:
    """By brute force: some order of people fits the list of parts."""
    parts = [role for role, count in needs(of).items() for _ in range(count)]
    orders = permutations(found, len(parts))
    return any(all(role in p.roles for role, p in zip(parts, order, strict=True)) for order in orders)


@given(st.lists(st.sets(st.sampled_from([A, J, S]), min_size=1), max_size=6))
def test_it_says_enough_exactly_when_the_parts_can_be_given_out(roles: list[set[Any]]) -> None:
    of = protocol(
        reads={"rule": "unanimous", "count": 2, "max": 2}, junior_review={"distinct_reviewers": False}
    )
    found = people(*(tuple(some) for some in roles))
    assert check(found, of).enough == _can_staff(found, of)


@pytest.fixture
def chest(transactional_db: None) -> Study:
    return study("case-1", "case-2")


def short(chest: Study, **more: Any) -> str:
    found = staffing_of(chest.project, Protocol.parse(PROTOCOL), **more)
    return " ".join(sentence for site in found.sites for sentence in site.shortages)


def test_the_cast_is_enough_for_its_protocol(chest: Study) -> None:
    assert short(chest) == ""
    assert sites_of(chest.project) == {("north", ()): 2}


@pytest.mark.parametrize("status", ["paused", "left"])
def test_a_person_who_is_away_is_missing(chest: Study, status: str) -> None:
    put(chest, status, "anna")
    assert short(chest).startswith("A case from north may need 3 annotators; 2 can take it.")


def test_a_credential_that_has_run_out_is_missing(chest: Study) -> None:
    today = timezone.now().date()
    Credential.objects.filter(user__username="sana").update(valid_to=today)
    assert short(chest) == ""
    assert "Sana Senior has no valid credential" in short(chest, on=today + timedelta(days=1))
    assert "Anna" in short(chest, on=date(2000, 1, 1))


def test_a_declared_conflict_is_missing_at_its_site(chest: Study) -> None:
    conflict(chest, "jin", "north")
    assert short(chest).endswith("Jin Junior has a conflict of interest at north.")


def test_it_asks_the_database_three_times_whatever_there_is(
    chest: Study, django_assert_num_queries: Callable[..., Any]
) -> None:
    chest.register("case-3", "case-4")
    with django_assert_num_queries(3):
        staffing_of(chest.project, Protocol.parse(PROTOCOL))


def test_cases_that_need_more_are_checked_apart() -> None:
    needy = ("body_part:BRAIN", "modality:MR")
    senior = Person("P9", frozenset({S}), tags=frozenset({"modality:MR"}))
    able = [Person(p.name, p.roles, tags=frozenset(needy)) for p in people(A, J)]
    plain, special = staffing(SINGLE, [*able, senior], {("", ()): 3, ("", needy): 1}).sites
    assert plain.shortages == ()
    assert special.shortages == (
        "A case with body part BRAIN and modality MR may need 1 senior arbiter; none can take it. "
        "P9 lacks body part BRAIN.",
    )


@pytest.mark.django_db(transaction=True)
def test_the_check_of_a_project_knows_needs_and_training() -> None:
    chest = study("case-1")
    chest.register("case-2", needs=("specialty:neuroradiology",))
    chest.project = change_settings(
        acting=chest.acting("maria"), project=chest.project, changes={"required_training": ["Nodules"]}
    )
    record_training(
        acting=chest.acting("maria"), member=chest.members["sana"], material={"name": "Nodules"},
        completed_at=timezone.now(), passed=True, score=None,
    )  # fmt: skip
    found = staffing_of(chest.project, Protocol.parse(PROTOCOL))
    assert [site.needs for site in found.sites] == [(), ("specialty:neuroradiology",)]
    told = [" ".join(site.shortages) for site in found.sites]
    assert "Anna Annotator has not passed the training Nodules." in told[0]
    assert "Sana Senior" not in told[0]
    assert "Sana Senior lacks specialty neuroradiology." in told[1]
