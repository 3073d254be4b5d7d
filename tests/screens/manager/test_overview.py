"""The overview: every number leads to the list that it counts."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from audit.log import Reason
from tasks.cases import hold
from tests.people import Study, study
from tests.screens.desk import Desk
from tests.staff import put

pytestmark = pytest.mark.django_db(transaction=True)
LINKED = re.compile(
    r'<a class="card-figure[^"]*" href="([^"]+)"><span class="label">([^<]+)</span><span class="figure">(\d+)'
)
COUNTED = re.compile(r'<a href="([^"]+)" aria-label="(\d+)[ :]([^"]*)">\d+</a>')


@pytest.fixture
def chest() -> Study:
    return study("case-1", "case-2", "case-3")


def test_projects_are_listed_with_their_progress(chest: Study) -> None:
    chest.agree_at_two()
    page = Desk("maria").get("/projects/")
    assert "Chest 3 1 1 of 3" in page
    assert "You manage no project" in Desk("anna").get("/projects/")


def test_every_number_leads_to_a_list_of_as_many_rows(chest: Study) -> None:
    chest.agree_at_two()
    hold(acting=chest.acting("maria"), case_id=chest.case("case-2").pk, reason=Reason("later"))
    chest.claim("anna")
    put(chest, "paused", "cleo")
    maria = Desk("maria")
    page = maria.raw("/projects/chest/")
    cards = [(url, label, count) for url, label, count in LINKED.findall(page)]
    assert {label: count for _, label, count in cards} == {
        "Done": "1", "Remaining": "2", "Open tasks": "4", "Returned reads": "0", "On hold": "1",
        "Overdue tasks": "0", "Skipped twice": "0", "Exclusions asked": "0",
    }  # fmt: skip
    figures = [(url, count) for url, _, count in cards] + [
        (url, count) for url, count, _ in COUNTED.findall(page)
    ]
    assert len(figures) > 30
    for url, count in figures:
        listed = maria.get(url.replace("&amp;", "&"))
        assert re.search(rf"\b{count} found", listed), url


def test_it_says_what_is_missing_before_anything_can_be_read(chest: Study) -> None:
    put(chest, "paused", "sana")
    assert "There are not enough people for every case" in Desk("maria").get("/projects/chest/")


def test_it_asks_the_database_the_same_however_many_cases_there_are(
    chest: Study, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    maria = Desk("maria")
    maria.get("/projects/chest/")
    with django_assert_max_num_queries(60) as asked:
        maria.get("/projects/chest/")
    before = len(asked)
    chest.register(*(f"more-{n}" for n in range(5)))
    with django_assert_max_num_queries(before):
        maria.get("/projects/chest/")
    assert before < 35
