"""Marks drawn without a mouse: a cross is moved by the arrow keys, and is where it says that it is."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.island import URLS, exported, series_of, shown, sliced, tool
from tests.images import asking_little, imported
from tests.people import study

KINDS = ("point", "length", "box", "ellipse", "polygon", "mask")
PLACE = re.compile(r"Column ([\d.]+), row ([\d.]+)\.$")


@pytest.fixture
def case(
    server: str, settings: Any, tmp_path: Path, page: Page, sign_in: Callable[[Page, str], Any]
) -> dict[str, Any]:
    """Five slices of 64 rows and 128 columns, whose pixels are twice as high as wide, and all tools."""
    settings.ROOT_URLCONF = URLS
    chest = asking_little(study())
    imported(chest, *sliced(tmp_path))
    sign_in(page, "anna")
    return series_of(chest, "anna") | {"tools": [tool(kind, colour=at) for at, kind in enumerate(KINDS)]}


def keys(page: Page, pressed: str) -> None:
    """Press keys one after the other; `ArrowLeft*3` is three times."""
    for one in pressed.split():
        key, _, times = one.partition("*")
        for _ in range(int(times or 1)):
            page.keyboard.press(key)


def place(page: Page) -> list[int]:
    """Where the cross says that it is, in thousandths of a pixel."""
    said = page.locator(".viewer-said")
    expect(said).to_have_text(PLACE)
    found = PLACE.search(said.inner_text())
    assert found
    return [round(float(one) * 1000) for one in found.groups()]


def begun(page: Page, kind: str) -> None:
    """Choose a tool by the keyboard, and bring up the cross in the middle of the picture."""
    button = page.get_by_role("button", name=f"Draw: {kind.title()}")
    button.press("Enter")
    expect(page.locator("#viewer")).to_have_attribute("data-tool", kind)
    expect(page.locator(".viewer-cell")).to_be_focused()
    page.keyboard.press("ArrowRight")
    assert place(page) == [64_000, 32_000]


def last(page: Page, count: int) -> dict[str, Any]:
    """The newest mark, once there are so many."""
    expect(page.locator("#viewer")).to_have_attribute("data-marks", str(count))
    mark: dict[str, Any] = exported(page)[-1]["mark"]
    return mark


@pytest.mark.parametrize("mirrored", [False, True])
def test_every_kind_is_drawn_where_the_cross_says_to_a_tenth_of_a_pixel(
    case: dict[str, Any],
    page: Page,
    mirrored: bool,
    axe: Callable[[Page], None],
    shoot: Callable[[Page, str], None],
) -> None:
    case["hanging"]["cells"][0]["mirrored"] = mirrored
    shown(page, case)
    way = -1 if mirrored else 1  # an arrow to the right leads to the right of the screen

    begun(page, "box")
    keys(page, "Shift+ArrowLeft*2 ArrowUp Alt+ArrowUp*3 Enter")
    first = place(page)
    assert first == [64_000 - way * 20_000, 30_700]
    keys(page, "ArrowRight*5 Control+ArrowRight Shift+ArrowDown")
    second = place(page)
    assert second == [first[0] + way * 5_100, 40_700]
    shoot(page, "viewer-crosshair")
    axe(page)
    keys(page, "Enter")
    mark = last(page, 1)
    assert [mark["min"], mark["max"]] == [
        [min(first[0], second[0]), 30_700],
        [max(first[0], second[0]), 40_700],
    ]
    expect(page.locator(".viewer-said")).to_have_text("Box is drawn.")
    expect(page.locator("#viewer")).to_have_attribute("data-tool", "wl")

    begun(page, "point")
    keys(page, "ArrowDown*2 Alt+ArrowRight Enter")
    assert last(page, 2)["at"] == [64_000 + way * 100, 34_000]

    begun(page, "polygon")
    corners = []
    for step in ("ArrowUp*4", "ArrowRight*6", "ArrowDown*3"):
        keys(page, f"{step} Enter")
        corners.append(place(page))
    keys(page, "ArrowDown Enter Backspace")  # a corner too many is taken back
    expect(page.locator(".viewer-said")).to_contain_text("taken back")
    keys(page, "Shift+Enter")
    assert last(page, 3)["points"] == corners

    begun(page, "length")
    keys(page, "Enter ArrowRight*3 Enter")
    mark = last(page, 4)
    assert [mark["from"], mark["to"]] == [[64_000, 32_000], [64_000 + way * 3_000, 32_000]]
    begun(page, "ellipse")
    keys(page, "Enter ArrowDown*2 ArrowRight*4 Enter")
    mark = last(page, 5)
    assert [mark["center"], mark["radii"]] == [[64_000 + way * 2_000, 33_000], [2_000, 1_000]]


def test_what_cannot_be_drawn_is_said_and_what_was_begun_can_be_given_up(
    case: dict[str, Any], page: Page
) -> None:
    shown(page, case)
    said = page.locator(".viewer-said")
    begun(page, "polygon")
    keys(page, "Enter Enter")
    expect(said).to_contain_text("at least three corners")
    keys(
        page,
        "ArrowRight*4 Enter ArrowDown*4 ArrowLeft*4 Enter ArrowRight*4 Enter ArrowUp*2 ArrowLeft*8 Enter Enter",
    )
    expect(said).to_contain_text("crosses itself")
    keys(page, "Backspace Backspace Shift+Enter")
    assert len(last(page, 1)["points"]) == 3

    begun(page, "box")
    keys(page, "Enter Enter")
    expect(said).to_contain_text("move the cross first")
    keys(page, "Escape")
    expect(said).to_have_text("Nothing was drawn.")
    expect(page.locator(".viewer-crosshair")).to_have_count(0)
    expect(page.locator("#viewer")).to_have_attribute("data-tool", "box")
    keys(page, "Escape")
    expect(page.locator("#viewer")).to_have_attribute("data-tool", "wl")
    assert len(exported(page)) == 1

    begun(page, "mask")
    keys(page, "Enter")
    assert last(page, 2)["slices"][0]["slice"] == 0


def test_the_cross_stays_on_the_picture_and_brings_it_along(case: dict[str, Any], page: Page) -> None:
    shown(page, case)
    begun(page, "point")
    for _ in range(6):
        page.evaluate("viewer.act('zoom-in')")
    keys(page, "Shift+ArrowLeft*9")
    assert place(page) == [0, 32_000]
    state = page.evaluate("viewer.state()")
    assert state["cells"][0]["centre"][0] < 40  # it was 64: the picture followed
    keys(page, "PageDown ArrowRight")  # another slice: the cross begins anew in the middle of what is seen
    assert place(page)[0] == round(state["cells"][0]["centre"][0]) * 1000
    keys(page, "Enter")
    assert (
        last(page, 1)["on"]["sop"]
        == str(page.locator(".viewer-cell").get_attribute("data-frame")).split("/")[1]
    )
