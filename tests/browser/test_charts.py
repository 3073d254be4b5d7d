"""Charts in a real browser: drawn in both themes over the table that says the same, and drawn anew with the theme."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tasks.models import Task
from tests.people import Study, labels, study
from workflow.members import declare

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]
SignIn = Callable[[Page, str], Any]


@pytest.fixture
def chest(server: str) -> Study:
    """Thirty cases of which one is final, and readers who need a few weeks for the others."""
    chest = study(*(f"lung-{n:03}" for n in range(30)))
    for name in ("anna", "bob"):
        task = chest.claim(name)
        Task.objects.filter(pk=task.pk).update(active_seconds=1200)
        chest.submit(name, task, {"labels": labels()})
    for name in ("jin", "jana"):
        chest.review(name)
    for name in ("anna", "bob", "cleo", "jin", "jana", "sana"):
        declare(acting=chest.acting("maria"), member=chest.members[name], capacity_per_day=3)
    return chest


def drawn(page: Page, name: str, theme: str) -> Any:
    """The chart, once its picture is there in this theme."""
    figure = page.locator(f'#chart-{name}[data-drawn="yes"][data-theme="{theme}"]')
    expect(figure).to_have_count(1)
    expect(figure.locator("canvas")).to_be_visible()
    return figure


def test_the_overviews_charts_are_drawn_in_both_themes(
    chest: Study, page: Page, sign_in: SignIn, axe: Check, shoot: Shoot
) -> None:
    sign_in(page, "maria")
    page.goto("/projects/chest/")
    drawn(page, "hours", "light")
    figure = drawn(page, "burndown", "light")
    table = figure.get_by_role("table")
    expect(table).to_be_hidden()
    figure.get_by_text("The same as a table").click()
    expect(table).to_be_visible()
    axe(page)
    shoot(page, "overview-charts")
    page.emulate_media(color_scheme="dark")
    drawn(page, "burndown", "dark")


def test_without_its_numbers_the_table_still_says_them(chest: Study, page: Page, sign_in: SignIn) -> None:
    sign_in(page, "maria")
    page.route("**/charts/burndown", lambda route: route.fulfill(status=404, body="{}"))
    page.goto("/projects/chest/")
    expect(page.locator('#chart-burndown[data-drawn="failed"]')).to_have_count(1)
    page.locator("#chart-burndown").get_by_text("The same as a table").click()
    expect(page.locator("#chart-burndown").get_by_role("table")).to_be_visible()


def test_quality_shows_readers_beside_each_other(
    chest: Study, page: Page, sign_in: SignIn, axe: Check, shoot: Shoot
) -> None:
    for finding in ("nodule", "mass", "none", "nodule"):
        chest.read("anna", finding=finding)
    for finding in ("nodule", "none", "none", "mass"):
        chest.read("bob", finding=finding)
    chest.review("jin")
    chest.review("jana", "return")
    sign_in(page, "maria")
    page.goto("/projects/chest/quality/")
    for name in ("trend", "histogram", "returns"):
        drawn(page, name, "light")
    axe(page)
    shoot(page, "quality-charts")
    page.get_by_role("link", name="Anna Annotator and Bob Annotator").first.click()
    expect(page.get_by_text("Only the cases of a cell")).to_be_visible()
    expect(page.get_by_text("5 found")).to_be_visible()
    axe(page)
