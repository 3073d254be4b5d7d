"""Work that nobody can take is found, with the reason."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Credential
from audit.log import Reason
from tasks.cases import hold
from tasks.settings import change_settings
from tasks.stuck import stuck_work
from tests.people import Study, publish_new_guideline, study
from tests.staff import conflict, give, put
from workflow.members import record_training

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chest() -> Study:
    return study("case-1")


def stuck(chest: Study) -> list[tuple[str, str]]:
    return [(found.kind, found.why) for found in stuck_work(chest.project)]


def test_nothing_is_stuck_while_somebody_can_take_it(chest: Study) -> None:
    assert stuck(chest) == []


def test_a_role_that_nobody_holds(chest: Study) -> None:
    for name in ("jin", "jana", "jules"):
        give(chest, name, "auditor")
    chest.read("anna")
    assert stuck(chest) == [("review", "Nobody in the project is junior reviewer.")]


def test_everybody_has_a_reason_of_their_own(chest: Study) -> None:
    put(chest, "paused", "anna")
    conflict(chest, "bob", "north")
    Credential.objects.filter(user__username="cleo").update(valid_to=date(2020, 12, 31))
    [first, second] = stuck(chest)
    assert first == second
    assert first[1] == (
        "3 with the role annotator: 1 paused or gone, 1 with a conflict of interest at its site, "
        "1 without a valid credential."
    )


def test_a_guideline_that_nobody_has_acknowledged(chest: Study) -> None:
    publish_new_guideline(chest)
    chest.register("case-2")
    assert {why for _, why in stuck(chest)} == {
        "3 with the role annotator: 3 must acknowledge the case's guideline version first."
    }


def test_who_read_the_case_cannot_read_it_twice(chest: Study) -> None:
    put(chest, "left", "bob", "cleo")
    chest.read("anna")
    assert stuck(chest) == [
        ("annotate", "3 with the role annotator: 2 paused or gone, 1 took part in the case or skipped it.")
    ]


def test_a_returned_read_waits_for_an_author_who_left(chest: Study) -> None:
    chest.read("anna")
    chest.read("bob")
    chest.review("jin", "return")
    chest.review("jana")
    put(chest, "left", "anna")
    assert stuck(chest) == [
        ("annotate", "It is reserved for Anna Annotator, who is paused, has left, or is no longer annotator.")
    ]


def test_a_held_case_is_not_stuck(chest: Study) -> None:
    put(chest, "paused", "anna", "bob", "cleo")
    hold(acting=chest.acting("maria"), case_id=chest.case().pk, reason=Reason("later"))
    assert stuck(chest) == []


def test_it_is_one_query(chest: Study, django_assert_num_queries: Callable[..., Any]) -> None:
    put(chest, "paused", "anna", "bob", "cleo")
    chest.register("case-2", "case-3")
    with django_assert_num_queries(1):
        assert len(stuck(chest)) == 6


def test_training_that_nobody_passed_is_named(chest: Study) -> None:
    changes = {"required_training": ["Nodules"]}
    chest.project = change_settings(acting=chest.acting("maria"), project=chest.project, changes=changes)
    [first, _] = stuck(chest)
    assert first[1] == "3 with the role annotator: 3 must pass the required training first."
    record_training(
        acting=chest.acting("maria"), member=chest.members["cleo"], material={"name": "Nodules"},
        completed_at=timezone.now(), passed=True, score=None,
    )  # fmt: skip
    assert stuck(chest) == []
