"""Films, volumes and several cells in the viewer island."""

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.island import URLS, Ground, exported, series_of, shown, sliced, tool
from tests.images import asking_little, imported, shipped
from tests.people import study

SignIn = Callable[[Page, str], Any]


@pytest.fixture
def volume(server: str, settings: Any, tmp_path: Path, page: Page, sign_in: SignIn) -> dict[str, Any]:
    """Twelve slices, evenly spaced."""
    settings.ROOT_URLCONF = URLS
    chest = asking_little(study())
    imported(chest, *sliced(tmp_path, 12))
    sign_in(page, "anna")
    return series_of(chest, "anna") | {"tools": [tool("mask")]}


def test_three_planes_go_through_one_place(
    volume: dict[str, Any], page: Page, axe: Callable[[Page], None], shoot: Callable[[Page, str], None]
) -> None:
    shown(page, volume)
    page.get_by_label("Window preset").select_option("all")
    page.get_by_role("button", name="MPR").click()
    planes = page.locator(".viewer-planes")
    expect(planes).to_have_attribute("data-ready", "true")
    expect(planes).to_have_attribute("data-place", "63.5 63.0 16.5")
    page.locator("[data-plane=axial]").hover()
    page.mouse.wheel(0, -100)
    expect(planes).to_have_attribute("data-place", re.compile(r"63.5 63.0 (15|17).5"))
    place = planes.get_attribute("data-place")
    page.locator("[data-plane=sagittal]").focus()
    page.keyboard.press("PageDown")
    expect(planes).not_to_have_attribute("data-place", str(place))
    page.keyboard.press("PageUp")
    expect(planes).to_have_attribute("data-place", str(place))
    axe(page)
    shoot(page, "viewer-planes")
    page.locator("[data-plane=coronal]").click(position={"x": 200, "y": 30})
    expect(planes).to_have_attribute("data-place", re.compile(r" 63.0 33.0"))
    page.get_by_role("button", name="MPR").click()
    expect(planes).to_be_hidden()
    expect(page.locator(".viewer-cell[data-image]")).to_have_attribute("data-slice", "11")


def test_marks_of_slices_are_seen_in_the_planes_across_them_and_chosen_there(
    volume: dict[str, Any], page: Page, axe: Callable[[Page], None], shoot: Callable[[Page, str], None]
) -> None:
    shown(
        page, volume | {"tools": [tool("box", slices=True), tool("mask", colour=1), tool("point", colour=2)]}
    )
    on = {"series": volume["series"][0]["uid"]}
    box = {"kind": "box", "on": on | {"slices": [3, 8]}, "min": [40_000, 20_000], "max": [80_000, 50_000]}
    mask = {"kind": "mask", "on": on, "rows": 64, "columns": 128}
    runs = [part for row in (30, 31, 32, 33) for part in (row * 128 + 90, 20)]
    mask["slices"] = [{"slice": at, "runs": runs} for at in (9, 10)]
    far = {**box, "min": [2_000, 2_000], "max": [9_000, 9_000]}
    marks = [("mine", "box", box), ("A", "box", box), ("far", "box", far), ("painted", "mask", mask)]
    page.evaluate(
        "(drawn) => viewer.import(drawn)",
        [
            {"id": name, "tool": kind, "layer": "A" if name == "A" else "mine", "mark": mark}
            for name, kind, mark in marks
        ],
    )
    page.get_by_role("button", name="MPR").click()
    planes = page.locator(".viewer-planes")
    expect(planes).to_have_attribute("data-ready", "true")
    coronal = page.locator("[data-plane=coronal]")
    seen = "(svg) => [...svg.querySelectorAll('[data-mark]')].map((one) => one.dataset.mark).sort()"
    cuts = {
        plane: page.locator(f"[data-plane={plane}] svg").evaluate(seen)
        for plane in ("axial", "coronal", "sagittal")
    }
    assert cuts == {
        "axial": ["A", "far", "mine"],
        "coronal": ["A", "mine", "painted"],
        "sagittal": ["A", "mine"],
    }
    look = "(path) => [path.getAttribute('stroke'), path.getAttribute('stroke-dasharray')]"
    mine, theirs = (coronal.locator(f"[data-mark={name}] path").last.evaluate(look) for name in ("mine", "A"))
    assert mine == ["#ffd54a", None]
    assert theirs == ["#5fe0ff", "10 4"]

    # Row 32 is shown: 40 columns of 1 mm and 6 slices of 3 mm, in pixels of the screen.
    area = coronal.locator("[data-mark=mine] path").last.evaluate(
        "(path) => { const box = path.getBBox(); return box.width / box.height }"
    )
    assert abs(area - 40 / 18) < 0.01
    edge = coronal.locator("[data-mark=mine] path").last.bounding_box()
    assert edge
    page.mouse.click(edge["x"] + 3, edge["y"] + edge["height"] / 4)
    expect(page.locator("#viewer")).to_have_attribute("data-selected", "mine")
    expect(planes).to_have_attribute("data-place", re.compile(r"^(39|4\d)\.\d 63\.0 2"))
    axe(page)
    shoot(page, "viewer-planes-marks")
    painted = coronal.locator("[data-mark=painted] path").bounding_box()
    assert painted
    page.mouse.click(painted["x"] + painted["width"] / 2, painted["y"] + painted["height"] / 4)
    expect(page.locator("#viewer")).to_have_attribute("data-selected", "painted")
    expect(planes).to_have_attribute("data-place", re.compile(r"^(99|100)\.\d 63\.0 (2[6-9]|30)"))
    before = exported(page)
    page.get_by_role("button", name="MPR").click()
    assert exported(page) == before


