"""The workload board: how it stands, what sharing out would change, and only then the change."""

import re

import pytest

from tasks.models import Task
from tests.people import Study, study
from tests.screens.desk import Desk

pytestmark = pytest.mark.django_db(transaction=True)
BOARD = "/projects/chest/workload/"


@pytest.fixture
def chest() -> Study:
    return study("case-1", "case-2", "case-3")


def digest_on(page: str) -> str:
    found = re.search(r'name="digest" value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_preview_says_what_would_change_and_applies_it_once(chest: Study) -> None:
    maria = Desk("maria")
    assert "Apply this" not in maria.get(BOARD)
    shown = maria.get(BOARD, days="2", most="100")
    assert "6 tasks given out. " in shown
    assert "Anna Annotator 100 0 0 0 % 2 (+2) 1 %" in shown
    assert not Task.objects.filter(status="reserved").exists()
    given = {
        "days": "2",
        "most": "100",
        "digest": digest_on(maria.http.get(f"{BOARD}?days=2&most=100").content.decode()),
    }
    assert "Applied: 6 tasks given out." in maria.follow(BOARD, **given)
    assert Task.objects.filter(status="reserved").count() == 6
    assert "Nothing changes." in maria.get(BOARD, days="2", most="100")


def test_a_preview_that_is_old_is_shown_anew_with_a_sentence(chest: Study) -> None:
    maria = Desk("maria")
    old = digest_on(maria.http.get(f"{BOARD}?days=2&most=100").content.decode())
    chest.claim("anna")
    page = maria.post(BOARD, 409, days="2", most="100", digest=old)
    assert "Work went on since this preview was made" in page
    assert "5 tasks given out." in page
    assert not Task.objects.filter(status="reserved").exists()


def test_days_that_mean_nothing_are_refused_at_their_field(chest: Study) -> None:
    assert "greater than or equal to 0.1" in Desk("maria").get(BOARD, 422, days="0", most="1")


def test_the_board_says_when_it_ends_and_who_can_take_nothing(chest: Study) -> None:
    page = Desk("maria").get(BOARD, forecast="1")
    assert "What holds it up most" in page
    for name in ("anna", "bob", "cleo"):
        Desk("maria").post(
            f"/projects/chest/people/{chest.members[name].pk}/declare/", capacity_per_day="0", conflicts=""
        )
    page = Desk("maria").get(BOARD, days="2", most="100", forecast="1")
    assert "Never, because nobody with time may do: annotate." in page
    assert "case-1 annotate 4 don't do this kind of task; 3 have no time left in these days" in page
