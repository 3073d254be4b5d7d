"""Signing in through the house's identity provider."""

from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from accounts.models import User
from config import oidc
from config.env import SettingsError
from tests.accounts import provider
from tests.accounts.signing_in import PASSWORD, sign_in, who

ANNA = {"sub": "a-1", "email": "Anna@House.example", "email_verified": True, "name": "Anna Annotator"}


@pytest.fixture
def house(settings: Any, monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[provider.Provider]:
    """The provider, where Anna is signed in; the service knows it."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with provider.running() as there:
        there.claims = ANNA
        settings.SOCIALACCOUNT_PROVIDERS = oidc.provider(
            there.issuer, provider.CLIENT, provider.SECRET, "House"
        )
        yield there


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *arguments: Any) -> None:
        """Do not follow."""


def go_through(client: Client, **query: str) -> Any:
    """Press the button, go to the provider as a browser does, and come back with its answer."""
    away = client.post("/accounts/oidc/house/login/", query_params=query)
    with pytest.raises(HTTPError) as sent_back:
        build_opener(_Stay()).open(away.url)
    sent_back.value.close()
    return client.get(sent_back.value.headers["Location"])


def test_the_sign_in_page_offers_the_provider(client: Client, house: provider.Provider) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert "Sign in with House" in page
    assert 'action="/accounts/oidc/house/login/?process=login"' in page


def test_a_person_of_the_house_is_known_by_a_verified_address(
    client: Client, house: provider.Provider, anna: User
) -> None:
    assert go_through(client).url == "/"
    assert who(client) == "Here is anna."
    assert SocialAccount.objects.get().user == anna


def test_the_person_keeps_the_password_and_is_known_again_after_a_new_address(
    client: Client, house: provider.Provider, anna: User
) -> None:
    go_through(client)
    client.logout()
    assert sign_in(client, password=PASSWORD).url == "/"
    house.claims = ANNA | {"email": "anna@new.example"}
    again = Client()
    go_through(again)
    assert who(again) == "Here is anna."


def test_nothing_about_the_person_is_kept_but_the_providers_key(
    client: Client, house: provider.Provider, anna: User
) -> None:
    go_through(client)
    go_through(Client())
    kept = SocialAccount.objects.get()
    assert (kept.uid, kept.extra_data) == ("a-1", {})


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": "true"},  # some providers send a word; it is not what the standard says
        {"email": "anna@elsewhere.example"},
        {"email": ""},
    ],
)
def test_anybody_else_is_told_that_there_is_no_sign_up(
    client: Client, house: provider.Provider, anna: User, claims: dict[str, Any]
) -> None:
    house.claims = ANNA | claims
    assert "There is no sign-up here" in go_through(client).content.decode()
    assert who(client) == "Here is nobody."
    assert not SocialAccount.objects.exists()
    assert User.objects.count() == 1


def test_an_address_of_two_people_links_neither(client: Client, house: provider.Provider, anna: User) -> None:
    User.objects.create(username="anna2", email="ANNA@house.example")
    go_through(client)
    assert who(client) == "Here is nobody."


def test_a_linked_person_made_inactive_cannot_sign_in(
    client: Client, house: provider.Provider, anna: User
) -> None:
    go_through(client)
    User.objects.update(is_active=False)
    assert go_through(Client()).url == "/accounts/inactive/"


def test_nobody_can_connect_another_account_to_a_session(
    client: Client, house: provider.Provider, anna: User
) -> None:
    house.claims = ANNA | {"sub": "m-1", "email": "mallory@elsewhere.example"}
    sign_in(client)
    assert go_through(client, process="connect").url == "/account/"
    assert not SocialAccount.objects.exists()


def test_a_cancelled_sign_in_says_so(client: Client, house: provider.Provider) -> None:
    house.refuse = "access_denied"
    assert "Nothing has changed" in client.get(go_through(client).url).content.decode()


def test_a_provider_that_is_away_gets_a_page_that_says_what_to_do(
    client: Client, house: provider.Provider, settings: Any
) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = oidc.provider("http://127.0.0.1:9", "a", "b", "House")
    answer = client.post("/accounts/oidc/house/login/")
    assert answer.status_code == 401
    assert "sign in with your password or a passkey" in answer.content.decode()


def test_an_answer_that_nobody_asked_for_is_refused(client: Client, house: provider.Provider) -> None:
    answer = client.get("/accounts/oidc/house/login/callback/?code=x&state=y")
    assert answer.status_code == 401


def test_without_a_provider_there_is_no_such_page(client: Client, db: None) -> None:
    assert client.post("/accounts/oidc/house/login/").status_code == 404


def test_half_a_provider_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OIDC_ISSUER", "https://sign-in.example")
    with pytest.raises(SettingsError, match="OIDC_CLIENT_ID is missing"):
        oidc.issuer_from_environment(debug=False)


def test_production_takes_no_provider_without_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in oidc.NAMES:
        monkeypatch.setenv(name, "http://sign-in.example/")
    with pytest.raises(SettingsError, match="must begin with https"):
        oidc.issuer_from_environment(debug=False)
    assert oidc.issuer_from_environment(debug=True) == "http://sign-in.example"
    assert oidc.origin("https://sign-in.example:8443/realms/x") == ["https://sign-in.example:8443"]