def test_linked_cells_scroll_together_and_a_mask_is_erased(volume: dict[str, Any], page: Page) -> None:
    cell = {"series": volume["series"][0]["uid"], "link": "both"}
    shown(page, volume | {"hanging": {"rows": 1, "columns": 2, "cells": [cell, cell]}})
    left, right = page.locator("[data-cell='0']"), page.locator("[data-cell='1']")
    right.hover()
    page.mouse.wheel(0, 100)
    page.mouse.wheel(0, 100)
    for each in (left, right):
        expect(each).to_have_attribute("data-slice", "2")

    page.get_by_role("button", name="Draw: Mask").click()
    ground = Ground(page)
    ground.drag((40, 20), (60, 30))
    expect(page.locator("#viewer")).to_have_attribute("data-marks", "1")
    page.keyboard.press("PageDown")
    expect(left).to_have_attribute("data-slice", "3")
    ground.drag((40, 20), (60, 30))
    (one,) = exported(page)
    assert [part["slice"] for part in one["mark"]["slices"]] == [2, 3]
    assert one["mark"]["slices"][0]["runs"] == one["mark"]["slices"][1]["runs"]
    page.get_by_role("button", name="Erase").click()
    page.get_by_label("Radius of the brush").fill("60")
    ground.drag((40, 20), (60, 30))
    assert [part["slice"] for part in exported(page)[0]["mark"]["slices"]] == [2]
    page.keyboard.press("PageUp")
    expect(left).to_have_attribute("data-slice", "2")
    ground.drag((40, 20), (60, 30))
    expect(page.locator("#viewer")).to_have_attribute("data-marks", "0")

    picture = page.evaluate("async () => [...new Uint8Array(await (await viewer.snapshot()).arrayBuffer())]")
    image = Image.open(io.BytesIO(bytes(picture)))
    assert image.format == "PNG"
    assert image.convert("L").getextrema()[1] > 200  # type: ignore[operator]
    state = page.evaluate("viewer.state()")
    page.evaluate("viewer.act('layout-1x1')")
    expect(right).to_have_count(0)
    page.evaluate("(state) => viewer.show(state)", state)
    expect(right).to_have_attribute("data-slice", "2")


