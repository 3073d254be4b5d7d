"""The reading room with images: cases to read in it, seats in front of it, and a hand that draws."""

from typing import Any

from playwright.sync_api import Page, expect

from demo.guidelines import guideline
from tests.browser.test_reading import start
from tests.people import with_protocol

SCHEMA: dict[str, Any] = {
    "schema": "consilium/label-schema/v1",
    "fields": [
        {"key": "quality", "kind": "ordinal", "label": "Image quality", "normal": 1, "categories": [
            {"value": 1, "label": "Good"}, {"value": 2, "label": "Limited"}]},
    ],
    "findings": {"max": 4, "types": [
        {"key": "nodule", "label": "Nodule", "mark": {"kind": "box", "slices": True}, "fields": [
            {"key": "solid", "kind": "boolean", "label": "Solid?"}]},
        {"key": "carina", "label": "Carina", "mark": {"kind": "point"}},
    ]},
}  # fmt: skip
MARKING = {**guideline(), "label_schema": SCHEMA}
TWO = {"rule": "unanimous", "count": 2, "max": 2}
RULES = {**with_protocol(reads=TWO, second_look={"rounds": 0}), "fields": {}}


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
    """Draw with the mouse from one place to another; parts of the picture's width and height."""
    area = page.locator(".viewer-cell").first.bounding_box()
    assert area is not None
    (x0, y0), (x1, y1) = (
        (area["x"] + x * area["width"], area["y"] + y * area["height"]) for x, y in (begin, end)
    )
    page.mouse.move(x0, y0)
    page.mouse.down()
    page.mouse.move((x0 + x1) / 2, (y0 + y1) / 2)
    page.mouse.move(x1, y1)
    page.mouse.up()


def finding(series: str, name: str, left: int, *, solid: bool = True) -> dict[str, Any]:
    """A nodule of 20 pixels on slices 3 to 5 of a series, by its left edge in pixels."""
    corner = [left * 1000, 200_000]
    mark = {"kind": "box", "on": {"series": series, "slices": [3, 5]}, "min": corner}
    return {
        "id": name,
        "type": "nodule",
        "mark": {**mark, "max": [corner[0] + 20_000, 220_000]},
        "fields": {"solid": solid},
    }
