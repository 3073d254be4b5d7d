"""Marks that are drawn with the mouse lie where the pixels lie, to a hundredth of one, and come back as they were."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.island import URLS, Ground, exported, series_of, shown, sliced, tool
from tests.images import asking_little, imported
from tests.people import study

KINDS = ("point", "length", "box", "ellipse", "polygon", "mask", "span")
HUNDREDTH = 10  # thousandths of a pixel


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


def drawn(page: Page, kind: str, draw: Callable[[], Any]) -> tuple[dict[str, Any], Any]:
    """The mark that the island gives after a tool was chosen and used, and what the drawing returned."""
    before = int(page.locator("#viewer").get_attribute("data-marks") or 0)
    page.get_by_role("button", name=f"Draw: {kind.title()}").click()
    told = draw()
    expect(page.locator("#viewer")).to_have_attribute("data-marks", str(before + 1))
    return exported(page)[-1]["mark"], told


def near(found: list[int], wanted: list[float]) -> bool:
    assert all(type(one) is int for one in found)
    return all(abs(a - b) <= HUNDREDTH for a, b in zip(found, wanted, strict=True))


@pytest.mark.parametrize("rendering", ["webgl", "cpu"])
def test_every_kind_is_exact_on_pixels_that_are_not_square(
    case: dict[str, Any], page: Page, rendering: str
) -> None:
    shown(page, case | {"rendering": rendering})
    ground = Ground(page)
    sop = page.evaluate("viewer.export().length") or page.locator(".viewer-cell").get_attribute("data-frame")
    on = dict(zip(("series", "sop"), str(sop).split("/"), strict=False))

    mark, (start, end) = drawn(page, "box", lambda: ground.drag((50, 30), (20, 10)))
    assert mark["on"] == on
    assert near(mark["min"], end)
    assert near(mark["max"], start)
    mark, (start, end) = drawn(page, "length", lambda: ground.drag((110, 50), (90, 12)))
    assert near(mark["from"], start)
    assert near(mark["to"], end)
    outline = ((60, 40), (80, 40), (90, 50), (75, 60), (60, 55))
    mark, places = drawn(page, "polygon", lambda: ground.drag(*outline))
    assert all(near(*pair) for pair in zip(mark["points"], places, strict=True))
    mark, (place,) = drawn(page, "point", lambda: ground.drag((12.3, 50.7)))
    assert near(mark["at"], place)
    mark, (start, end) = drawn(page, "ellipse", lambda: ground.drag((60, 5), (84, 25)))
    assert near(mark["center"], [(a + b) / 2 for a, b in zip(start, end, strict=True)])
    assert near(mark["radii"], [(b - a) / 2 for a, b in zip(start, end, strict=True)])
    assert mark["angle_mdeg"] == 0
    mark, (start, end) = drawn(page, "mask", lambda: ground.drag((10.5, 20.5), (14.5, 20.5)))
    assert (mark["rows"], mark["columns"], mark["on"]) == (64, 128, {"series": on["series"]})
    assert mark["slices"] == [{"slice": 0, "runs": capsule(start, end, 6000)}]
    made = exported(page)
    assert {one["rendering"]["mode"] for one in made} == {rendering}

    page.evaluate(
        "async () => { const kept = viewer.export(); viewer.close(); await open(); viewer.import(kept) }"
    )
    assert exported(page) == made
    assert page.evaluate("told.filter(([name]) => name === 'drawn').length") == 6


def capsule(a: list[float], b: list[float], radius: float) -> list[int]:
    """Runs of the pixels of 64 rows and 128 columns within a radius of a level line, all in thousandths."""
    centres = [(1000 * x + 500, 1000 * y + 500) for y in range(64) for x in range(128)]
    inside = [
        at
        for at, (x, y) in enumerate(centres)
        if (x - min(max(x, a[0]), b[0])) ** 2 + (y - a[1]) ** 2 <= radius**2
    ]
    runs: list[int] = []
    for pixel in inside:
        if runs and pixel == runs[-2] + runs[-1]:
            runs[-1] += 1
        else:
            runs += [pixel, 1]
    return runs


@pytest.mark.parametrize(
    ("rendering", "mirrored"), [("webgl", False), ("webgl", True), ("cpu", False), ("cpu", True)]
)
def test_pixels_are_on_the_screen_where_marks_say(
    case: dict[str, Any], page: Page, rendering: str, mirrored: bool
) -> None:
    case["hanging"]["cells"][0]["mirrored"] = mirrored
    shown(page, case | {"rendering": rendering})
    ground = Ground(page)
    # Black up to column 63, white from 64 on: the edge lies at their common side, 64 pixels from the origin.
    page.evaluate(
        "(window) => { const state = viewer.state(); state.cells[0].window = window; viewer.show(state) }",
        {"centre": 31.5, "width": 0.5},
    )
    expect(page.locator(".viewer-cell")).to_have_attribute("data-window", "C 31.5 W 0.5")
    column = 96 if mirrored else 32
    x, y = ground.at(column, 32)
    clip = {"x": x - 20, "y": y, "width": 40, "height": 1}
    row = Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("L")  # type: ignore[arg-type]
    bright = [row.getpixel((at, 0)) > 127 for at in range(40)]  # type: ignore[operator]
    edge = x - 20 + bright.index(mirrored is False)
    assert abs(edge - x) <= 1, (edge, x, ground.scale)

    mark, (start, end) = drawn(page, "box", lambda: ground.drag((20, 10), (column, 30)))
    left, right = (128_000 - end[0], 128_000 - start[0]) if mirrored else (start[0], end[0])
    assert near([mark["min"][0], mark["max"][0]], [left, right])


def test_no_mark_is_taken_where_pixels_are_drawn_in_another_way_than_asked(
    case: dict[str, Any], page: Page
) -> None:
    shown(page, case | {"rendering": "cpu"})  # the first on a page settles it
    page.evaluate(
        """async (study) => {
          viewer.close();
          window.viewer = await again(study);
          viewer.on("refused", ({ code }) => told.push(["refused", code]));
        }""",
        case | {"rendering": "webgl"},
    )
    page.get_by_role("button", name="Draw: Box").click()
    Ground(page).drag((20, 10), (50, 30))
    assert page.evaluate("told") == [["refused", "rendering_changed"]]
    assert exported(page) == []


def test_marks_are_changed_undone_and_stretched_over_slices(
    case: dict[str, Any], page: Page, axe: Callable[[Page], None], shoot: Callable[[Page, str], None]
) -> None:
    through = tool("box", id="nodule", label="Nodule", slices=True)
    shown(page, case | {"tools": [through, tool("span", colour=1), tool("length", colour=2)]})
    island, cell = page.locator("#viewer"), page.locator(".viewer-cell")
    ground = Ground(page)
    page.get_by_role("button", name="Draw: Nodule").click()
    start, _ = ground.drag((20, 10), (50, 30))
    expect(island).to_have_attribute("data-marks", "1")
    assert exported(page)[0]["mark"]["on"]["slices"] == [0, 0]

    _, end = ground.drag((50, 30), (60, 40))  # its lower right corner
    mark = exported(page)[0]["mark"]
    assert near(mark["min"], start)
    assert near(mark["max"], end)
    page.keyboard.press("PageDown")
    expect(cell).to_have_attribute("data-slice", "1")
    page.keyboard.press("]")
    assert exported(page)[0]["mark"]["on"]["slices"] == [0, 1]
    expect(page.get_by_role("button", name="Nodule 1", pressed=True)).to_contain_text("slices 1 to 2")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert near(exported(page)[0]["mark"]["max"], ground.milli(ground.at(50, 30)))
    page.keyboard.press("Control+y")
    assert near(exported(page)[0]["mark"]["max"], end)

    read = {
        "kind": "box",
        "on": exported(page)[0]["mark"]["on"],
        "min": [80000, 8000],
        "max": [120000, 40000],
    }
    layers = [
        {
            "id": f"{layer}-{at}",
            "tool": "nodule",
            "layer": layer,
            "mark": shifted(read, 2000 * at),
            "label": layer,
        }
        for at, layer in enumerate(("A", "B", "model"))
    ]
    page.evaluate("(drawn) => viewer.import(drawn)", layers)
    page.evaluate("document.addEventListener('keydown', (event) => told.push(['key', event.key]))")
    assert [one["tool"] for one in exported(page)] == ["nodule"]
    page.keyboard.press("End")
    page.evaluate("viewer.select('B-1')")
    expect(cell).to_have_attribute("data-slice", "0")
    expect(island).to_have_attribute("data-selected", "B-1")
    patterns = {
        layer: page.locator(f"[data-layer='{layer}'] path").last.get_attribute("stroke-dasharray")
        for layer in ("A", "B", "model", "mine")
    }
    assert patterns["mine"] is None
    assert len(set(patterns.values())) == 4
    page.keyboard.press("Delete")
    expect(page.locator("[data-mark='B-1']").first).to_be_attached()
    shoot(page, "viewer-marks")
    axe(page)
    cell.press("g")
    heard = page.evaluate("told.flatMap(([name, value]) => (name === 'key' ? [value] : []))")
    assert heard == ["g"]  # what the island answers, End and Delete, the page doesn't hear
    page.get_by_role("button", name="Remove Nodule").click()
    expect(island).to_have_attribute("data-marks", "0")
    assert page.evaluate("told.map(([name]) => name)").count("removed") == 1


def shifted(mark: dict[str, Any], by: int) -> dict[str, Any]:
    return mark | {end: [mark[end][0] + by, mark[end][1] + by] for end in ("min", "max")}
