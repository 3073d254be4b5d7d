"""Readers beside each other on the page of quality: every cell opens as many cases as it counts."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.client import As
from tests.people import Study, study
from tests.screens.desk import Desk
from tests.staff import give

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/projects/chest/quality/"
CELL = re.compile(r'<a href="([^"]*(?:readers|cell)=[^"]+)" aria-label="([^"]+)"')


@pytest.fixture
def chest() -> Study:
    """Three cases read by Anna and Bob, who differ on two, and one that Cleo and Bob read alike."""
    new = study("case-1", "case-2", "case-3", "case-4")
    for finding in ("nodule", "mass", "nodule"):
        new.read("anna", finding=finding)
    for finding in ("nodule", "none", "mass"):
        new.read("bob", finding=finding)
    new.read("cleo", finding="none")
    new.read("bob", finding="none")
    return new


def test_every_cell_opens_the_cases_that_it_counts(chest: Study) -> None:
    maria = Desk("maria")
    cells = CELL.findall(maria.raw(PAGE))
    assert len(cells) > 8
    for url, about in cells:
        n = int(re.search(r"(?: of )(\d+)$|^(\d+)", about)[0].removeprefix(" of "))  # type: ignore[index]
        told = maria.get(url.replace("&amp;", "&"))
        assert f"{n} found" in told, about
        assert "Only the cases of a cell" in told


def test_it_tells_how_often_two_readers_say_the_same_and_what_they_mix_up(chest: Study) -> None:
    told = Desk("maria").get(PAGE)
    for words in (
        "33.3 % n 3", "100 % n 1", "Nodule and Mass 1", "None and Mass 1", "2 pairs of reads said the same.",
    ):  # fmt: skip
        assert words in told, words
    audited = Desk("aud").get("/audit/chest/quality/")
    assert "33.3 % n 3" in audited
    assert "readers=" not in Desk("aud").raw("/audit/chest/quality/")


def test_whoever_plays_a_part_learns_nothing_from_the_list_of_cases(chest: Study) -> None:
    give(chest, "mehmet", "annotator", "manager")
    chest.register("case-5")
    chest.claim("mehmet")
    mehmet = Desk("mehmet")
    for query in (
        "cell=alike:10",
        "readers=x",
        f"readers={chest.members['anna'].pk},{chest.members['bob'].pk}",
    ):
        assert "agreement stays closed to you" in mehmet.get(f"/projects/chest/cases/?{query}", 403), query


def test_the_charts_of_quality_say_what_the_api_says(chest: Study) -> None:
    page = Desk("maria").raw(PAGE)
    for name in ("trend", "histogram", "returns"):
        chart = As("aud").get(f"/projects/chest/charts/{name}")["chart"]
        assert f'data-chart="/api/v1/projects/chest/charts/{name}"' in page
        assert chart["says"] in page
    assert As("maria").get("/projects/chest/charts/histogram")["chart"]["curves"][0]["values"][-1] == 2


def test_the_page_asks_the_same_however_many_cases_there_are(
    chest: Study, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    maria = Desk("maria")
    maria.get(PAGE)
    with django_assert_max_num_queries(60) as asked:
        maria.get(PAGE)
    before = len(asked)
    chest.register(*(f"more-{n}" for n in range(4)))
    for reader in ("anna", "bob"):
        chest.read(reader)
    maria.get(PAGE)
    with django_assert_max_num_queries(before):
        maria.get(PAGE)
