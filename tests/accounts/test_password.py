"""Signing in by name and password."""

import logging
from importlib import import_module
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from accounts.models import User
from tests.accounts.signing_in import PASSWORD, confirm, sign_in, who


def test_a_name_and_its_password_sign_in(client: Client, anna: User) -> None:
    answer = sign_in(client)
    assert (answer.status_code, answer.url) == (302, "/")
    assert who(client) == "Here is anna."


def test_the_page_leads_where_the_person_wanted_to_go(client: Client, anna: User) -> None:
    assert sign_in(client, next="/account/?a=1").url == "/account/?a=1"


def test_the_page_leads_nobody_to_another_site(client: Client, anna: User) -> None:
    assert sign_in(client, next="https://elsewhere.example/").url == "/"


@pytest.mark.parametrize(("name", "password"), [("anna", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_password_and_an_unknown_name_get_the_same_sentence(
    client: Client, anna: User, name: str, password: str
) -> None:
    answer = sign_in(client, name, password)
    assert answer.status_code == 200
    assert "This username and password don&#x27;t belong together." in answer.content.decode()
    assert who(client) == "Here is nobody."


def test_a_failure_is_logged_by_key_and_without_names(
    client: Client, anna: User, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "accounts"):
        sign_in(client, password="wrong")
        sign_in(client, name="my-password-by-mistake")
    assert [(record.getMessage(), record.actor) for record in caplog.records] == [
        ("Sign-in failed.", str(anna.pk)),
        ("Sign-in failed.", None),
    ]
    assert "my-password-by-mistake" not in caplog.text


def test_after_five_failures_a_name_must_wait_even_with_its_password(client: Client, anna: User) -> None:
    for _ in range(5):
        sign_in(client, password="wrong")
    answer = sign_in(client)
    assert "Too many attempts. Wait five minutes" in answer.content.decode()
    assert who(client) == "Here is nobody."


def test_twenty_failures_from_one_address_stop_it_for_all_names(client: Client, anna: User) -> None:
    for number in range(20):
        sign_in(client, name=f"guess-{number}")
    assert "Too many attempts" in sign_in(client).content.decode()


def test_sixty_attempts_a_minute_from_one_address_are_answered_by_429(client: Client, anna: User) -> None:
    answers = [client.post("/accounts/login/", {}).status_code for _ in range(61)]
    assert answers == [200] * 60 + [429]
    assert "Wait five minutes" in client.post("/accounts/login/", {}).content.decode()


def test_somebody_inactive_cannot_sign_in(client: Client, anna: User) -> None:
    User.objects.filter(pk=anna.pk).update(is_active=False)
    answer = sign_in(client)
    assert answer.url == "/accounts/inactive/"
    assert "This account is closed" in client.get(answer.url).content.decode()
    assert who(client) == "Here is nobody."


def test_signing_out_ends_the_session(client: Client, anna: User) -> None:
    sign_in(client)
    assert client.get("/accounts/logout/").status_code == 200
    assert who(client) == "Here is anna."
    assert client.post("/accounts/logout/").url == "/accounts/login/"
    assert who(client) == "Here is nobody."


@pytest.mark.parametrize("new", ["short-one-1", "qwerty123456", "anna annotator"])
def test_a_weak_new_password_is_refused(client: Client, anna: User, new: str) -> None:
    sign_in(client)
    answer = change(client, new)
    assert answer.status_code == 200
    assert answer.context["form"].errors


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(client: Client, anna: User) -> None:
    other = Client()
    sign_in(client)
    sign_in(other)
    assert change(client, "a new and longer one").url == "/account/"
    assert who(client) == "Here is anna."
    assert who(other) == "Here is nobody."


def test_a_person_without_a_password_may_set_one(client: Client, anna: User) -> None:
    anna.set_unusable_password()
    anna.save()
    client.force_login(anna)
    assert client.get("/accounts/password/change/").url == "/accounts/password/set/"
    new = {"password1": "a new and longer one", "password2": "a new and longer one"}
    assert client.post("/accounts/password/set/", new).url == "/account/"
    assert "a new and longer one" not in who(client)


def test_confirming_with_a_wrong_password_says_so(client: Client, anna: User) -> None:
    sign_in(client)
    assert "This is not your password" in confirm(client, "wrong").content.decode()


def test_passwords_are_kept_by_argon2(settings: Any) -> None:
    settings.PASSWORD_HASHERS = import_module("config.settings").PASSWORD_HASHERS
    assert make_password(PASSWORD).startswith("argon2$argon2id$")


def change(client: Client, new: str) -> Any:
    """Send the form of a new password."""
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    return client.post("/accounts/password/change/", form)
