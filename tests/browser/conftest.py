"""A real browser on the real pages, which fails a test for whatever the pages get wrong."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from accounts.models import User

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
AXE = (Path(__file__).parent / "axe-4.14.1.min.js").read_text(encoding="utf-8")
LEVELS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
SHOTS = Path(__file__).resolve().parents[2] / ".consilium" / "shots"
PATIENCE = 30_000  # ms; a busy machine is no fault of a page
NO_CHROMIUM = "The browser tests need Chromium: install the package chromium."


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    """Debian's Chromium; without it the tests are skipped, but not where CI=true.

    Not for longer than a module: as long as Playwright's loop runs in this thread, no other loop can.
    """
    from django.db import connections
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(NO_CHROMIUM)
    # While Playwright's loop runs, Django keeps other connections for this thread; one that was left open would
    # be ended with its clone, and the first test after this module would meet it.
    connections.close_all()
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Django takes that loop for asynchronous code
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def server(chromium: "Browser", transactional_db: None, live_server: Any) -> str:
    """The address of the running service, on a database of the test's own; nobody's attempts are counted yet."""
    from django.core.cache import cache

    cache.clear()
    return str(live_server.url)


@pytest.fixture
def new_page(chromium: "Browser", server: str) -> Iterator[Callable[[], "Page"]]:
    """Makes pages, each in a browser of its own; at the end nothing may have gone wrong in any."""
    from tests.browser.watching import Watch

    opened: list[tuple[BrowserContext, Watch]] = []

    def new() -> "Page":
        context = chromium.new_context(
            base_url=server,
            viewport={"width": 1280, "height": 800},
            reduced_motion="reduce",  # else colours are measured while they fade
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        opened.append((context, Watch(page)))
        return page

    yield new
    for context, _ in opened:
        context.close()
    assert not (faults := [fault for _, watch in opened for fault in watch.faults]), "\n".join(faults)


@pytest.fixture
def page(new_page: Callable[[], "Page"]) -> "Page":
    """One page."""
    return new_page()


@pytest.fixture
def sign_in(server: str) -> Callable[["Page", str], "User"]:
    """sign_in(page, "anna"): at once, by a session; the form has its own tests."""
    from django.conf import settings
    from django.test import Client

    from tests.people import person

    def enter(page: "Page", name: str) -> "User":
        client = Client()
        client.force_login(user := person(name))
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server}])
        return user

    return enter


@pytest.fixture
def axe() -> Callable[["Page"], None]:
    """axe(page): fails for anything on the page that WCAG 2.2 AA forbids, in light and in dark."""

    def check(page: "Page") -> None:
        page.evaluate(AXE)
        for theme in in_both_themes(page):
            found = page.evaluate(
                "async (levels) => (await axe.run(document, {runOnly: levels})).violations", LEVELS
            )
            told = [
                f"{theme}, {page.url}: {broken['id']}: {node['html']}: {node['failureSummary']}"
                for broken in found
                for node in broken["nodes"]
            ]
            assert not told, "\n".join(told)

    return check


@pytest.fixture
def shoot() -> Callable[["Page", str], None]:
    """shoot(page, "sign-in"): with SHOTS=1, keep what the page looks like under .consilium/shots."""

    def keep(page: "Page", name: str) -> None:
        if os.environ.get("SHOTS") == "1":
            SHOTS.mkdir(parents=True, exist_ok=True)
            for theme in in_both_themes(page):
                page.screenshot(path=SHOTS / f"{name}-{theme}.png", full_page=True)

    return keep


def in_both_themes(page: "Page") -> Iterator[str]:
    """Show the page in light, then in dark, then in light again."""
    if page.locator("html[data-reading=true]").count():
        yield from _read_in_both_themes(page)
        return
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.locator(f'html[data-bs-theme="{theme}"]').wait_for()
        yield theme
    page.emulate_media(color_scheme="light")


def _read_in_both_themes(page: "Page") -> Iterator[str]:
    """Reading is dark whatever the system prefers: only the page's own switch makes it light."""
    show = "(theme) => { document.documentElement.dataset.bsTheme = theme }"
    for theme in ("light", "dark"):
        page.evaluate(show, theme)
        yield theme
