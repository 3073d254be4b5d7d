"""A case from the first read to the reference label, by four people with the keyboard alone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from demo.guidelines import guideline
from demo.protocols import protocol
from tests.people import PROTOCOL, Study, publish_new_guideline, study, with_protocol
from tests.workflow.labels.examples import SCHEMA
from workflow.models import Arbitration, Read, ReferenceLabel, Review, SafetyReport

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]
SignIn = Callable[[Page, str], Any]
NewPage = Callable[[], Page]

PLACE = {"kind": "point", "on": {"series": "1.2.3", "slices": [209, 209]}, "at": [300500, 320000]}
SHOWN = {
    "question": "Is there a nodule of 3 mm or more at the marked place? If so, outline and rate it.",
    "place": PLACE,
}
TWICE = with_protocol(reads={"rule": "unanimous", "count": 2, "max": 2}, second_look={"rounds": 1})
RULES = {**protocol(), "safety_contact": {"acknowledge_within": "24h"}}
EVERY_KIND = {
    "schema": "consilium/guideline/v1", "title": "Every kind", "instructions": "Answer all.", "label_schema": SCHEMA,
    "examples": [],
}  # fmt: skip


@pytest.fixture
def nodules(server: str) -> Study:
    """The demonstration's questions, with two cases."""
    chest = study(protocol=RULES, guideline=guideline())
    chest.register("case-1", "case-2", shown=SHOWN)
    return chest


@pytest.fixture
def seat(new_page: NewPage, sign_in: SignIn) -> Callable[[str], Page]:
    """seat("anna"): a browser at which she is signed in."""

    def sit(name: str) -> Page:
        page = new_page()
        sign_in(page, name)
        return page

    return sit


def start(page: Page) -> None:
    """Start next: the button has the focus."""
    page.goto("/work/")
    expect(page.get_by_role("button", name="Start next")).to_be_focused()
    page.keyboard.press("Enter")
    ready(page)


def ready(page: Page) -> None:
    """Wait until the form answers to keys."""
    expect(page.locator("#work[data-ready]")).to_be_visible()


def press(page: Page, keys: str) -> None:
    """One key after the other."""
    for key in keys.split():
        page.keyboard.press(key)


def no_nodule(page: Page) -> None:
    """A read that answers no: two keys."""
    press(page, "2 Control+Enter")


