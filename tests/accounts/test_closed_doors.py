"""Nobody signs up, nobody learns who has an account, and every answer carries the content security policy."""

from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver

from accounts.models import User
from config import oidc
from tests.accounts.signing_in import PASSWORD, confirm, sign_in, who

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "font-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}


def test_nobody_signs_up(client: Client, db: None) -> None:
    new = {"username": "mallory", "password1": PASSWORD, "password2": PASSWORD}
    for answer in (client.get("/accounts/signup/"), client.post("/accounts/signup/", new)):
        assert "There is no sign-up here" in answer.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "path",
    ["email/", "confirm-email/", "3rdparty/", "3rdparty/signup/", "login/code/", "2fa/webauthn/signup/"],
)
def test_pages_that_nobody_needs_are_not_there(client: Client, anna: User, path: str) -> None:
    sign_in(client)
    assert client.get(f"/accounts/{path}").status_code == 404


@pytest.mark.parametrize("address", ["anna@house.example", "nobody@house.example"])
def test_asking_for_a_new_password_says_the_same_for_every_address(
    client: Client, anna: User, address: str
) -> None:
    answer = client.post("/accounts/password/reset/", {"email": address})
    assert answer.url == "/accounts/password/reset/sent/"
    assert "If this address belongs to an account here" in client.get(answer.url).content.decode()
    assert [message.to for message in mail.outbox] == [[address]]


def test_the_link_in_the_mail_sets_a_new_password_once(client: Client, anna: User) -> None:
    client.post("/accounts/password/reset/", {"email": "ANNA@house.example"})
    text = mail.outbox[0].body
    assert "Your name for signing in is anna." in text
    link = next(word for word in text.split() if word.startswith("http"))
    form = client.get(link).url
    new = {"password1": "a new and longer one", "password2": "a new and longer one"}
    assert client.post(form, new).url == "/accounts/password/reset/done/"
    assert sign_in(client, password="a new and longer one").url == "/"
    assert "does not work any more" in Client().get(link).content.decode()


def test_after_a_reset_a_second_factor_can_still_be_added(client: Client, anna: User) -> None:
    client.post("/accounts/password/reset/", {"email": anna.email})
    sign_in(client)
    confirm(client)
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200


def test_a_mail_server_that_is_away_does_not_show(client: Client, anna: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    answer = client.post("/accounts/password/reset/", {"email": anna.email})
    assert answer.url == "/accounts/password/reset/sent/"


def test_without_redis_people_sign_in_and_attempts_are_counted(
    client: Client, anna: User, settings: Any
) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "config.cache.RedisOrMemory", "LOCATION": "redis://127.0.0.1:9/0"}
    }
    cache.clear()
    assert sign_in(client).url == "/"
    for _ in range(5):
        sign_in(client_2 := Client(), password="wrong")
    assert "Too many attempts" in sign_in(client_2).content.decode()


def pages() -> list[str]:
    """Every page of signing in that needs no argument."""
    found = (name for name in get_resolver("accounts.urls").reverse_dict if isinstance(name, str))
    patterns = {name: get_resolver("accounts.urls").reverse_dict[name][0][0] for name in found}
    return sorted(f"/accounts/{path}" for path, arguments in patterns.values() if not arguments)


def test_every_page_carries_the_policy(client: Client, anna: User) -> None:
    assert len(pages()) > 20
    for signed_in in (False, True):
        if signed_in:
            client.force_login(anna)
        for page in pages():
            answer = client.get(page)
            assert answer.status_code < 500, page
            assert set(answer["Content-Security-Policy"].split("; ")) == POLICY, page


@pytest.mark.parametrize("path", ["/nowhere/", "/healthz", "/api/v1/me", "/static/css/consilium.css"])
def test_every_other_answer_carries_it_too(client: Client, db: None, path: str) -> None:
    assert set(client.get(path)["Content-Security-Policy"].split("; ")) == POLICY


def test_forms_may_lead_to_the_provider_because_browsers_check_the_way_on() -> None:
    assert oidc.origin("") == []
    assert oidc.origin("https://sign-in.example/realm") == ["https://sign-in.example"]


def test_a_page_that_was_open_for_too_long_says_what_to_do(anna: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/accounts/login/", {"login": "anna", "password": PASSWORD})
    assert answer.status_code == 403
    assert "reload the page" in answer.content.decode()
    assert who(strict) == "Here is nobody."
