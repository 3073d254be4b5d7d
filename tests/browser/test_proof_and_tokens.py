"""Exports, limited tokens and work taken back, in a real browser, by keyboard where it matters."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from accounts.models import Token
from tasks.models import Task
from tests.people import person, study

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]
SignIn = Callable[[Page, str], Any]
PASSWORD = "a long enough passphrase"


def test_an_auditor_asks_for_a_bundle(
    server: str, page: Page, sign_in: SignIn, axe: Check, shoot: Shoot
) -> None:
    study("case-1").agree_at_two()
    sign_in(page, "aud")
    page.goto("/audit/chest/exports/")
    axe(page)
    page.get_by_role("button", name="Export").press("Enter")
    expect(page.get_by_role("table")).to_be_visible()
    axe(page)
    shoot(page, "auditor-exports")


def test_a_token_is_made_for_one_project_and_reading_alone(
    server: str, page: Page, sign_in: SignIn, axe: Check, shoot: Shoot
) -> None:
    study()
    maria = person("maria")
    maria.set_password(PASSWORD)
    maria.save()
    sign_in(page, "maria")
    page.goto("/account/tokens/new")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").press("Enter")
    axe(page)
    shoot(page, "account-token-new")
    page.get_by_label("Name").fill("Statistics")
    page.get_by_label("Chest").check()
    page.get_by_role("button", name="Make the token").press("Enter")
    expect(page.get_by_label("Token", exact=True)).to_be_focused()
    axe(page)
    shoot(page, "account-token-made")
    made = Token.objects.get()
    assert (made.projects, made.verbs) == (["chest"], ["read"])


def test_a_manager_takes_a_task_back(
    server: str, page: Page, sign_in: SignIn, axe: Check, shoot: Shoot
) -> None:
    study("case-1").claim("anna")
    sign_in(page, "maria")
    page.goto("/projects/chest/work/")
    page.get_by_role("link", name="Take back").press("Enter")
    axe(page)
    shoot(page, "manager-take-back")
    page.get_by_label("Reason").fill("holder_away")
    page.get_by_role("button", name="Take back").press("Enter")
    expect(page.get_by_text("anybody’s again")).to_be_visible()
    assert Task.objects.get(slot=1).status == "open"
