"""A manager at work in a real browser: brings cases in, looks after them and their people, publishes versions."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Credential
from audit.log import Reason
from tasks.cases import hold, set_priority
from tests.people import Study, study
from tests.staff import conflict, put
from workflow.models import Case, GuidelineVersion, Membership

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]
SignIn = Callable[[Page, str], Any]

TABLE = (
    "external_ref,patient_key,split,priority,site\n"
    "lung-101,p-1,train,5,north\nlung-102,p-1,test,,north\nlung-103,p-3,tune,,south\n"
)
LATER = Reason("waits_for_prior", "The prior of 2024 is being fetched.")


@pytest.fixture
def chest(server: str) -> Study:
    """A study in the middle of its work: a returned read, a dispute, a final case, one on hold."""
    chest = study("lung-001", "lung-002")
    for values in ({}, {"malignancy": 5}):
        chest.read("anna")
        chest.read("bob", **values)
        chest.review("jin", "return" if values else "accept")
        chest.review("jana")
    chest.register("lung-003", "lung-004", "lung-005")
    boss = chest.acting("maria")
    hold(acting=boss, case_id=chest.case("lung-004").pk, reason=LATER)
    set_priority(acting=boss, case_id=chest.case("lung-005").pk, priority=20)
    chest.claim("cleo")
    conflict(chest, "bob", "south")
    put(chest, "paused", "jules")
    soon = date.today() + timedelta(days=20)
    Credential.objects.filter(user__username="sana").update(valid_to=soon)
    return chest


@pytest.fixture
def maria(chest: Study, page: Page, sign_in: SignIn) -> Page:
    """Her browser, at the overview."""
    sign_in(page, "maria")
    page.goto("/projects/chest/")
    return page


def go(page: Page, place: str) -> None:
    """Go to one of the project's places."""
    page.get_by_role("navigation", name="Chest").get_by_role("link", name=re.compile(place)).click()


def test_every_page_reads_well_in_light_and_dark(maria: Page, axe: Check, shoot: Shoot, chest: Study) -> None:
    case = f"/projects/chest/cases/{chest.case('lung-002').pk}/"
    anna = f"/projects/chest/people/{chest.members['anna'].pk}/"
    maria.goto("/projects/chest/versions/")
    for line in ("guideline", "protocol"):
        maria.goto("/projects/chest/versions/")
        maria.get_by_role("region", name=line).get_by_role("button", name="Begin a new version").click()
        maria.get_by_role("button", name="Save the draft").wait_for()
    pages = {
        "projects": "/projects/", "overview": "/projects/chest/", "cases": "/projects/chest/cases/", "case": case,
        "case-act": f"{case}exclude/", "work": "/projects/chest/work/", "people": "/projects/chest/people/",
        "person": anna, "person-act": f"{anna}credentials/", "admit": "/projects/chest/people/new/",
        "quality": "/projects/chest/quality/?by=site",
        "staffing": "/projects/chest/staffing/", "versions": "/projects/chest/versions/",
        "version": "/projects/chest/protocol/1/", "draft": "/projects/chest/guideline/2/edit/",
        "publish": "/projects/chest/protocol/2/publish/", "import": "/projects/chest/cases/import/",
    }  # fmt: skip
    for name, address in pages.items():
        maria.goto(address)
        axe(maria)
        shoot(maria, f"manager-{name}")


def test_the_figures_of_a_field_open_by_the_keyboard(maria: Page, axe: Check, shoot: Shoot) -> None:
    go(maria, "Quality")
    maria.locator("summary").first.focus()
    maria.keyboard.press("Enter")
    expect(maria.get_by_role("cell", name="Krippendorff").first).to_be_visible()
    axe(maria)
    shoot(maria, "manager-quality-open")


