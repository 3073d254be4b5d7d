"""Reading with the images beside the form: what is drawn is answered, by mouse and by keyboard, to the next case."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from demo.guidelines import guideline
from demo.protocols import protocol
from tests.browser.test_reading import press, start, submit
from tests.people import Study, study, with_protocol
from tests.phantoms import with_phantoms
from workflow.models import Read

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]
Seat = Callable[[str], Page]

SCHEMA: dict[str, Any] = {
    "schema": "consilium/label-schema/v1",
    "fields": [
        {"key": "quality", "kind": "ordinal", "label": "Image quality", "categories": [
            {"value": 1, "label": "Good"}, {"value": 2, "label": "Limited"}]},
    ],
    "findings": {"max": 4, "types": [
        {"key": "nodule", "label": "Nodule", "mark": {"kind": "box", "slices": True}, "fields": [
            {"key": "solid", "kind": "boolean", "label": "Solid?"}]},
        {"key": "carina", "label": "Carina", "mark": {"kind": "point"}},
    ]},
}  # fmt: skip
TWO = {"rule": "unanimous", "count": 2, "max": 2}
MARKING = {**guideline(), "label_schema": SCHEMA}


@pytest.fixture
def seat(new_page: Callable[[], Page], sign_in: Callable[[Page, str], Any]) -> Seat:
    """seat("anna"): a browser at which she is signed in."""

    def sit(name: str) -> Page:
        page = new_page()
        sign_in(page, name)
        return page

    return sit


@pytest.fixture
def nodules(server: str, images_folder: Path, tmp_path: Path) -> Study:
    """The demonstration's questions about two cases with images."""
    return with_phantoms(study(protocol=protocol(), guideline=guideline()), tmp_path / "sent")


@pytest.fixture
def marked(server: str, images_folder: Path, tmp_path: Path) -> Study:
    """Cases in which any number of nodules may be marked."""
    rules = {**with_protocol(reads=TWO, second_look={"rounds": 0}), "fields": {}}
    return with_phantoms(study(protocol=rules, guideline=MARKING), tmp_path / "sent")


def begin(page: Page) -> None:
    """Start next, and wait for the first image."""
    start(page)
    shown(page)


def shown(page: Page) -> None:
    """Wait until an image is shown and the form follows what is drawn."""
    expect(page.locator("#viewer[data-ready][data-bound]")).to_be_visible()


def drag(
    page: Page, begin: tuple[float, float] = (0.45, 0.45), end: tuple[float, float] = (0.55, 0.55)
) -> None:
    """Draw with the mouse from one place to another; parts of the image's width and height."""
    area = page.locator("#viewer [role=application], #viewer canvas").first.bounding_box()
    assert area is not None
    (x0, y0), (x1, y1) = (
        (area["x"] + x * area["width"], area["y"] + y * area["height"]) for x, y in (begin, end)
    )
    page.mouse.move(x0, y0)
    page.mouse.down()
    page.mouse.move((x0 + x1) / 2, (y0 + y1) / 2)
    page.mouse.move(x1, y1)
    page.mouse.up()


def test_a_reader_draws_a_box_answers_and_goes_on(
    nodules: Study, seat: Seat, axe: Check, shoot: Shoot
) -> None:
    page = seat("anna")
    begin(page)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    axe(page)
    shoot(page, "images-read")
    press(page, "1")
    box = page.get_by_role("group", name="Nodule", exact=True)
    expect(box.get_by_text("Not drawn yet")).to_be_visible()
    drag(page)
    expect(box.get_by_text("On the image")).to_be_visible()
    press(page, "4 1 6 3 5 1 1 5 3")
    expect(page.locator("#kept")).to_contain_text("Saved", timeout=6000)
    axe(page)
    shoot(page, "images-read-filled")
    page.reload()
    shown(page)
    expect(box.get_by_text("On the image")).to_be_visible()
    submit(page)
    shown(page)
    mark = Read.objects.get().content.data["fields"]["nodule"]
    assert mark["min"][0] < mark["max"][0]
    assert mark["on"]["series"].startswith("2.25.")


def test_findings_are_drawn_redrawn_and_removed_on_either_side(
    marked: Study, seat: Seat, axe: Check, shoot: Shoot
) -> None:
    page = seat("anna")
    begin(page)
    press(page, "1")
    for number in (1, 2):
        page.get_by_role("button", name="Draw Nodule").click()
        drag(page, (0.2 * number, 0.3), (0.2 * number + 0.1, 0.4))
        finding = page.get_by_role("group", name=f"{number}. Nodule")
        expect(finding.get_by_text("On the image")).to_be_visible()
        expect(finding.get_by_label("Yes")).to_be_focused()
        press(page, str(number))
    axe(page)
    first = page.get_by_role("group", name="1. Nodule")
    first.get_by_text("Coordinates").click()
    left = first.get_by_label("Left edge")
    before = left.input_value()
    first.get_by_role("button", name="Draw it anew").click()
    drag(page, (0.35, 0.5), (0.45, 0.6))
    expect(left).not_to_have_value(before)
    expect(page.get_by_role("group", name="2. Nodule")).to_have_count(1)
    page.get_by_role("button", name="Remove finding 1").click()
    expect(page.get_by_role("group", name="2. Nodule")).to_have_count(0)
    expect(page.get_by_role("group", name="1. Nodule").get_by_label("No")).to_be_checked()
    assert own_marks(page) == 1
    page.get_by_role("button", name="Draw Carina").click()
    drag(page, (0.5, 0.5), (0.5, 0.5))
    expect(page.get_by_role("group", name="2. Carina")).to_be_focused()
    shoot(page, "images-findings")
    submit(page)
    findings = Read.objects.get().content.data["findings"]
    assert [(one["type"], one["fields"]) for one in findings] == [
        ("nodule", {"solid": False}),
        ("carina", {}),
    ]


def own_marks(page: Page) -> int:
    """How many marks the form holds."""
    return page.locator("[data-finding]").count()


def test_without_a_mouse(marked: Study, seat: Seat) -> None:
    page = seat("anna")
    begin(page)
    press(page, "1")
    page.get_by_text("Add by coordinates").focus()
    press(page, "Enter Tab Enter")
    expect(page.get_by_label("Left edge")).to_be_focused()
    for text in ("100", "110", "120.5", "130", "1", "3"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    expect(page.get_by_role("group", name="1. Nodule").get_by_text("On the image")).to_be_visible()
    page.keyboard.press("Tab")
    press(page, "1")
    page.keyboard.press("Alt+ArrowDown")
    expect(page.get_by_role("group", name="1. Nodule")).to_be_focused()
    submit(page)
    [finding] = Read.objects.get().content.data["findings"]
    assert (finding["mark"]["max"], finding["mark"]["on"]["slices"]) == ([120500, 130000], [1, 3])


def test_what_was_drawn_offline_is_added_when_the_service_is_back(marked: Study, seat: Seat) -> None:
    page = seat("anna")
    begin(page)
    page.get_by_role("button", name="Draw Nodule").click()
    page.context.set_offline(True)
    drag(page)
    expect(page.locator("#viewer-trouble")).to_contain_text("Offline")
    page.get_by_label("Good").check()
    expect(page.locator("#kept")).to_contain_text("Offline: kept on this page", timeout=6000)
    page.context.set_offline(False)
    expect(page.get_by_role("group", name="1. Nodule")).to_be_visible()
    expect(page.get_by_label("Good")).to_be_checked()
    expect(page.locator("#kept")).to_contain_text("Saved", timeout=8000)
    expect(page.locator("#viewer-trouble")).to_be_hidden()
