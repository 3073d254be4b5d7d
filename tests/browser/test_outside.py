"""A case opened in an outside tool and read there: the page lets it in, and shows what it brings back."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.api.client import As
from tests.api.test_token_scopes import with_token
from tests.imported import at_gate
from tests.people import Study, labels, study
from tests.viewing import OHIF, SLICER, with_viewers

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]
BACK = "document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture
def chest(server: str) -> Study:
    """A case with images, and a tool that is hosted where the test's own server is."""
    tool = {"name": "Own tool", "url": f"{server}/healthz?token={{token}}&task={{task}}", "returns": True}
    of = with_viewers(study(), OHIF, tool, SLICER)
    at_gate(of, "scan-1", ())
    return of


def ready(page: Page) -> None:
    expect(page.locator("#work[data-ready]")).to_be_visible()


def test_a_case_is_read_in_another_tool_and_comes_back_to_the_page(
    chest: Study, page: Page, sign_in: Callable[[Page, str], Any], axe: Check, shoot: Shoot
) -> None:
    sign_in(page, "anna")
    page.goto("/work/")
    page.keyboard.press("Enter")
    ready(page)
    shoot(page, "outside-offered")
    page.get_by_role("button", name="Open in Own tool").click()
    link = page.get_by_role("link", name="Own tool is ready")
    expect(link).to_be_focused()
    page.get_by_text("For programs that ask").click()
    axe(page)
    shoot(page, "outside-opened")
    assert page.evaluate("document.querySelector('[name=draft_version]').value") == "0"
    with page.expect_popup() as opened:
        link.click()
    tool_page = opened.value
    tool_page.wait_for_load_state()
    assert tool_page.evaluate("[document.referrer, window.opener]") == ["", None]
    tool = with_token(tool_page.url.partition("token=")[2].partition("&")[0])
    path = f"/tasks/{tool_page.url.partition('task=')[2]}"
    tool_page.close()

    task = tool.get(path)
    draft = {"token": task["token"], "data": {"labels": labels(malignancy=5)}}
    assert tool.post(f"{path}/draft", draft)["version"] == 1
    page.evaluate(BACK)
    expect(page.locator("input[name='fields.malignancy'][value='5']")).to_be_checked()
    ready(page)

    page.locator("input[name='fields.malignancy'][value='2']").check()
    expect(page.locator("#kept")).to_contain_text("Saved")
    assert tool.post(f"{path}/draft", {**draft, "version": 1}, 409)["version"] == 2
    assert tool.post(f"{path}/draft", {**draft, "version": 2})["version"] == 3
    with page.expect_response("**/draft"):
        page.locator("input[name='fields.malignancy'][value='1']").check()
    expect(page.locator("#trouble")).to_contain_text("saved a newer draft")
    shoot(page, "outside-conflict")
    page.reload()
    expect(page.locator("input[name='fields.malignancy'][value='5']")).to_be_checked()
    tool.post(f"{path}/submit", {"token": task["token"], "result": {"labels": labels(malignancy=5)}})
    ready(page)
    page.evaluate(BACK)
    expect(page.locator("#trouble")).to_contain_text("This case is submitted")
    page.close()


FETCHED = """async ([root, api, task, token]) => { try {
  const bearer = {Authorization: `Bearer ${token}`, "Content-Type": "application/json"};
  const list = await fetch(`${root}/instances`, {headers: {Accept: "application/dicom+json"}});
  const told = await (await fetch(`${api}/tasks/${task}`, {headers: bearer})).json();
  const body = JSON.stringify({token: told.token, data: {labels: {fields: {malignancy: 4}}}});
  const draft = await fetch(`${api}/tasks/${task}/draft`, {method: "POST", headers: bearer, body});
  const others = await fetch(`${api}/me`, {headers: bearer}).then(() => "read", () => "closed");
  return [list.status, draft.status, others];
} catch (error) { return String(error); } }"""


class Viewer(BaseHTTPRequestHandler):
    """A viewer's own server, with one page."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<p>Viewer</p>")

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def viewer() -> Iterator[str]:
    """Where a viewer is hosted that isn't the service's host."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Viewer) as hosted:
        Thread(target=hosted.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{hosted.server_port}"
        hosted.shutdown()


@pytest.mark.parametrize("named", [True, False])
def test_a_browser_lets_a_viewer_that_is_hosted_elsewhere_in_only_if_it_is_named(
    server: str, chromium: Any, settings: Any, viewer: str, named: bool
) -> None:
    settings.CORS_ALLOWED_ORIGINS = [viewer] if named else []
    of = with_viewers(study("case-1"), {"name": "Elsewhere", "url": f"{viewer}/?{{token}}", "returns": True})
    task = of.claim("anna")
    link = As("anna").post(f"/tasks/{task.pk}/links", {"viewer": "Elsewhere"}, 201)
    root = link["dicomweb"].replace("http://testserver", server)
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(f"{viewer}/")
        got = page.evaluate(FETCHED, [root, f"{server}/api/v1", str(task.pk), link["token"]])
    assert got == ([204, 200, "closed"] if named else "TypeError: Failed to fetch")


def test_a_tool_opened_before_the_page_is_wired_opens_beside_it_and_the_read_can_still_be_submitted(
    chest: Study, page: Page, sign_in: Callable[[Page, str], Any]
) -> None:
    page.route("**/vendor/htmx*", lambda route: route.fulfill(content_type="text/javascript", body=""))
    sign_in(page, "anna")
    page.goto("/work/")
    page.keyboard.press("Enter")
    ready(page)
    page.locator("input[name='fields.malignancy'][value='2']").check()
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Open in Own tool").click()
    expect(opened.value.get_by_role("link", name="Own tool is ready")).to_be_visible()
    opened.value.close()
    expect(page.get_by_role("button", name="Submit and next")).to_be_enabled()
    expect(page.locator("#kept")).to_contain_text("Saved")
