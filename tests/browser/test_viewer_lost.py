"""The graphics card lets go of the images in the middle of the work: they are loaded again, and no mark is lost."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.island import URLS, Ground, exported, series_of, shown, sliced, tool
from tests.images import asking_little, imported
from tests.people import study

# The pictures' contexts lie on canvases that are on no page.
CONTEXTS = """(() => {
  window.contexts = new Set();
  const before = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    const context = before.call(this, kind, ...rest);
    if (kind.startsWith("webgl") && context) window.contexts.add(context);
    return context;
  };
})();"""
LOSE = "[...contexts].forEach((one) => one.isContextLost() || one.getExtension('WEBGL_lose_context')?.loseContext())"


def test_images_that_were_lost_are_loaded_again_and_marks_are_kept(
    server: str,
    settings: Any,
    tmp_path: Path,
    page: Page,
    sign_in: Callable[[Page, str], Any],
    axe: Callable[[Page], None],
    shoot: Callable[[Page, str], None],
) -> None:
    settings.ROOT_URLCONF = URLS
    chest = asking_little(study())
    imported(chest, *sliced(tmp_path))
    sign_in(page, "anna")
    page.add_init_script(CONTEXTS)
    shown(page, series_of(chest, "anna") | {"rendering": "webgl", "tools": [tool("box")]})
    island, cell = page.locator("#viewer"), page.locator(".viewer-cell")
    cell.focus()
    page.keyboard.press("PageDown")
    expect(cell).to_have_attribute("data-slice", "1")
    page.get_by_label("Window preset").select_option("all")
    expect(cell).to_have_attribute("data-window", "C 163.5 W 127")
    page.get_by_role("button", name="Draw: Box").click()
    Ground(page).drag((20, 10), (50, 30))
    expect(island).to_have_attribute("data-marks", "1")
    before = exported(page)

    page.evaluate(LOSE)
    again = page.get_by_role("button", name="Load the images again")
    expect(page.locator(".viewer-lost")).to_contain_text("Your marks are kept")
    expect(page.locator("#viewer[data-ready]")).to_have_count(0)
    axe(page)
    shoot(page, "viewer-lost")
    again.click()
    expect(page.locator("#viewer[data-ready]")).to_be_visible()
    expect(again).to_be_hidden()
    expect(cell).to_have_attribute("data-slice", "1")
    expect(cell).to_have_attribute("data-window", "C 163.5 W 127")
    expect(cell).to_be_focused()
    assert exported(page) == before
    page.get_by_role("button", name="Draw: Box").click()
    Ground(page).drag((60, 10), (90, 30))
    expect(island).to_have_attribute("data-marks", "2")
    new = exported(page)[1]["mark"]
    assert abs(new["min"][1] - before[0]["mark"]["min"][1]) <= 10
    assert page.evaluate("told.map(([name]) => name)").count("refused") == 0
