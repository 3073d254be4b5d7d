"""Reading with the images beside the form: what is drawn is answered, by mouse and by keyboard, to the next case."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from demo.guidelines import guideline
from demo.protocols import protocol
from tasks.naming import uids_for
from tests.browser.images_room import MARKING, RULES, begin, drag, finding, shown
from tests.browser.test_reading import press, submit
from tests.people import Study, study
from tests.phantoms import with_phantoms
from workflow.models import Arbitration, Read, ReferenceLabel, Review

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]
Seat = Callable[[str], Page]


@pytest.fixture
def seat(new_page: Callable[[], Page], sign_in: Callable[[Page, str], Any]) -> Seat:
    """seat("anna"): a browser at which she is signed in."""

    def sit(name: str) -> Page:
        page = new_page()
        sign_in(page, name)
        return page

    return sit


@pytest.fixture
def nodules(server: str, images_folder: Path, tmp_path: Path) -> Study:
    """The demonstration's questions about two cases with images."""
    return with_phantoms(study(protocol=protocol(), guideline=guideline()), tmp_path / "sent")


@pytest.fixture
def marked(server: str, images_folder: Path, tmp_path: Path) -> Study:
    """Cases in which any number of nodules may be marked."""
    return with_phantoms(study(protocol=RULES, guideline=MARKING), tmp_path / "sent")


def test_a_layout_that_was_chosen_is_there_in_the_next_case_too(nodules: Study, seat: Seat) -> None:
    page = seat("anna")
    begin(page)
    expect(page.locator(".viewer-cell")).to_have_count(1)
    with page.expect_response("**/account/looks"):
        page.get_by_label("Layout, rows and columns").select_option("1 × 2")
    page.reload()
    shown(page)
    expect(page.locator(".viewer-cell")).to_have_count(2)


def test_a_reader_draws_a_box_answers_and_goes_on(
    nodules: Study, seat: Seat, axe: Check, shoot: Shoot
) -> None:
    page = seat("anna")
    begin(page)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    axe(page)
    shoot(page, "images-read")
    press(page, "1")
    box = page.get_by_role("group", name="Nodule", exact=True)
    expect(box.get_by_text("Not drawn yet")).to_be_visible()
    drag(page)
    expect(box.get_by_text("On the image")).to_be_visible()
    press(page, "4 1 6 3 5 1 1 5 3")
    expect(page.locator("#kept")).to_contain_text("Saved")
    axe(page)
    shoot(page, "images-read-filled")
    page.reload()
    shown(page)
    expect(box.get_by_text("On the image")).to_be_visible()
    submit(page)
    shown(page)
    mark = Read.objects.get().content.data["fields"]["nodule"]
    assert mark["min"][0] < mark["max"][0]
    assert mark["on"]["series"].startswith("2.25.")


def test_findings_are_drawn_redrawn_and_removed_on_either_side(
    marked: Study, seat: Seat, axe: Check, shoot: Shoot
) -> None:
    page = seat("anna")
    begin(page)
    press(page, "1")
    for number in (1, 2):
        page.get_by_role("button", name="Draw Nodule").click()
        drag(page, (0.2 * number, 0.3), (0.2 * number + 0.1, 0.4))
        finding = page.get_by_role("group", name=f"{number}. Nodule")
        expect(finding.get_by_text("On the image")).to_be_visible()
        expect(finding.get_by_label("Yes")).to_be_focused()
        press(page, str(number))
    axe(page)
    first = page.get_by_role("group", name="1. Nodule")
    first.get_by_text("Coordinates").click()
    left = first.get_by_label("Left edge")
    before = left.input_value()
    first.get_by_role("button", name="Draw it anew").click()
    drag(page, (0.35, 0.5), (0.45, 0.6))
    expect(left).not_to_have_value(before)
    expect(page.get_by_role("group", name="2. Nodule")).to_have_count(1)
    page.get_by_role("button", name="Remove finding 1").click()
    expect(page.get_by_role("group", name="2. Nodule")).to_have_count(0)
    expect(page.get_by_role("group", name="1. Nodule").get_by_label("No")).to_be_checked()
    assert own_marks(page) == 1
    page.get_by_role("button", name="Draw Carina").click()
    drag(page, (0.5, 0.5), (0.5, 0.5))
    expect(page.get_by_role("group", name="2. Carina")).to_be_focused()
    shoot(page, "images-findings")
    submit(page)
    findings = Read.objects.get().content.data["findings"]
    assert [(one["type"], one["fields"]) for one in findings] == [
        ("nodule", {"solid": False}),
        ("carina", {}),
    ]


def own_marks(page: Page) -> int:
    """How many marks the form holds."""
    return page.locator("[data-finding]").count()