def test_cases_are_imported_once_every_row_is_right(maria: Page, axe: Check, shoot: Shoot) -> None:
    go(maria, "Import")
    maria.get_by_label("A CSV file").set_input_files(
        {"name": "lung.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    )
    maria.get_by_role("button", name="Check").click()
    expect(maria.get_by_role("heading", name="3 rows: 2 new, 0 there already, 1 with faults")).to_be_visible()
    axe(maria)
    shoot(maria, "manager-import-faults")
    text = maria.get_by_label("Or its text")
    text.fill(text.input_value().replace("p-1,test", "p-2,test"))
    maria.get_by_role("button", name="Check").click()
    shoot(maria, "manager-import-checked")
    maria.get_by_role("button", name="Register 3 cases").click()
    expect(maria.get_by_text("3 cases registered.")).to_be_visible()
    assert Case.objects.filter(external_ref__startswith="lung-10").count() == 3


def test_chosen_cases_are_held_by_the_keyboard_alone(maria: Page, axe: Check, shoot: Shoot) -> None:
    go(maria, "Cases")
    for ref in ("lung-003", "lung-004"):
        maria.get_by_label(f"Choose {ref}").focus()
        maria.keyboard.press("Space")
    maria.get_by_role("button", name="Put on hold").focus()
    maria.keyboard.press("Enter")
    expect(maria.get_by_role("heading", name="1 of 2 chosen cases")).to_be_visible()
    axe(maria)
    shoot(maria, "manager-bulk")
    maria.get_by_label("Reason", exact=True).focus()
    maria.keyboard.type("quality_query")
    maria.keyboard.press("Enter")
    expect(maria.get_by_role("heading", name="done for 1 of 2 cases")).to_be_visible()
    assert set(Case.objects.filter(held=True).values_list("external_ref", flat=True)) == {
        "lung-003",
        "lung-004",
    }


def test_all_cases_of_a_page_are_chosen_at_once(maria: Page) -> None:
    go(maria, "Cases")
    maria.get_by_role("button", name="Choose all on this page").click()
    maria.get_by_role("button", name="Change priority").click()
    expect(maria.get_by_role("heading", name="4 of 5 chosen cases")).to_be_visible()


def test_a_filtered_list_is_an_address_that_can_be_sent(maria: Page) -> None:
    go(maria, "Cases")
    maria.get_by_label("final", exact=True).check()
    maria.get_by_role("button", name="Show").click()
    expect(maria.get_by_text("1 found")).to_be_visible()
    maria.get_by_role("link", name="Reference").click()
    expect(maria.locator("th[aria-sort=ascending]")).to_have_text(re.compile("Reference"))
    maria.goto(maria.url)
    expect(maria.get_by_label("final", exact=True)).to_be_checked()


def test_a_new_person_is_let_in_and_their_password_shown_once(maria: Page, axe: Check, shoot: Shoot) -> None:
    go(maria, "People")
    maria.get_by_role("link", name="Let somebody in").click()
    maria.get_by_label("User name").fill("nora")
    maria.get_by_label("Make a new account").check()
    maria.get_by_label("First name").fill("Nora")
    maria.get_by_label("annotator").check()
    maria.get_by_role("button", name="Let in").click()
    expect(maria.get_by_role("heading", name="Nora is in the project")).to_be_visible()
    password = maria.locator(".password").nth(1).inner_text()
    axe(maria)
    shoot(maria, "manager-admitted")
    assert Membership.objects.get(user__username="nora").user.check_password(password)
    maria.get_by_role("link", name="Go on").click()
    expect(maria.get_by_text("None is known")).to_be_visible()


def test_a_guideline_goes_from_fault_to_published_and_typing_survives_a_lost_session(
    maria: Page, axe: Check, shoot: Shoot, sign_in: SignIn
) -> None:
    go(maria, "Guideline and protocol")
    maria.get_by_role("region", name="guideline").get_by_role("button", name="Begin a new version").click()
    maria.get_by_label("Title", exact=True).fill("")
    maria.get_by_role("button", name="Save the draft").click()
    expect(maria.get_by_text("The guideline needs a title.")).to_be_visible()
    axe(maria)
    shoot(maria, "manager-draft-faults")
    maria.get_by_label("Title", exact=True).fill("Chest nodules")
    draft = maria.url
    maria.context.clear_cookies()
    maria.keyboard.press("Control+s")
    expect(maria.get_by_role("heading", name="This page was open for too long")).to_be_visible()
    sign_in(maria, "maria")
    maria.goto(draft)
    maria.get_by_role("button", name="Take it").click()
    expect(maria.get_by_label("Title", exact=True)).to_have_value("Chest nodules")
    maria.keyboard.press("Control+s")
    expect(maria.get_by_text("As saved, this draft can be published.")).to_be_visible()
    expect(maria.locator("[data-kept]")).to_be_hidden()
    maria.get_by_role("link", name="Publish").click()
    maria.get_by_label("What changed").fill("The title names the finding.")
    maria.get_by_label("Editorial").check()
    maria.get_by_role("button", name="Publish version 2").click()
    expect(maria.get_by_text("Version 2 of the guideline is published.")).to_be_visible()
    assert GuidelineVersion.objects.get(number=2).status == "published"