def test_a_series_is_laid_beside_its_prior(volume: dict[str, Any], page: Page) -> None:
    """The same series stands for its prior here: what is told of studies is the page's word."""
    (series,) = volume["series"]
    prior = {"uid": "9.9", "role": "prior", "label": "2024"}
    earlier = series | {"study": "9.9", "uid": "9.9.1"}
    real = f"/studies/{series['study']}/series/{series['uid']}"
    page.route(
        "**/studies/9.9/**",
        lambda route: route.continue_(url=route.request.url.replace("/studies/9.9/series/9.9.1", real)),
    )
    shown(page, volume | {"studies": [*volume["studies"], prior], "series": [series, earlier]})
    page.get_by_role("button", name="Compare").click()
    right = page.locator("[data-cell='1']")
    expect(right).to_have_attribute("data-slice", "0")
    expect(right).to_contain_text("2024 · CT")
    page.locator("[data-cell='0']").press("End")
    expect(right).to_have_attribute("data-slice", "11")


def test_the_next_case_is_in_the_cache_before_it_is_opened(volume: dict[str, Any], page: Page) -> None:
    other = volume | {"series": [], "hanging": {"rows": 1, "columns": 1, "cells": [{"series": None}]}}
    page.add_init_script(f"sessionStorage.setItem('study', {json.dumps(json.dumps(other))})")
    page.goto("/island")
    page.locator("#viewer[data-loaded]").wait_for()
    with page.expect_response(lambda answer: frames_in(answer.url) and answer.ok):
        page.evaluate("(study) => viewer.prefetch(study)", volume)
    sizes = "performance.getEntriesByType('resource').filter((one) => one.name.includes('/frames/')).length"
    while page.evaluate(sizes) < 12:
        page.wait_for_timeout(50)
    page.evaluate("async (study) => { viewer.close(); window.viewer = await again(study) }", volume)
    expect(page.locator("#viewer[data-ready]")).to_be_attached()
    taken = (
        "performance.getEntriesByType('resource').filter((one) => one.name.includes('/frames/')).slice(12)"
    )
    assert page.evaluate(f"{taken}[0].transferSize") == 0


def frames_in(url: str) -> bool:
    return "/frames/" in url


def test_a_film_plays_and_a_span_of_its_frames_is_marked(
    server: str, settings: Any, page: Page, sign_in: SignIn, shoot: Callable[[Page, str], None]
) -> None:
    settings.ROOT_URLCONF = URLS
    echo = asking_little(study())
    imported(echo, *shipped("emri_small.dcm"))
    sign_in(page, "anna")
    shown(page, series_of(echo, "anna") | {"tools": [tool("span", label="Beat"), tool("point", colour=1)]})
    island, cell = page.locator("#viewer"), page.locator(".viewer-cell")
    expect(island).to_have_attribute("data-image", "1/10")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Play", pressed=True)).to_be_visible()
    expect(cell).to_have_attribute("data-slice", re.compile("[1-9]"))
    page.get_by_role("button", name="Play").click()
    cell.focus()
    page.keyboard.press("Home")
    page.keyboard.press("PageDown")
    expect(cell).to_have_attribute("data-slice", "1")
    page.get_by_role("button", name="Draw: Beat").click()
    page.get_by_label("Slice", exact=True).fill("9")
    expect(cell).to_have_attribute("data-slice", "8")
    page.evaluate("viewer.act('last-slice')")
    (beat,) = exported(page)
    assert beat["mark"]["frames"] == [2, 9]
    assert set(beat["mark"]["on"]) == {"series", "sop"}
    bar = page.locator(".viewer-spans line")
    expect(bar).to_have_attribute("x1", "11.111%")
    expect(bar).to_have_attribute("x2", "88.889%")
    page.get_by_role("button", name="Draw: Point").click()
    cell.click()
    assert exported(page)[-1]["mark"]["on"]["frame"] == 9
    bar.dispatch_event("click")  # a line has no height for the mouse of a test
    expect(island).to_have_attribute("data-selected", beat["id"])
    shoot(page, "viewer-film")
