"""The workload board in a real browser: previewed, applied, and readable in light and dark."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.people import Study, study
from workflow.members import declare

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]
SignIn = Callable[[Page, str], Any]


@pytest.fixture
def chest(server: str) -> Study:
    """Eight cases, two of which came as far as review, and three annotators of whom one has hardly any time."""
    chest = study(*(f"lung-{n:03}" for n in range(8)))
    for _ in range(2):
        for name in ("anna", "bob"):
            chest.read(name)
    for name, capacity in (("anna", 10), ("bob", 5), ("cleo", 1)):
        declare(acting=chest.acting("maria"), member=chest.members[name], capacity_per_day=capacity)
    return chest


def test_a_plan_is_previewed_then_applied(
    chest: Study, page: Page, sign_in: SignIn, axe: Check, shoot: Shoot
) -> None:
    sign_in(page, "maria")
    page.goto("/projects/chest/workload/")
    expect(page.get_by_text("What holds it up most")).to_be_visible(timeout=60_000)
    axe(page)
    shoot(page, "board")
    page.get_by_label("Working days ahead").fill("0.5")
    page.get_by_role("button", name="Preview").click(timeout=60_000)
    expect(page.get_by_role("heading", name="What would change")).to_be_visible()
    expect(page.get_by_role("heading", name="What nobody would take")).to_be_visible()
    axe(page)
    shoot(page, "board-preview")
    page.get_by_role("button", name="Apply this").click()
    expect(page.get_by_text("Applied:")).to_be_visible()
    axe(page)
