"""Lists in a real browser, by the keyboard: columns are picked, a view is saved, found again, and opened first."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from audit.log import Reason
from tasks.cases import hold
from tests.people import Study, study

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]
SignIn = Callable[[Page, str], Any]
NARROW = {"phone": {"width": 390, "height": 844}, "tablet": {"width": 820, "height": 1180}}
MOST_TABS = 80


@pytest.fixture
def chest(server: str) -> Study:
    """A study with a final case, one on hold, and some that wait."""
    chest = study("lung-001")
    chest.agree_at_two()
    chest.register("lung-002", "lung-003", "lung-004")
    reason = Reason("waits_for_prior", "The prior is being fetched.")
    hold(acting=chest.acting("maria"), case_id=chest.case("lung-003").pk, reason=reason)
    return chest


@pytest.fixture
def maria(chest: Study, page: Page, sign_in: SignIn) -> Page:
    """Her browser, at the cases."""
    sign_in(page, "maria")
    page.goto("/projects/chest/cases/")
    return page


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until something has the focus; fails if it can't be reached so."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    pytest.fail("Tab does not lead there.")


def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    tab_to(page, wanted)
    page.keyboard.press(key)


def heads(page: Page) -> list[str]:
    return [text.rstrip(" ▲▼") for text in page.locator("thead th").all_inner_texts()]


def test_columns_and_a_view_are_kept_by_the_keyboard_alone(maria: Page, axe: Check, shoot: Shoot) -> None:
    press(maria, maria.locator("summary", has_text="Columns"))
    axe(maria)
    shoot(maria, "lists-columns")
    for name in ("Split", "Round"):
        press(maria, maria.get_by_label(name, exact=True).and_(maria.locator("[name=column]")), "Space")
    maria.keyboard.press("Escape")
    expect(maria.locator("summary", has_text="Columns")).to_be_focused()
    maria.keyboard.press("Enter")
    press(maria, maria.get_by_role("button", name="Show these"))
    expect(maria.locator("thead")).not_to_contain_text("Split")
    assert heads(maria)[1:] == ["Reference", "State", "Site", "Priority", "Open tasks", "Registered"]
    maria.get_by_label("Hold").focus()
    maria.keyboard.type("on hold")
    press(maria, maria.get_by_role("button", name="Show", exact=True))
    expect(maria.get_by_text("1 found")).to_be_visible()
    press(maria, maria.locator("summary", has_text="Saved views"))
    tab_to(maria, maria.get_by_label("Save what you see now as"))
    maria.keyboard.type("Waiting for a prior")
    axe(maria)
    shoot(maria, "lists-save")
    maria.keyboard.press("Enter")
    expect(maria.get_by_text("Saved as “Waiting for a prior”.")).to_be_visible()
    chip = maria.get_by_role("navigation", name="Saved views").get_by_role("link", name="Waiting for a prior")
    expect(chip).to_have_attribute("aria-current", "true")
    axe(maria)
    shoot(maria, "lists-view")
    maria.goto("/projects/chest/cases/")
    expect(maria.get_by_text("4 found")).to_be_visible()
    assert "Split" not in heads(maria)
    press(maria, chip)
    expect(maria.get_by_text("1 found")).to_be_visible()
    maria.reload()
    expect(maria.get_by_label("Hold")).to_have_value("yes")
    press(maria, maria.locator("summary", has_text="Saved views"))
    press(maria, maria.get_by_role("link", name="Change Waiting for a prior"))
    expect(maria.get_by_role("heading", name="Saved view")).to_be_visible()
    axe(maria)
    shoot(maria, "lists-view-change")
    press(maria, maria.get_by_role("button", name="Open the list with it"))
    expect(maria.get_by_text("The list now opens with")).to_be_visible()
    maria.goto("/projects/chest/cases/")
    expect(maria).to_have_url(re.compile("held=yes"))
    press(maria, maria.get_by_role("link", name="Everything"))
    expect(maria.get_by_text("4 found")).to_be_visible()


def test_a_taken_name_asks_first_and_everything_fits_a_phone_and_a_tablet(
    maria: Page, axe: Check, shoot: Shoot
) -> None:
    for query in ("held=yes", "state=final"):
        maria.goto(f"/projects/chest/cases/?{query}")
        maria.locator("summary", has_text="Saved views").click()
        maria.get_by_label("Save what you see now as").fill("Look at these")
        maria.get_by_role("button", name="Save", exact=True).click()
    expect(maria.get_by_text("and it shows something else")).to_be_visible()
    axe(maria)
    shoot(maria, "lists-taken")
    maria.get_by_role("button", name="Replace").click()
    expect(maria.get_by_text("1 found")).to_be_visible()
    for screen, size in NARROW.items():
        maria.set_viewport_size(size)
        for tool in ("Saved views", "Columns"):
            maria.locator("summary", has_text=tool).click()
            axe(maria)
            shoot(maria, f"lists-{screen}-{tool.split()[0].lower()}")
            box = maria.locator(".tool[open] .tool-body").bounding_box()
            assert box is not None
            assert 0 <= box["x"] <= box["x"] + box["width"] <= size["width"], (screen, tool, box)
            wide = maria.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide == 0, f"{tool}: the page is wider than the {screen}"


def test_an_auditors_lists_read_well(
    chest: Study, page: Page, sign_in: SignIn, axe: Check, shoot: Shoot
) -> None:
    sign_in(page, "aud")
    for name in ("log", "cases", "readers", "exports"):
        page.goto(f"/audit/chest/{name}/")
        page.locator("summary", has_text="Columns").press("Enter")
        axe(page)
        shoot(page, f"lists-audit-{name}")
