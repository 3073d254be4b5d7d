"""Signing in with a browser: by password, with an app, by passkey; and how the pages look and read."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from config import oidc
from tests.accounts import provider
from tests.accounts.signing_in import PASSWORD, code_now, with_password

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]


@pytest.fixture
def anna(server: str) -> User:
    """Anna, who can sign in by name and password."""
    return with_password("anna")


@pytest.fixture
def key(page: Page) -> None:
    """A key in this computer that knows its owner's finger."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def by_password(page: Page, password: str = PASSWORD) -> None:
    """Fill in the form by the keyboard alone; the name has the focus already."""
    page.goto("/accounts/login/")
    expect(page.get_by_label("Username")).to_be_focused()
    page.keyboard.type("anna")
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def on(page: Page, title: str) -> None:
    """Wait for the page of this title."""
    expect(page.get_by_role("heading", name=title)).to_be_visible()


def signed_in(page: Page) -> None:
    """Wait until the page says so."""
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def confirm(page: Page) -> None:
    """Show again that it is you."""
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()


def sign_out(page: Page) -> None:
    """By the button that is on every page."""
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()


def test_by_password_with_the_keyboard(page: Page, anna: User, axe: Check, shoot: Shoot) -> None:
    page.goto("/accounts/login/")
    axe(page)
    shoot(page, "sign-in")
    by_password(page, "wrong")
    expect(page.get_by_role("alert").first).to_contain_text("don't belong together")
    expect(page.get_by_label("Password")).to_be_focused()
    axe(page)
    shoot(page, "sign-in-wrong")
    by_password(page)
    signed_in(page)
    sign_out(page)


def test_a_phone_shows_the_whole_page(page: Page, anna: User, axe: Check, shoot: Shoot) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/accounts/login/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    axe(page)
    shoot(page, "sign-in-phone")


def test_with_an_authenticator_app(page: Page, anna: User, axe: Check, shoot: Shoot) -> None:
    by_password(page)
    signed_in(page)
    page.goto("/accounts/2fa/")
    axe(page)
    shoot(page, "second-step")
    page.get_by_role("link", name="Turn on").click()
    on(page, "Show that it is you")
    axe(page)
    shoot(page, "confirm")
    confirm(page)
    on(page, "Turn on your authenticator app")
    axe(page)
    shoot(page, "app-on")
    secret = page.locator("code").inner_text()
    page.get_by_label("Authenticator code").fill(code_now(secret))
    page.get_by_role("button", name="Turn on").click()
    expect(page.locator(".codes li")).to_have_count(10)
    axe(page)
    shoot(page, "recovery-codes")
    sign_out(page)
    by_password(page)
    on(page, "One more step")
    axe(page)
    shoot(page, "code")
    page.keyboard.type(code_now(secret))
    page.keyboard.press("Enter")
    signed_in(page)


def test_by_passkey_without_name_and_password(
    page: Page, anna: User, key: None, axe: Check, shoot: Shoot
) -> None:
    by_password(page)
    signed_in(page)
    add_passkey(page, axe, shoot)
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    signed_in(page)
    page.goto("/accounts/2fa/webauthn/")
    expect(page.get_by_role("row", name="Reading room")).to_contain_text("alone")
    axe(page)
    shoot(page, "passkeys")


def add_passkey(page: Page, axe: Check, shoot: Shoot) -> None:
    """Add one, which asks first whether it is you."""
    page.goto("/accounts/2fa/webauthn/add/")
    confirm(page)
    on(page, "Add a passkey")
    page.get_by_label("Name", exact=True).fill("Reading room")
    axe(page)
    shoot(page, "passkey-add")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_text("Your passkey is added.")).to_be_visible()


def test_a_passkey_as_the_second_step_and_for_confirming(
    page: Page, anna: User, key: None, axe: Check, shoot: Shoot
) -> None:
    by_password(page)
    signed_in(page)
    add_passkey(page, axe, lambda page, name: None)
    sign_out(page)
    by_password(page)
    on(page, "One more step")
    axe(page)
    shoot(page, "code-or-passkey")
    page.get_by_role("button", name="Use a passkey").click()
    signed_in(page)
    page.goto("/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("link", name="Use a passkey").click()
    button = page.get_by_role("button", name="Use a passkey")
    expect(button).to_be_visible()
    axe(page)
    button.click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("The passkey is removed.")).to_be_visible()


def test_a_passkey_that_nobody_has_is_answered_by_a_sentence(
    page: Page, anna: User, key: None, axe: Check, shoot: Shoot
) -> None:
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("#passkey-fault")).to_contain_text("No passkey was used")
    axe(page)
    shoot(page, "passkey-none")


def test_through_the_providers_pages_and_back(
    page: Page, anna: User, settings: Any, monkeypatch: pytest.MonkeyPatch, shoot: Shoot
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with provider.running() as house:
        house.claims = {"sub": "1", "email": anna.email, "email_verified": True}
        settings.SOCIALACCOUNT_PROVIDERS = oidc.provider(
            house.issuer, provider.CLIENT, provider.SECRET, "House"
        )
        rules = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        settings.CONTENT_SECURITY_POLICY = {
            "DIRECTIVES": rules | {"form-action": [*rules["form-action"], *oidc.origin(house.issuer)]}
        }
        page.goto("/accounts/login/")
        shoot(page, "sign-in-provider")
        page.get_by_role("button", name="Sign in with House").click()
        signed_in(page)


def test_without_scripts_the_password_still_signs_in(chromium: Any, server: str, anna: User) -> None:
    context = chromium.new_context(base_url=server, java_script_enabled=False)
    page = context.new_page()
    by_password(page)
    signed_in(page)
    context.close()


def test_every_other_page_is_clean(
    page: Page, anna: User, sign_in: Callable[[Page, str], User], axe: Check, shoot: Shoot
) -> None:
    for path in [
        *("signup/", "inactive/", "password/reset/", "password/reset/sent/", "password/reset/done/"),
        *("password/reset/key/0-x/", "provider/cancelled/", "provider/error/"),
    ]:
        look(page, path, axe, shoot)
    sign_in(page, "anna")
    for path in ["logout/", "password/change/", "2fa/", "2fa/webauthn/", "reauthenticate/"]:
        look(page, path, axe, shoot)


def look(page: Page, path: str, axe: Check, shoot: Shoot) -> None:
    """Open a page of the account and judge it."""
    page.goto(f"/accounts/{path}")
    axe(page)
    shoot(page, f"account-{path.strip('/').replace('/', '-')}")
