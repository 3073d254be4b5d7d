"""Who is asking, and what they are where."""

import pytest

from tests.api.client import As
from tests.people import study

pytestmark = pytest.mark.django_db


def test_me_names_the_person_and_their_memberships() -> None:
    study()
    me = As("jin").get("/me")
    assert (me["username"], me["name"]) == ("jin", "Jin Junior")
    assert [(m["project"], m["roles"]) for m in me["memberships"]] == [("chest", ["junior_reviewer"])]


def test_an_outsider_is_in_no_project() -> None:
    study()
    assert As("otto").get("/me")["memberships"] == []
    assert As("otto").get("/projects")["results"] == []


def test_nobody_is_told_to_sign_in() -> None:
    assert As(None).get("/me", 401)["code"] == "not_authenticated"


def test_a_session_signs_in_too_and_needs_the_csrf_token_to_change_anything() -> None:
    from django.test import Client

    from tests.people import person

    study("case-1")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person("anna"))
    assert browser.get("/api/v1/me").status_code == 200
    assert browser.post("/api/v1/tasks/claim", {}, "application/json").status_code == 403
