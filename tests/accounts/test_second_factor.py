"""A second step after the password: an authenticator app, and recovery codes."""

import logging
import re
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from accounts.models import User
from accounts.secrets import SecretUnreadable, decrypt, encrypt
from tests.accounts.signing_in import code_now, confirm, sign_in, who


@pytest.fixture
def secret(client: Client, anna: User) -> str:
    """The key of the app that Anna turns on by the pages; she is signed out again."""
    sign_in(client)
    assert client.get("/accounts/2fa/totp/activate/").url.startswith("/accounts/reauthenticate/")
    confirm(client)
    page = client.get("/accounts/2fa/totp/activate/")
    shown = page.context["form"].secret
    assert shown in page.content.decode()
    done = client.post("/accounts/2fa/totp/activate/", {"code": code_now(shown)})
    assert done.url == "/accounts/2fa/recovery-codes/"
    client.post("/accounts/logout/")
    return str(shown)


def second_step(client: Client, code: str) -> Any:
    """Send the code."""
    return client.post("/accounts/2fa/authenticate/", {"code": code})


def test_the_password_alone_no_longer_signs_in(client: Client, secret: str) -> None:
    assert sign_in(client).url == "/accounts/2fa/authenticate/"
    assert who(client) == "Here is nobody."


def test_password_and_code_sign_in(client: Client, secret: str) -> None:
    sign_in(client)
    assert second_step(client, code_now(secret)).url == "/"
    assert who(client) == "Here is anna."


def test_the_code_of_the_period_before_or_after_works_too(client: Client, secret: str) -> None:
    sign_in(client)
    assert second_step(client, code_now(secret, later=1)).url == "/"


def test_a_code_works_once_however_it_is_typed(client: Client, secret: str) -> None:
    code = code_now(secret)
    sign_in(client)
    second_step(client, code)
    again = Client()
    sign_in(again)
    answer = second_step(again, f" {code[:3]} {code[3:]}")
    assert "it was used already" in answer.content.decode()
    assert who(again) == "Here is nobody."


def test_a_wrong_code_is_refused_and_logged_by_key(
    client: Client, anna: User, secret: str, caplog: pytest.LogCaptureFixture
) -> None:
    sign_in(client)
    with caplog.at_level(logging.WARNING, "accounts"):
        answer = second_step(client, "000000")
    assert "This code is not right" in answer.content.decode()
    assert [(record.getMessage(), record.actor) for record in caplog.records] == [
        ("Second factor failed.", str(anna.pk))
    ]


def test_after_five_wrong_codes_the_right_one_must_wait(client: Client, secret: str) -> None:
    sign_in(client)
    for number in range(5):
        second_step(client, f"00000{number}")
    assert "Too many attempts" in second_step(client, code_now(secret)).content.decode()
    assert who(client) == "Here is nobody."


def test_a_recovery_code_signs_in_once(client: Client, anna: User, secret: str) -> None:
    codes = Authenticator.objects.get(user=anna, type="recovery_codes").wrap().get_unused_codes()
    sign_in(client)
    assert second_step(client, codes[0]).url == "/"
    again = Client()
    sign_in(again)
    assert second_step(again, codes[0]).status_code == 200


def test_recovery_codes_are_shown_after_confirming_only(client: Client, anna: User, secret: str) -> None:
    sign_in(client)
    second_step(client, code_now(secret))
    assert client.get("/accounts/2fa/recovery-codes/").status_code == 302
    confirm(client)
    shown = client.get("/accounts/2fa/recovery-codes/").content.decode()
    assert len(re.findall(r"<li>\d{8}</li>", shown)) == 10


def test_an_app_can_be_turned_off_again(client: Client, anna: User, secret: str) -> None:
    sign_in(client)
    second_step(client, code_now(secret))
    confirm(client)
    client.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=anna).exists()


def test_the_keys_of_apps_are_not_readable_in_the_database(anna: User, secret: str) -> None:
    kept = Authenticator.objects.get(user=anna, type="totp").data["secret"]
    assert secret not in kept
    assert decrypt(kept) == secret


def test_a_new_secret_key_still_reads_what_its_predecessor_wrote() -> None:
    kept = encrypt("seed")
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert decrypt(kept) == "seed"
    with override_settings(SECRET_KEY="new"), pytest.raises(SecretUnreadable):
        decrypt(kept)


def test_operators_can_reset_what_a_person_lost(client: Client, anna: User, secret: str) -> None:
    client.force_login(anna)
    said = StringIO()
    call_command("reset_second_factor", "Anna", stdout=said)
    assert "anna: 2 passkeys, apps and sets of codes removed, 1 sessions ended." in said.getvalue()
    assert who(client) == "Here is nobody."
    assert sign_in(client).url == "/"
    with pytest.raises(CommandError, match="Nobody here"):
        call_command("reset_second_factor", "nobody")
