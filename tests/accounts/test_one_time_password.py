"""Whoever was given a one-time password chooses their own before anything else."""

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from accounts.one_time import end_one_time_password
from tests.accounts.signing_in import sign_in
from tests.people import study
from workflow.admitting import NewAccount, Place, admit_new

pytestmark = pytest.mark.django_db
OWN = "a new and longer one"
CHANGE = "/accounts/password/change/"


@pytest.fixture
def given() -> str:
    """The password that Maria read out to Nora."""
    cache.clear()
    _, password = admit_new(
        acting=study().acting("maria"), account=NewAccount("nora"), place=Place(["annotator"])
    )
    return password


@pytest.fixture
def nora(client: Client, given: str) -> Client:
    assert sign_in(client, "nora", given).url == "/"
    return client


def choose(client: Client, old: str, new: str) -> str:
    """Send the form of a new password; where it leads to, or the page with its faults."""
    response = client.post(CHANGE, {"oldpassword": old, "password1": new, "password2": new})
    return response.headers.get("Location") or response.content.decode()


@pytest.mark.parametrize("path", ["/", "/work/", "/account/", "/account/tokens/new", "/accounts/2fa/"])
def test_every_page_leads_to_the_choice(nora: Client, path: str) -> None:
    answer = nora.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, CHANGE)
    assert nora.post(path).headers["Location"] == CHANGE


def test_the_page_says_why(nora: Client) -> None:
    assert "is known to whoever gave it to you" in nora.get(CHANGE).content.decode()


def test_the_api_is_closed_until_then_by_session_and_by_password(nora: Client, given: str) -> None:
    assert nora.get("/api/v1/me").json()["code"] == "own_password_needed"
    body = {"username": "nora", "password": given}
    answer = Client().post("/api/v1/tokens", body, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "own_password_needed")


def test_after_the_choice_everything_is_open(nora: Client, given: str) -> None:
    assert choose(nora, given, OWN) == "/account/"
    assert nora.get("/account/").status_code == 200
    assert nora.get("/api/v1/me").json()["username"] == "nora"
    body = {"username": "nora", "password": OWN}
    assert Client().post("/api/v1/tokens", body, "application/json").status_code == 201


def test_the_one_time_password_is_not_chosen_again(nora: Client, given: str) -> None:
    assert "Somebody else knows this password." in choose(nora, given, given)
    assert nora.get("/account/").headers["Location"] == CHANGE


def test_signing_out_stays_possible(nora: Client) -> None:
    assert nora.post("/accounts/logout/").headers["Location"] == "/accounts/login/"


def test_who_comes_through_the_provider_needs_none_and_the_given_one_opens_nothing(given: str) -> None:
    end_one_time_password(nora := User.objects.get(username="nora"))
    assert not nora.has_usable_password()
    assert not User.objects.get(username="nora").password_is_one_time
    assert not User.objects.get(username="nora").check_password(given)


def test_who_chose_their_own_keeps_it_when_they_come_through_the_provider(nora: Client, given: str) -> None:
    choose(nora, given, OWN)
    end_one_time_password(User.objects.get(username="nora"))
    assert User.objects.get(username="nora").check_password(OWN)
