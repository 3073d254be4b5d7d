"""Short words for the steps of signing in."""

from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from accounts.models import User
from tests.people import person

PASSWORD = "correct horse battery"


def with_password(name: str) -> User:
    """One of the cast, who can sign in by name and password."""
    user = person(name)
    user.email = f"{name}@house.example"
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, name: str = "anna", password: str = PASSWORD, **more: Any) -> Any:
    """Send the form of the sign-in page."""
    return client.post("/accounts/login/", {"login": name, "password": password, **more})


def who(client: Client) -> str:
    """Who the service thinks asks."""
    return client.get("/who/").content.decode()


def confirm(client: Client, password: str = PASSWORD) -> Any:
    """Show again that it is you."""
    return client.post("/accounts/reauthenticate/", {"password": password})


def code_now(secret: str, later: int = 0) -> str:
    """The six digits of an authenticator app, now or some periods later (at most one)."""
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1 + later]))
