"""Beside the images: the guideline, an issue, the display and one's own keys, with the keyboard."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tasks.models import Attestation, Issue
from tests.people import Study, study, with_protocol
from tests.screens.clinician.test_guideline_panel import NEWER, newer

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]
SignIn = Callable[[Page, str], Any]
LONG = "# Lungs\nMark every nodule of 3 mm or more.\n\n# Vessels\nA vessel is no nodule. Follow it through the slices."
VIEWER = """() => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 64;
  const image = canvas.getContext("2d");
  image.fillStyle = "teal";
  image.fillRect(0, 0, 64, 64);
  window.consilium.viewer = {
    state: () => ({ rows: 1, slice: 12 }),
    snapshot: () => new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); }),
  };
}"""


@pytest.fixture
def chest(server: str) -> Study:
    """A case under a second version of the guideline; Anna read under the first."""
    new = study("case-1")
    new.read("anna")
    newer(new, "anna", document={**NEWER, "instructions": LONG})
    new.register("case-2", shown={"question": "Is there a nodule?"})
    return new


def at_work(page: Page, sign_in: SignIn) -> None:
    """Anna has a case before her."""
    sign_in(page, "anna")
    page.goto("/work/")
    page.keyboard.press("Enter")
    expect(page.locator("#work[data-ready]")).to_be_visible()
    expect(page.locator("#guideline[data-ready]")).to_be_visible()


def test_the_guideline_is_searched_and_its_changes_are_told(
    chest: Study, page: Page, sign_in: SignIn, axe: Check, shoot: Shoot
) -> None:
    at_work(page, sign_in)
    page.keyboard.press("/")
    expect(page.get_by_label("Search the guideline")).to_be_focused()
    page.keyboard.type("nodule")
    expect(page.locator("#guideline")).to_have_attribute("data-matches", "2")
    expect(page.locator("[data-found]")).to_have_text("1 of 2")
    page.keyboard.press("Enter")
    expect(page.locator("[data-found]")).to_have_text("2 of 2")
    expect(page.locator("mark.here")).to_have_count(1)
    page.keyboard.press("Shift+Enter")
    expect(page.locator("[data-found]")).to_have_text("1 of 2")
    axe(page)
    shoot(page, "guideline-search")
    page.get_by_role("button", name="Examples").click()
    expect(page.get_by_role("img", name="A nodule of 5 mm")).to_be_visible()
    page.get_by_role("button", name="Changed since version 1").click()
    expect(page.locator(".changes ins").first).to_be_visible()
    axe(page)
    shoot(page, "guideline-changes")
    page.keyboard.press("g")
    expect(page.locator("#guideline")).not_to_have_attribute("open", "")


def test_an_issue_goes_out_with_what_is_seen(
    chest: Study, page: Page, sign_in: SignIn, axe: Check, shoot: Shoot
) -> None:
    at_work(page, sign_in)
    page.evaluate(VIEWER)
    page.keyboard.press("i")
    expect(page.locator("#issue[data-looked] [data-preview]")).to_be_visible()
    page.locator("#issue").get_by_label("The images").check()
    page.get_by_label("What should the manager know?").fill("Slice 12 is missing its right half.")
    axe(page)
    shoot(page, "issue")
    page.get_by_role("button", name="Raise it").click()
    expect(page.locator("#issue-form")).to_contain_text("Raised.")
    page.get_by_role("button", name="Back to the case").click()
    issue = Issue.objects.get()
    assert issue.viewer == {"rows": 1, "slice": 12}
    assert issue.picture_digest.startswith("sha256:")
    page.keyboard.press("i")
    expect(page.get_by_label("What should the manager know?")).to_have_value("")
    page.keyboard.press("Escape")
    sign_in(page, "maria")
    page.goto("/projects/chest/issues/")
    axe(page)
    shoot(page, "issues")
    page.locator("tbody a").click()
    expect(page.get_by_role("img", name="The viewport")).to_be_visible()
    axe(page)
    shoot(page, "issue-manager")
    page.get_by_role("textbox", name="Answer").fill("Read what there is.")
    page.get_by_role("button", name="Answer and close").click()
    sign_in(page, "anna")
    page.goto("/work/issues/")
    expect(page.locator("main")).to_contain_text("Read what there is.")
    axe(page)
    shoot(page, "my-issues")


def test_ones_own_keys_work_and_the_others_no_longer_do(
    chest: Study, page: Page, sign_in: SignIn, axe: Check, shoot: Shoot
) -> None:
    sign_in(page, "anna")
    page.goto("/account/keys/")
    expect(page.locator("form[data-ready]")).to_be_visible()
    field = page.get_by_label("Raise an issue with the manager")
    field.focus()
    page.keyboard.press("u")
    expect(page.locator("#keymap-said")).to_contain_text("already")
    axe(page)
    page.keyboard.press("y")
    expect(field).to_have_value("y")
    shoot(page, "my-keys")
    page.get_by_role("button", name="Keep these keys").click()
    expect(page.locator("#messages")).to_contain_text("Your keys are kept")
    at_work(page, sign_in)
    page.keyboard.press("i")
    expect(page.locator("#issue")).to_be_hidden()
    page.keyboard.press("y")
    expect(page.locator("#issue")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("row", name="y Raise an issue")).to_be_visible()
    page.get_by_label("Use keys without Ctrl").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("y")
    expect(page.locator("#issue")).to_be_hidden()


def test_the_theme_is_remembered_on_another_machine(
    chest: Study, page: Page, new_page: Callable[[], Page], sign_in: SignIn
) -> None:
    sign_in(page, "anna")
    page.goto("/account/")
    shown = page.locator("html").get_attribute("data-bs-theme")
    with page.expect_response("**/account/looks"):
        page.get_by_role("button", name="Light or dark").click()
    other = new_page()
    sign_in(other, "anna")
    other.goto("/account/")
    expect(other.locator("html")).to_have_attribute("data-bs-theme", "light" if shown == "dark" else "dark")


def test_the_display_is_said_once_a_day_before_the_first_case(
    server: str, page: Page, sign_in: SignIn, axe: Check, shoot: Shoot
) -> None:
    study("case-1", protocol=with_protocol(display={"attest": "daily"}))
    sign_in(page, "anna")
    page.goto("/work/")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Pixels across")).to_have_value("1280")
    axe(page)
    shoot(page, "display")
    page.get_by_label("Diagonal in inches").fill("30")
    page.get_by_role("group", name="Is it calibrated").get_by_label("No").check()
    page.get_by_role("group", name="Is the room").get_by_label("Yes").check()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#work[data-ready]")).to_be_visible()
    assert Attestation.objects.get().content.data["pixels"] == [1280, 800]


def test_on_a_phone_reading_is_refused_and_nothing_else_is_there(
    chest: Study, page: Page, sign_in: SignIn, axe: Check, shoot: Shoot
) -> None:
    at_work(page, sign_in)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_role("heading", name="This screen is too small for reading")).to_be_visible()
    expect(page.locator("#work")).to_be_hidden()
    axe(page)
    shoot(page, "phone")
    for key in ("i", "u", "Control+Space", "/", "g"):
        page.keyboard.press(key)
        expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="This screen is too small for reading")).to_be_visible()
    assert page.url.rstrip("/").rpartition("/")[0].endswith("/work/tasks")


def test_what_was_decided_otherwise_is_told(
    server: str, page: Page, sign_in: SignIn, axe: Check, shoot: Shoot
) -> None:
    told = study("case-1", protocol=with_protocol(feedback={"finals": True, "controls": True}))
    told.read("anna", malignancy=2)
    told.read("bob", malignancy=5)
    told.review("jin")
    told.review("jana")
    told.arbitrate(labels={"fields": {"malignancy": 5}})
    sign_in(page, "anna")
    page.goto("/work/")
    axe(page)
    page.get_by_role("link", name="What I can learn from").click()
    expect(page.get_by_role("row", name="Malignancy 2 5")).to_be_visible()
    axe(page)
    shoot(page, "feedback")
