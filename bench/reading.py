"""`bench reading`: how long a reader waits for images, in a real browser on the pages of the reading room."""

import gzip
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from config.serving import ROOT

from .bench import Bench
from .figures import Figure
from .web import serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

GOAL_MS: Final = 1000.0
SCROLLED: Final = 20  # slices
PATIENCE_MS: Final = 60_000
SHOWN: Final = "#viewer[data-ready='true']"
FLAGS: Final = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")
AHEAD: Final = "#viewer[data-looked-ahead='true']"
# As if the page didn't look ahead: it asks where the next case's images are, and isn't told.
LEFT_OUT: Final = """() => {
  const ask = window.fetch;
  window.fetch = (where, ...more) =>
    String(where).endsWith("/ahead") ? Promise.reject(new TypeError()) : ask(where, ...more);
}"""
WITHOUT: Final = "the same where nothing was fetched ahead, in turns"
QUEUE: Final = "the page of the queue, which shows no images, in the same browser"
BUNDLE: Final = ROOT / "static" / "viewer"
Told = dict[str, Any]


def measure(bench: Bench) -> list[Figure]:
    """From Start next to the first image, from Submit to the next case's, each slice; then the viewer's size."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        bench.say("no Chromium here: only the size of the viewer is measured")
        return [_size()]
    with bench.servers.database("reading") as database:
        folder = bench.folder / "phantoms"
        folder.mkdir()
        bench.say(f"drawing and taking in {bench.scale.opened} phantoms")
        told = database.run("roomed", folder, bench.scale.opened)
        with serving(database, bench.folder) as port, _browsing(program, port) as page:
            return [*_figures(bench, page, told), _size()]


@contextmanager
def _browsing(program: str, port: int) -> Iterator["Page"]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        context = browser.new_context(
            base_url=f"http://127.0.0.1:{port}", viewport={"width": 1920, "height": 1080}
        )
        context.set_default_timeout(PATIENCE_MS)
        yield context.new_page()
        browser.close()


def _figures(bench: Bench, page: "Page", told: Told) -> list[Figure]:
    _sign_in(page, told)
    queue = [_timed(lambda: page.goto("/work/")) for _ in range(bench.scale.opened)]
    first = _timed(lambda: _start(page))
    slices = [_scrolled(page)]
    taken: dict[bool, list[float]] = {True: [], False: []}  # by whether the case was fetched ahead
    for case in range(2, bench.scale.opened + 1):
        ahead = case % 2 == 0
        _answer(page, told["questions"], ahead=ahead)
        taken[ahead].append(_timed(lambda: _submit(page)))
        slices.append(_scrolled(page))
        how = "fetched ahead" if ahead else "fetched now"
        bench.say(f"case {case}, {how}: {taken[ahead][-1]:,.0f} ms, {slices[-1]:.0f} ms per slice")
    return [
        Figure("Start next to the first image, nothing kept yet", "ms", [first], queue[:1], QUEUE),
        *_following(taken[True], taken[False], queue[1:]),
        Figure("scrolling, per slice", "ms", slices),
    ]


def _following(ahead: list[float], now: list[float], queue: list[float]) -> Iterator[Figure]:
    name, goal = "Submit to the next case's first image", f"under {GOAL_MS:,.0f} ms at the median"
    beside = WITHOUT if now else ""  # a single turn is ahead, and has nothing beside it
    yield Figure(f"{name}, fetched ahead", "ms", ahead, now, beside, goal, median(ahead) < GOAL_MS)
    if now:
        yield Figure(f"{name}, nothing fetched ahead", "ms", now, queue, QUEUE)


def _sign_in(page: "Page", told: Told) -> None:
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(told["name"])
    page.locator("[name=password]").fill(told["password"])
    with page.expect_navigation():
        page.locator("[name=password]").press("Enter")


def _start(page: "Page") -> None:
    page.get_by_role("button", name="Start next").click()
    _see(page)


def _see(page: "Page") -> None:
    page.locator(SHOWN).wait_for()


def _answer(page: "Page", questions: int, *, ahead: bool) -> None:
    """One key for each question, as readers do; the focus goes on by itself. `ahead`: the next case is fetched."""
    if not ahead:
        page.evaluate(LEFT_OUT)
    page.locator("[data-question] input").first.focus()
    for _ in range(questions):
        page.keyboard.press("1")
    page.locator(AHEAD).wait_for()


def _submit(page: "Page") -> None:
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    _see(page)


def _scrolled(page: "Page") -> float:
    """ms for each slice that is shown, the next asked for when the last is there."""
    viewer = page.locator("#viewer")
    place, _, of = str(viewer.get_attribute("data-image")).partition("/")
    begin, way = (int(place), 1) if 2 * int(place) <= int(of) else (int(place), -1)
    box = viewer.locator("canvas").first.bounding_box()
    assert box is not None, "nothing is shown"
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    steps = min(SCROLLED, int(of) - begin if way == 1 else begin - 1)
    start = time.perf_counter()
    for step in range(1, steps + 1):
        page.mouse.wheel(0, 100 * way)
        page.locator(f"#viewer[data-image='{begin + way * step}/{of}']").wait_for()
    return 1000 * (time.perf_counter() - start) / steps


def _timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - start)


def _size() -> Figure:
    """All that a browser loads of the viewer, as it goes over the wire."""
    size = sum(len(gzip.compress(path.read_bytes(), 9)) for path in sorted(BUNDLE.rglob("*.js")))
    return Figure("the viewer's scripts, gzipped", "kB", [size / 1e3])
