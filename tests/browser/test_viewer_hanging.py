"""Windows and the order of series, as a person wants them: chosen, told to the page, and put back."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.images_room import begin
from tests.browser.images_room import shown as room_shown
from tests.browser.island import URLS, series_of, shown, sliced
from tests.images import asking_little, imported
from tests.people import study

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]
CHOSE = "told.flatMap(([name, value]) => (name === 'chose' ? [value] : []))"


@pytest.fixture
def sent(server: str, tmp_path: Path) -> Any:
    """A case of two series, of 3 and 2 slices."""
    chest = asking_little(study())
    imported(chest, *sliced(tmp_path, 3), *sliced(tmp_path, 2, series=1))
    return chest


def counts(page: Page) -> list[str]:
    """How many images each series of the strip has."""
    return re.findall(r"(\d+) images", page.locator(".viewer-strip").inner_text())


def titles(page: Page) -> list[str]:
    return page.locator(".viewer-strip-title").all_inner_texts()


def test_series_have_pictures_and_change_their_places_by_key_and_by_mouse(
    sent: Any, settings: Any, page: Page, sign_in: Callable[[Page, str], Any], axe: Check, shoot: Shoot
) -> None:
    settings.ROOT_URLCONF = URLS
    sign_in(page, "anna")
    case = series_of(sent, "anna")
    first, second = (one["uid"] for one in case["series"])
    shown(page, case)
    pictures = page.locator(".viewer-strip img")
    expect(pictures).to_have_count(2)
    for at in range(2):
        expect(pictures.nth(at)).to_have_attribute("src", re.compile("/thumbnail$"))
        assert pictures.nth(at).evaluate(
            "async (one) => { one.loading = 'eager'; await one.decode(); return one.naturalWidth }"
        )
    expect(page.locator("[data-series][aria-current=true]")).to_have_attribute("data-series", first)
    before = titles(page)
    entry = page.locator(f"[data-series='{second}']")
    entry.focus()
    page.keyboard.press("Shift+ArrowUp")
    assert titles(page) == before[::-1]
    expect(entry).to_be_focused()
    page.keyboard.press("Shift+ArrowUp")
    page.get_by_role("button", name=f"Move {before[1]} down").click()
    assert titles(page) == before
    entry.click()
    expect(page.locator("[data-series][aria-current=true]")).to_have_attribute("data-series", second)
    told = page.evaluate(CHOSE)
    assert [one["series"] for one in told] == [[second, first], [first, second]]
    axe(page)
    shoot(page, "viewer-series")


def test_what_was_chosen_is_there_in_the_next_series_and_at_the_next_visit_until_it_is_put_back(
    sent: Any, page: Page, sign_in: Callable[[Page, str], Any]
) -> None:
    sign_in(page, "anna")
    begin(page)
    cell = page.locator(".viewer-cell").first
    stored = str(cell.get_attribute("data-window"))
    last = page.locator(".viewer-strip-title").last.inner_text()
    first, other = (f"1/{count}" for count in counts(page))  # series come in no certain order
    with page.expect_response("**/account/looks"):
        page.get_by_label("Window preset").select_option("lung")
    with page.expect_response("**/account/looks"):
        page.get_by_role("button", name=f"Move {last} up").click()
    page.locator("[data-series]").first.click()
    expect(cell).to_have_attribute("data-image", other)
    expect(cell).to_have_attribute("data-window", "C -600 W 1500")
    page.reload()
    room_shown(page)
    assert titles(page)[0] == last
    expect(cell).to_have_attribute("data-image", other)
    expect(cell).to_have_attribute("data-window", "C -600 W 1500")
    with page.expect_response(lambda answer: "preset" in (answer.request.post_data or "")):
        page.get_by_role("button", name="Usual").click()
    expect(cell).to_have_attribute("data-image", first)
    expect(cell).to_have_attribute("data-window", stored)
    page.reload()
    room_shown(page)
    assert titles(page)[1] == last
    expect(cell).to_have_attribute("data-window", stored)
