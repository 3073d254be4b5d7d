"""A manager composes a dataset, looks at its counts and locks it; an auditor sees what it holds."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.datasets import locked, settle, settled
from tests.people import Study

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]


@pytest.fixture
def chest(server: str) -> Study:
    return settled(3)


def test_a_dataset_is_composed_locked_and_superseded_by_keyboard(
    chest: Study, page: Page, sign_in: Callable[[Page, str], Any], axe: Check, shoot: Shoot
) -> None:
    sign_in(page, "maria")
    page.goto("/projects/chest/datasets/")
    page.get_by_role("link", name="Compose a dataset").press("Enter")
    page.get_by_label("Name").fill("Chest nodules")
    page.get_by_label("site: north (2)").press("Space")
    axe(page)
    shoot(page, "dataset-form")
    page.get_by_role("button", name="Look at the counts").press("Enter")
    expect(page.get_by_role("row", name="In all 2 2")).to_be_visible()
    axe(page)
    shoot(page, "dataset-counts")
    page.get_by_label("Reason").fill("interim_release")
    page.get_by_role("button", name="Lock Chest nodules, version 1").press("Enter")
    expect(page.get_by_text("is locked with 2 cases")).to_be_visible()
    settle(chest, "case-4")
    page.get_by_role("link", name="Compose the next version").press("Enter")
    expect(page.get_by_label("site: north (2)")).to_be_checked()
    page.get_by_label("site: south (2)").press("Space")
    page.get_by_role("button", name="Look at the counts").press("Enter")
    expect(page.get_by_role("heading", name="Against Chest nodules, version 1")).to_be_visible()
    axe(page)
    shoot(page, "dataset-next")


def test_an_auditor_sees_what_a_locked_dataset_holds(
    chest: Study, page: Page, sign_in: Callable[[Page, str], Any], axe: Check, shoot: Shoot
) -> None:
    dataset = locked(chest)
    sign_in(page, "aud")
    page.goto("/audit/chest/datasets/")
    axe(page)
    page.get_by_role("link", name="Chest, version 1").click()
    expect(page.get_by_text(str(dataset.manifest_id))).to_be_visible()
    axe(page)
    shoot(page, "dataset-audit")
