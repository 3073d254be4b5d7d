"""The page of settings: everything from the table, faults at their fields, changes with who and when."""

import html
import json
import re

import pytest

from screens.manager.settings_form import GROUPS
from tests.people import study
from tests.screens.desk import Desk
from workflow.models import Project
from workflow.settings.reading import document
from workflow.settings.table import SETTINGS

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/projects/chest/settings/"
AREA, FIELD = re.compile(r'<textarea name="([^"]+)"[^>]*>\n?([^<]*)<'), re.compile(r"<input [^>]*>")


def filled(desk: Desk) -> dict[str, str]:
    """What the page's form holds, as a browser would send it."""
    page, found = desk.raw(PAGE), {}
    for tag in FIELD.findall(page):
        about = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if about.get("name") not in (None, "csrfmiddlewaretoken"):
            found[about["name"]] = html.unescape(about.get("value", ""))
    return found | {name: html.unescape(text) for name, text in AREA.findall(page)}


def now() -> dict[str, object]:
    return document(Project.objects.get(slug="chest"))


def test_every_setting_is_under_a_heading() -> None:
    assert {key for keys in GROUPS.values() for key in keys} == set(SETTINGS)


def test_sending_the_form_as_it_is_changes_nothing() -> None:
    study()
    maria, before = Desk("maria"), now()
    assert "Nothing was changed." in maria.follow(PAGE, **filled(maria))
    assert now() == before


def test_a_manager_changes_hours_caps_and_the_calendar() -> None:
    study()
    maria = Desk("maria")
    changed = {
        "daily_cap": "40", "due_hours/review": "16", "calendar/hours/fri": "09:00-12:00, 13:00-15:00",
        "calendar/hours/mon": "", "calendar/holidays": "2026-12-26\n2026-12-25", "required_training": "Nodules\n",
    }  # fmt: skip
    page = maria.follow(PAGE, **{**filled(maria), **changed})
    settings = now()
    assert settings["daily_cap"] == 40
    assert settings["due_hours"] == {"review": 16}
    calendar = settings["calendar"]
    assert isinstance(calendar, dict)
    assert calendar["hours"]["fri"] == ["09:00-12:00", "13:00-15:00"]
    assert "mon" not in calendar["hours"]
    assert calendar["holidays"] == ["2026-12-25", "2026-12-26"]
    assert settings["required_training"] == ["Nodules"]
    assert "Changed: due after, most tasks a day, required training, working hours." in page
    assert "Maria Manager Most tasks a day none 40" in page
    maria.post(PAGE, **{**filled(maria), "daily_cap": ""})
    assert now()["daily_cap"] is None


def test_what_is_refused_stands_at_its_field_and_nothing_typed_is_lost() -> None:
    study()
    maria, before = Desk("maria"), now()
    page = maria.post(
        PAGE, 422, **{**filled(maria), "lease_minutes": "3", "calendar/hours/tue": "9 to 5", "warn_at": "1.2"}
    )
    assert "It must be 5 to 480." in page
    assert "Write spans such as 09:00-12:30" in page
    assert 'It must be "0.1" to "0.99".' in page
    assert now() == before


def test_what_another_manager_changed_meanwhile_is_not_overwritten() -> None:
    study()
    maria, mehmet = Desk("maria"), Desk("mehmet")
    before = filled(maria)
    mehmet.post(PAGE, **{**filled(mehmet), "daily_cap": "7"})
    assert "Somebody changed this" in maria.post(PAGE, 422, **{**before, "lease_minutes": "60"})
    assert now()["lease_minutes"] == 30


def test_a_manager_names_viewers_and_reads_at_the_field_what_is_wrong_with_one() -> None:
    study()
    maria = Desk("maria")
    given = filled(maria)
    page = maria.post(PAGE, 422, **{**given, "viewers": '[{"name": "A", "url": "javascript:1"}]'})
    assert "It must begin with https:// and a host" in page
    assert now()["viewers"] == []
    ohif = {"name": "OHIF", "url": "https://viewer.example.org/?StudyInstanceUIDs={studies}"}
    maria.follow(PAGE, **{**given, "viewers": json.dumps([ohif])})
    assert now()["viewers"] == [ohif]
