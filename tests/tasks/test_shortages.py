"""The daily list of what nobody can take: made once a day, told when it grows, shown with its day."""

from datetime import date

import pytest

from tasks.jobs import list_daily_shortages
from tasks.models import Shortage
from tests.api.client import As
from tests.crowd import all_at_once
from tests.people import Study, study
from tests.screens.desk import Desk
from tests.staff import give, put
from workflow.models import Notice

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chest() -> Study:
    return study("case-1")


def told(name: str) -> list[str]:
    return list(Notice.objects.filter(member__user__username=name).values_list("text", flat=True))


def test_the_list_of_a_day_is_made_once_and_told_once(chest: Study) -> None:
    put(chest, "paused", "anna", "bob", "cleo")
    assert sorted(all_at_once([list_daily_shortages] * 3)) == [0, 0, 1]
    assert told("maria") == ["Nobody can take 2 tasks; 2 more than the list of the day before had."]
    assert [(f["kind"], f["why"]) for f in Shortage.objects.get().found] == [
        ("annotate", "3 with the role annotator: 3 paused or gone.")
    ] * 2


def test_nobody_is_told_again_of_what_was_on_the_list_before(chest: Study) -> None:
    put(chest, "paused", "anna", "bob", "cleo")
    kept = [{"case": str(chest.case().pk), "kind": "annotate", "why": ""}]
    Shortage.objects.create(project=chest.project, day=date(2026, 1, 1), found=kept)
    list_daily_shortages()
    assert told("maria") == ["Nobody can take 2 tasks; 1 more than the list of the day before had."]


def test_a_list_that_did_not_grow_is_told_to_nobody(chest: Study) -> None:
    put(chest, "paused", "anna", "bob", "cleo")
    kept = [{"case": str(chest.case().pk), "kind": "annotate", "why": ""}] * 2
    Shortage.objects.create(project=chest.project, day=date(2026, 1, 1), found=kept)
    assert list_daily_shortages() == 1
    assert told("maria") == []


def test_the_lists_are_shown_to_staff_with_their_day(chest: Study) -> None:
    put(chest, "paused", "anna", "bob", "cleo")
    list_daily_shortages()
    day = Shortage.objects.get().day
    [shown] = As("aud").get("/projects/chest/staffing")["days"]
    assert (shown["day"], shown["stuck"][0]["external_ref"]) == (day.isoformat(), "case-1")
    page = Desk("maria").get("/projects/chest/staffing/")
    assert f"{day}: 2 tasks" in page


def test_a_manager_who_plays_a_part_sees_and_is_told_nothing_of_that_case(chest: Study) -> None:
    give(chest, "mehmet", "annotator", "manager")
    chest.claim("mehmet")
    put(chest, "paused", "anna", "bob", "cleo")
    list_daily_shortages()
    assert told("mehmet") == []
    assert As("mehmet").get("/projects/chest/staffing")["days"][0]["stuck"] == []
