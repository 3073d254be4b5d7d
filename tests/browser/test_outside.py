"""A case opened in an outside tool and read there: the page lets it in, and shows what it brings back."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

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
