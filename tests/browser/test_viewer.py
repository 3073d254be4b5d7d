"""The viewer island in a real browser, with the mouse."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tasks.models import Task
from tests.browser.island import URLS, series_of, shown, sliced, tool
from tests.images import asking_little, imported
from tests.people import study

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]
KINDS = ("point", "length", "box", "ellipse", "polygon", "mask", "span")


@pytest.fixture
def case(
    server: str, settings: Any, tmp_path: Path, page: Page, sign_in: Callable[[Page, str], Any]
) -> dict[str, Any]:
    """Five slices whose pixels are twice as high as wide, and all tools; its reader is signed in."""
    settings.ROOT_URLCONF = URLS
    chest = asking_little(study())
    imported(chest, *sliced(tmp_path))
    sign_in(page, "anna")
    return series_of(chest, "anna") | {"tools": [tool(kind, colour=at) for at, kind in enumerate(KINDS)]}


def test_a_cell_begins_with_the_image_that_hangs_in_it(case: dict[str, Any], page: Page) -> None:
    cells = []
    for image in page.request.get(f"{case['root']}/instances").json()[1:3]:
        number, sop = image["00200013"]["Value"][0], image["00080018"]["Value"][0]
        cells.append((str(5 - number), {"series": case["series"][0]["uid"], "sop": sop}))
    shown(page, case | {"hanging": {"rows": 1, "columns": 2, "cells": [cell for _, cell in cells]}})
    for at, (place, _) in enumerate(cells):
        expect(page.locator(".viewer-cell").nth(at)).to_have_attribute("data-slice", place)


def test_a_series_is_shown_slice_by_slice_and_brightened_with_the_mouse(
    case: dict[str, Any], page: Page, axe: Check, shoot: Shoot
) -> None:
    shown(page, case)
    island, cell = page.locator("#viewer"), page.locator(".viewer-cell")
    expect(island).to_have_attribute("data-image", "1/5")
    cell.hover()
    page.mouse.wheel(0, 100)
    expect(cell).to_have_attribute("data-slice", "1")
    page.keyboard.press("End")  # nothing has the focus inside: the island leaves the page's keys alone
    expect(island).to_have_attribute("data-image", "2/5")
    cell.click()
    page.keyboard.press("End")
    expect(cell).to_have_attribute("data-slice", "4")

    before = cell.get_attribute("data-window")
    box = cell.bounding_box()
    assert box
    page.mouse.move(box["x"] + 600, box["y"] + 300)
    page.mouse.down()
    page.mouse.move(box["x"] + 700, box["y"] + 350, steps=3)
    page.mouse.up()
    expect(cell).not_to_have_attribute("data-window", str(before))
    page.get_by_label("Window preset").select_option("lung")
    expect(cell).to_have_attribute("data-window", "C -600 W 1500")
    page.get_by_role("button", name="Invert").click()
    expect(cell).to_have_attribute("data-inverted", "true")
    page.get_by_role("button", name="Reset").click()
    expect(cell).to_have_attribute("data-window", str(before))
    axe(page)
    shoot(page, "viewer")


def test_a_case_that_is_out_of_the_readers_hands_says_so(case: dict[str, Any], page: Page) -> None:
    page.add_init_script(f"sessionStorage.setItem('study', {json.dumps(json.dumps(case | {'series': []}))})")
    page.goto("/island")
    page.locator("#viewer[data-loaded]").wait_for()
    Task.objects.filter(status="leased").update(lease_until=timezone.now() - timedelta(minutes=1))
    told = page.evaluate("(study) => again(study).catch((error) => [error.code, error.sentence])", case)
    assert told[0] == "lease_lost"
    assert told[1].endswith(".")
