"""Settings over the API: seen by staff, changed by managers, each fault at its place."""

from typing import Any

import pytest

from tests.api.client import API, As, told
from tests.api.forms import check_form
from tests.people import study

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/projects/chest/settings"


def patch(name: str, body: dict[str, Any], status: int = 200) -> Any:
    at = As(name)
    answer = at.http.patch(API + PATH, body, "application/json", headers=at.headers)
    return told(answer, status)


def test_a_manager_changes_settings_and_an_auditor_sees_who_did() -> None:
    study()
    before = patch("maria", {})
    after = patch("maria", {"daily_cap": 40, "seen": before["digest"]})
    assert (after["settings"]["daily_cap"], after["changes"][0]["by"]) == (40, "Maria Manager")
    assert patch("maria", {"daily_cap": None, "seen": before["digest"]}, 409)["code"] == "stale"
    assert patch("maria", {"daily_cap": None})["settings"]["daily_cap"] is None
    seen = As("aud").get(PATH)
    assert [change["after"] for change in seen["changes"]] == [None, 40]
    check_form(_form(), seen, "settings")


def test_faults_stand_at_their_place() -> None:
    study()
    refused = patch("maria", {"lease_minutes": 1, "due_hours": {"walk": 2}}, 422)
    assert [fault["path"] for fault in refused["faults"]] == ["/lease_minutes", "/due_hours/walk"]
    assert patch("maria", {"colour": "red"}, 422)["faults"][0]["path"] == "/colour"
    assert patch("aud", {"daily_cap": 1}, 403)["code"] == "not_allowed"
    patch("otto", {"daily_cap": 1}, 404)


def _form() -> Any:
    from api.views.settings import ProjectSettingsOut

    return ProjectSettingsOut()
