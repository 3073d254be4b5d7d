"""An auditor in a real browser: finds an event in the log, follows a case to its label, reads the registers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.databases import TestDatabases
from tests.people import Study, publish_new_guideline, study
from tests.provenance.dossiers import disputed
from tests.sealed import a_sealer, seal_all
from tests.staff import give, put

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]
SignIn = Callable[[Page, str], Any]


@pytest.fixture
def chest(server: str) -> Study:
    """A study with a returned read, a dispute that was decided, two guideline versions and a change of roles."""
    chest = study("lung-001", "lung-002")
    chest.read("anna", malignancy=1)
    chest.read("bob", malignancy=5)
    chest.review("jin", "return", note="The margin is spiculated: look again.")
    chest.review("jana")
    chest.read("anna", malignancy=2)
    chest.review("jin")
    publish_new_guideline(chest)
    give(chest, "cleo", "annotator", "junior_reviewer")
    put(chest, "paused", "jules")
    return chest


@pytest.fixture
def aud(chest: Study, page: Page, sign_in: SignIn) -> Page:
    """The auditor's browser, at the projects."""
    sign_in(page, "aud")
    page.goto("/audit/")
    return page


@pytest.fixture
def dossier(page: Page, server: str, sign_in: SignIn, tmp_path: Path, own_databases: TestDatabases) -> Page:
    """The dossier of a case in its second round, all but its last events under a signed head."""
    chest = disputed()
    seal_all(a_sealer(tmp_path), own_databases)
    chest.reopen("same_readers")
    sign_in(page, "aud")
    page.goto(f"/audit/chest/cases/{chest.case().pk}/dossier/")
    return page


def test_an_event_is_found_by_what_was_done_and_read_in_full(aud: Page, axe: Check, shoot: Shoot) -> None:
    axe(aud)
    shoot(aud, "auditor-projects")
    aud.get_by_role("link", name="Chest").click()
    axe(aud)
    shoot(aud, "auditor-log")
    aud.get_by_label("What was done").select_option("review.returned")
    aud.get_by_role("button", name="Show").click()
    expect(aud.get_by_text("1 found")).to_be_visible()
    expect(aud.get_by_text("The margin is spiculated: look again.")).to_be_visible()
    shoot(aud, "auditor-log-narrowed")
    aud.locator("tbody a").first.click()
    aud.locator("details summary").first.click()
    expect(aud.get_by_role("heading", name="The whole event, as it was hashed")).to_be_visible()
    axe(aud)
    shoot(aud, "auditor-event")


def test_a_case_is_followed_from_intake_with_its_superseded_reads(
    aud: Page, axe: Check, shoot: Shoot
) -> None:
    aud.goto("/audit/chest/cases/")
    axe(aud)
    shoot(aud, "auditor-cases")
    aud.get_by_label("Reference contains").fill("001")
    aud.keyboard.press("Enter")
    aud.get_by_role("link", name="lung-001").click()
    expect(aud.get_by_text("superseded")).to_be_visible()
    axe(aud)
    shoot(aud, "auditor-case")


def test_a_dossier_is_read_on_the_screen_and_printed(dossier: Page, axe: Check, shoot: Shoot) -> None:
    axe(dossier)
    shoot(dossier, "auditor-dossier")
    expect(dossier.locator(".sheet-head")).to_be_hidden()
    dossier.emulate_media(media="print", color_scheme="dark")
    for hidden in (dossier.get_by_role("navigation"), dossier.get_by_role("link", name="As JSON")):
        expect(hidden.first).to_be_hidden()
    head = dossier.locator(".sheet-head")
    expect(head).to_be_visible()
    assert dossier.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert dossier.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


def test_the_registers_tell_versions_and_readers(aud: Page, axe: Check, shoot: Shoot) -> None:
    for name, link in (("versions", "Version 2"), ("readers", "Cleo Annotator")):
        aud.goto(f"/audit/chest/{name}/")
        axe(aud)
        shoot(aud, f"auditor-{name}")
        aud.get_by_role("link", name=link).first.click()
        axe(aud)
        shoot(aud, f"auditor-{name}-one")


def test_the_log_is_read_by_the_keyboard_alone(aud: Page) -> None:
    aud.goto("/audit/chest/log/")
    aud.keyboard.press("Tab")
    expect(aud.get_by_role("link", name="To the content")).to_be_focused()
    aud.keyboard.press("Enter")
    for _ in range(20):
        aud.keyboard.press("Tab")
        if aud.evaluate("document.activeElement.name") == "case":
            break
    aud.keyboard.type("lung-001")
    aud.keyboard.press("Enter")
    expect(aud.get_by_text("The whole log")).to_be_visible()
    assert "case=lung-001" in aud.url