def a_nodule(page: Page, malignancy: int, left: str = "295") -> None:
    """A read that answers yes: the box, then nine ratings, each by its number."""
    press(page, "1")
    expect(page.get_by_label("Left edge")).to_be_focused()
    for text in (left, "316", "305", "325", "208", "211"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    press(page, f"4 1 6 3 5 1 1 5 {malignancy}")


def submit(page: Page, words: str = "is submitted") -> None:
    """Submit and next."""
    page.keyboard.press("Control+Enter")
    expect(page.locator("#messages")).to_contain_text(words)
    if page.locator("#work").count():
        ready(page)


def test_from_the_first_read_to_the_label(
    nodules: Study, seat: Callable[[str], Page], axe: Check, shoot: Shoot
) -> None:
    for name, malignancy in (("anna", 3), ("bob", 5)):
        page = seat(name)
        start(page)
        if name == "anna":
            axe(page)
            shoot(page, "read")
        a_nodule(page, malignancy)
        if name == "anna":
            shoot(page, "read-filled")
            axe(page)
        submit(page)
    assert Read.objects.count() == 2
    for name in ("jin", "jana"):
        page = seat(name)
        start(page)
        axe(page)
        shoot(page, "review")
        press(page, "1")
        submit(page)
    assert Review.objects.count() == 2
    arbitrate(seat("sana"), axe, shoot)
    assert ReferenceLabel.objects.get().content.data["labels"]["fields"]["malignancy"] == 5


def arbitrate(page: Page, axe: Check, shoot: Shoot) -> None:
    """First blind, then with the reads."""
    start(page)
    expect(page.get_by_text("Reader A")).to_have_count(0)
    a_nodule(page, 5)
    submit(page, "Your own read is kept")
    expect(page.get_by_text("Reads on both sides of critical cut-off 4.")).to_be_visible()
    axe(page)
    shoot(page, "arbitrate")
    page.keyboard.press("o")
    page.get_by_role("group", name="Malignancy, my own answer").get_by_label("Highly suspicious").focus()
    page.keyboard.press("5")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#faults")).to_be_focused()
    axe(page)
    shoot(page, "arbitrate-faults")
    page.get_by_label("Why did the reads differ").focus()
    page.keyboard.type("Seen by all")
    page.get_by_label("Rationale").focus()
    page.keyboard.type("Spiculated, and larger than before.")
    submit(page)
    assert Arbitration.objects.get().outcome == "decided"


def test_what_is_asked_follows_the_answers_and_faults_lead_to_their_place(
    nodules: Study, seat: Callable[[str], Page], axe: Check, shoot: Shoot
) -> None:
    page = seat("anna")
    start(page)
    expect(page.get_by_role("group", name="Subtlety")).to_be_hidden()
    press(page, "1")
    expect(page.get_by_role("group", name="Subtlety")).to_be_visible()
    page.keyboard.type("295")
    page.keyboard.press("Enter")  # in one field, Enter sends nothing
    expect(page.locator("#faults")).to_have_count(0)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#faults")).to_be_focused()
    expect(page.get_by_label("Left edge")).to_have_value("295")
    axe(page)
    shoot(page, "read-faults")
    press(page, "Tab Enter")
    expect(page.get_by_label("Left edge")).to_be_focused()
    page.get_by_label("No", exact=True).check()
    submit(page)
    assert Read.objects.get().content.data["fields"] == {"nodule_present": False}


def test_what_is_typed_is_kept_by_itself(
    nodules: Study, seat: Callable[[str], Page], axe: Check, shoot: Shoot
) -> None:
    page = seat("anna")
    start(page)
    press(page, "1")
    page.keyboard.type("295.5")
    expect(page.locator("#kept")).to_contain_text("Saved")
    page.reload()
    ready(page)
    expect(page.get_by_label("Left edge")).to_have_value("295.5")
    other = page.context.new_page()
    other.goto(page.url)
    ready(other)
    other.get_by_label("Top edge").fill("7")
    expect(other.locator("#kept")).to_contain_text("Saved")
    other.close()
    page.get_by_label("Top edge").fill("8")
    expect(page.locator("#trouble")).to_contain_text("Another tab or device")
    expect(page.get_by_label("Top edge")).to_have_value("8")
    axe(page)


def test_an_urgent_finding_and_skipping_by_the_keyboard(
    nodules: Study, seat: Callable[[str], Page], axe: Check, shoot: Shoot
) -> None:
    page = seat("anna")
    start(page)
    press(page, "2 u")
    expect(page.locator("#report")).to_be_visible()
    axe(page)
    shoot(page, "report")
    press(page, "Space Tab")
    page.keyboard.type("A large pneumothorax on the left.")
    press(page, "Tab Enter")
    expect(page.locator("#report")).to_contain_text("Reported.")
    expect(page.get_by_role("button", name="Back to the case")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#report")).to_be_hidden()
    expect(page.get_by_label("No", exact=True)).to_be_checked()
    assert SafetyReport.objects.get().kind == "urgent"
    page.keyboard.press("Control+Space")
    expect(page.locator("#skip")).to_be_visible()
    axe(page)
    shoot(page, "skip")
    press(page, "Space")
    page.get_by_role("button", name="Skip and next").press("Enter")
    expect(page.locator("#messages")).to_contain_text("passed on")
    contact = seat("maria")
    contact.goto("/account/")
    axe(contact)
    shoot(contact, "account")
    contact.get_by_role("link", name="Look at it").press("Enter")
    expect(contact.get_by_text("A large pneumothorax")).to_be_visible()
    axe(contact)
    shoot(contact, "safety-report")
    contact.get_by_role("button", name="Acknowledge").press("Enter")
    expect(contact.locator("#messages")).to_contain_text("is acknowledged")
    axe(contact)
    shoot(contact, "safety")


def test_every_kind_of_field_and_findings(
    server: str, seat: Callable[[str], Page], axe: Check, shoot: Shoot
) -> None:
    study("case-1", protocol={**PROTOCOL, "fields": {}}, guideline=EVERY_KIND)
    page = seat("anna")
    start(page)
    page.get_by_label("Solid", exact=True).check()
    page.get_by_role("group", name="Grade").get_by_label("Grade 2").check()
    page.get_by_role("group", name="Contrast given").get_by_label("No", exact=True).check()
    page.get_by_role("group", name="Signs").get_by_label("None of these").check()
    page.get_by_role("button", name="Add Nodule").press("Enter")
    expect(page.get_by_role("group", name="1. Nodule").get_by_label("Left edge")).to_be_focused()
    expect(page.get_by_label("Solid", exact=True).first).to_be_checked()
    for text in ("0", "0", "4", "4.5", "3", "6"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("4")
    page.get_by_role("button", name="Add Landmark").press("Enter")
    expect(page.get_by_role("group", name="2. Landmark").get_by_role("textbox").first).to_be_focused()
    page.get_by_role("button", name="Remove finding 2").press("Enter")
    expect(page.get_by_role("group", name="2. Landmark")).to_have_count(0)
    axe(page)
    shoot(page, "every-kind")
    submit(page)
    [finding] = Read.objects.get().content.data["findings"]
    assert (finding["mark"]["max"], finding["fields"]) == ([4000, 4500], {"calcification": 4})


def test_a_reviewer_corrects_and_a_reader_takes_a_second_look(
    server: str, seat: Callable[[str], Page], axe: Check, shoot: Shoot
) -> None:
    chest = study("case-1", protocol=TWICE)
    chest.read("anna", finding="nodule")
    page = seat("jin")
    start(page)
    press(page, "2")
    page.get_by_label("Why?").focus()
    page.keyboard.type("A slip")
    page.get_by_label("The read as a whole").focus()
    page.keyboard.type("The margin is that of a mass.")
    page.get_by_label("Mass", exact=True).check()
    axe(page)
    shoot(page, "review-correct")
    submit(page)
    assert Review.objects.get().correction.data["fields"]["finding"] == "mass"
    chest.read("bob", finding="none")
    chest.review("jana")
    reader = seat("bob")
    start(reader)
    expect(reader.get_by_role("row", name="Finding None differs: Mass")).to_be_visible()
    axe(reader)
    shoot(reader, "second-look")
    reader.get_by_label("Mass", exact=True).check()
    submit(reader)


def test_a_new_guideline_is_read_before_the_next_case(
    nodules: Study, seat: Callable[[str], Page], axe: Check, shoot: Shoot
) -> None:
    publish_new_guideline(nodules, guideline())
    page = seat("anna")
    page.goto("/work/")
    axe(page)
    shoot(page, "queue-gate")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Changed since version 1")).to_be_visible()
    axe(page)
    shoot(page, "guideline")
    page.get_by_role("button", name="I have read it", exact=True).press("Enter")
    expect(page.locator("#messages")).to_contain_text("acknowledged")


def test_a_phone_shows_the_queue_and_refuses_reading(
    nodules: Study, seat: Callable[[str], Page], axe: Check, shoot: Shoot
) -> None:
    page = seat("anna")
    page.goto("/work/")
    axe(page)
    shoot(page, "queue")
    start(page)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_text("This screen is too small for reading")).to_be_visible()
    expect(page.locator("#work")).to_be_hidden()
    axe(page)
    shoot(page, "phone-read")
    page.goto("/work/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    axe(page)
    shoot(page, "phone-queue")


def test_the_list_of_keys_and_turning_single_keys_off(
    nodules: Study, seat: Callable[[str], Page], axe: Check
) -> None:
    page = seat("anna")
    start(page)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    axe(page)
    page.get_by_label("Use keys without Ctrl").uncheck()
    page.keyboard.press("Escape")
    press(page, "2")
    expect(page.get_by_label("No", exact=True)).not_to_be_checked()
