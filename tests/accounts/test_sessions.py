"""Sessions: a new key at sign-in, an end when unused, an end after twelve hours, an end when revoked."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.sessions import BEGAN, SEEN, end_sessions
from tests.accounts.signing_in import sign_in, who


def lifetime(client: Client) -> timedelta:
    """How long the session lives on, if nobody uses it."""
    return Session.objects.get(session_key=client.session.session_key).expire_date - timezone.now()


def age(client: Client, **stamps: int) -> None:
    """Make a session older by so many seconds, as if it had been saved then."""
    session = client.session
    for name, seconds in stamps.items():
        session[name] -= seconds
    session.save()


def test_signing_in_gives_the_session_a_new_key(client: Client, anna: User) -> None:
    planted = import_module(settings.SESSION_ENGINE).SessionStore()
    planted["by"] = "somebody else"
    planted.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key
    sign_in(client)
    assert client.session.session_key != planted.session_key
    assert not Session.objects.filter(session_key=planted.session_key).exists()


def test_a_session_that_nobody_uses_ends_after_half_an_hour(client: Client, anna: User) -> None:
    sign_in(client)
    assert timedelta(minutes=29) < lifetime(client) <= timedelta(minutes=30)


def test_using_a_session_prolongs_it_with_one_write_a_minute(
    client: Client, anna: User, django_assert_num_queries: Any
) -> None:
    sign_in(client)
    with django_assert_num_queries(2):  # the session and the person are read, nothing is written
        who(client)
    age(client, **{SEEN: 61})
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=1))
    who(client)
    assert lifetime(client) > timedelta(minutes=29)


def test_what_a_page_asks_by_itself_does_not_prolong_the_session(client: Client, anna: User) -> None:
    sign_in(client)
    age(client, **{SEEN: 61})
    seen = client.session[SEEN]
    client.get("/who/", headers={"X-Background": "1"})
    assert client.session[SEEN] == seen
    who(client)
    assert client.session[SEEN] > seen


def test_no_use_prolongs_a_session_beyond_twelve_hours(client: Client, anna: User) -> None:
    sign_in(client)
    age(client, **{BEGAN: 12 * 3600 - 60, SEEN: 61})
    who(client)
    assert lifetime(client) <= timedelta(seconds=60)


@pytest.mark.parametrize("left", [-1, 60])
def test_a_session_works_until_its_row_expires(client: Client, anna: User, left: int) -> None:
    sign_in(client)
    Session.objects.update(expire_date=timezone.now() + timedelta(seconds=left))
    assert who(client) == ("Here is anna." if left > 0 else "Here is nobody.")


def test_a_person_made_inactive_is_out_at_the_next_request(client: Client, anna: User) -> None:
    sign_in(client)
    User.objects.filter(pk=anna.pk).update(is_active=False)
    assert who(client) == "Here is nobody."


def test_revoked_sessions_end_at_once_and_others_go_on(client: Client, anna: User) -> None:
    mine, elsewhere, bob = client, Client(), Client()
    sign_in(mine)
    sign_in(elsewhere)
    bob.force_login(User.objects.create(username="bob"))
    assert end_sessions(user=anna, but=mine.session.session_key) == 1
    assert [who(each) for each in (mine, elsewhere, bob)] == [
        "Here is anna.",
        "Here is nobody.",
        "Here is bob.",
    ]
    assert end_sessions(user=anna) == 1


def test_the_cookie_is_kept_from_scripts_and_ends_with_the_browser(client: Client, anna: User) -> None:
    cookie = sign_in(client).cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"], cookie["expires"]) == (
        True,
        "Lax",
        "",
        "",
    )


def test_people_without_a_session_get_none(client: Client, db: None) -> None:
    client.get("/accounts/login/")
    who(client)
    assert not Session.objects.exists()