def test_without_a_mouse(marked: Study, seat: Seat) -> None:
    page = seat("anna")
    begin(page)
    press(page, "1")
    page.get_by_text("Add by coordinates").focus()
    press(page, "Enter Tab Enter")
    expect(page.get_by_label("Left edge")).to_be_focused()
    for text in ("100", "110", "120.5", "130", "1", "3"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    expect(page.get_by_role("group", name="1. Nodule").get_by_text("On the image")).to_be_visible()
    page.keyboard.press("Tab")
    press(page, "1")
    page.keyboard.press("Alt+ArrowDown")
    expect(page.get_by_role("group", name="1. Nodule")).to_be_focused()
    submit(page)
    [finding] = Read.objects.get().content.data["findings"]
    assert (finding["mark"]["max"], finding["mark"]["on"]["slices"]) == ([120500, 130000], [1, 3])


def test_what_was_drawn_offline_is_added_when_the_service_is_back(marked: Study, seat: Seat) -> None:
    page = seat("anna")
    begin(page)
    page.get_by_role("button", name="Draw Nodule").click()
    page.context.set_offline(True)
    drag(page)
    expect(page.locator("#viewer-trouble")).to_contain_text("Offline")
    page.get_by_label("Good").check()
    expect(page.locator("#kept")).to_contain_text("Offline: kept on this page")
    page.context.set_offline(False)
    expect(page.get_by_role("group", name="1. Nodule")).to_be_visible()
    expect(page.get_by_label("Good")).to_be_checked()
    expect(page.locator("#kept")).to_contain_text("Saved")
    expect(page.locator("#viewer-trouble")).to_be_hidden()


def has_read(marked: Study, name: str, *lefts: int) -> None:
    """A read is submitted with nodules at these left edges."""
    task = marked.claim(name)
    series = uids_for(task).shown(task.case.images.get().series.uid)
    found = [finding(series, f"f{n}", left) for n, left in enumerate(lefts, 1)]
    said = {"schema": "consilium/read/v1", "fields": {"quality": 1}, "findings": found}
    marked.submit(name, task, {"labels": said})


def test_a_reviewer_sees_the_read_on_the_images_and_corrects_it(
    marked: Study, seat: Seat, axe: Check, shoot: Shoot
) -> None:
    has_read(marked, "anna", 200)
    page = seat("jin")
    begin(page)
    axe(page)
    shoot(page, "images-review")
    page.locator(".viewer-pick", has_text="Nodule").click()
    expect(page.locator("#viewer-chosen")).to_have_text("The read: Nodule")
    press(page, "2")
    expect(page.get_by_role("group", name="1. Nodule").get_by_text("On the image")).to_be_visible()
    page.locator(".viewer-pick", has_text="read").click()
    page.get_by_role("button", name="Comment on it").click()
    page.keyboard.type("There is one more.")
    page.get_by_role("button", name="Draw Nodule").click()
    drag(page, (0.3, 0.4), (0.35, 0.45))
    page.get_by_role("group", name="2. Nodule").get_by_label("Yes").check()
    page.get_by_label("Why?").select_option("missed")
    axe(page)
    shoot(page, "images-review-correct")
    submit(page)
    review = Review.objects.get()
    assert review.correction is not None
    assert len(review.correction.data["findings"]) == 2
    assert review.comments is not None
    assert [one["path"] for one in review.comments.data["comments"]] == ["/findings/f1"]


def test_an_arbiter_takes_a_mark_of_a_read_from_the_images(
    marked: Study, seat: Seat, axe: Check, shoot: Shoot
) -> None:
    has_read(marked, "anna", 200)
    has_read(marked, "bob", 200, 300)
    for name in ("jin", "jana"):
        marked.review(name)
    page = seat("sana")
    begin(page)
    before = page.locator("[data-finding]").count()
    axe(page)
    shoot(page, "images-arbitrate")
    letter = page.locator("button[value^='take:'][value$=':f2']").get_attribute("value")
    assert letter is not None
    key = letter.removeprefix("take:")
    page.locator(f".viewer-pick[data-pick='{key}']").click()
    page.locator("#viewer-chosen").get_by_role("button", name="Take it into my answer").click()
    expect(page.locator("[data-finding]")).to_have_count(before + 1)
    expect(page.locator("[data-finding]").last.get_by_text("On the image")).to_be_visible()
    page.get_by_label("Why did the reads differ").select_option("perception")
    page.get_by_label("Rationale").fill("It is there on three slices.")
    axe(page)
    submit(page)
    assert Arbitration.objects.get().outcome == "decided"
    assert len(ReferenceLabel.objects.get().content.data["labels"]["findings"]) == before + 1


def test_nothing_found_is_one_key(marked: Study, seat: Seat, axe: Check, shoot: Shoot) -> None:
    page = seat("anna")
    begin(page)
    shoot(page, "images-normal")
    page.keyboard.press("Alt+Enter")
    expect(page.locator("#messages")).to_contain_text("is submitted")
    shown(page)
    said = Read.objects.get().content.data
    assert (said["fields"], said["findings"]) == ({"quality": 1}, [])
    page.get_by_label("Limited").check()
    page.locator("#viewer .viewer-cell").first.focus()
    page.keyboard.press("Alt+Enter")
    expect(page.locator("#faults")).to_contain_text("isn’t normal here")
    assert Read.objects.count() == 1


def test_what_was_missed_is_drawn_and_comes_back_to_the_reader(
    marked: Study, seat: Seat, axe: Check, shoot: Shoot
) -> None:
    has_read(marked, "anna", 200)
    has_read(marked, "bob", 200)
    page = seat("jin")
    begin(page)
    page.get_by_role("button", name="Missed here").click()
    drag(page, (0.3, 0.4), (0.35, 0.45))
    expect(page.locator("#viewer-trouble")).to_contain_text("Choose first")
    press(page, "3")
    page.get_by_label("Why?").select_option("missed")
    page.get_by_role("button", name="Draw what was missed").click()
    drag(page, (0.3, 0.4), (0.35, 0.45))
    expect(page.get_by_role("textbox", name="Missed here")).to_be_focused()
    page.keyboard.type("A second one.")
    expect(page.locator("#kept")).to_contain_text("Saved")
    page.reload()
    shown(page)
    expect(page.get_by_role("textbox", name="Missed here")).to_have_value("A second one.")
    axe(page)
    shoot(page, "images-missed")
    submit(page)
    review = Review.objects.get()
    assert review.comments is not None
    [kept] = review.comments.data["comments"]
    assert kept["mark"]["on"]["series"] == review.case.images.get().series.uid
    marked.review("jana")
    reader = seat(review.read.member.user.username)
    begin(reader)
    expect(reader.locator(".viewer-pick", has_text="A second one.")).to_be_visible()
