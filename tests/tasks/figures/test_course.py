"""The course of a study, from the moves in its log: day by day, and gone on from the count before."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from psycopg import Connection

from tasks.figures.course import course_of
from tasks.limits import today_of
from tests.people import Study, study
from workflow.models import Case

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chest() -> Study:
    return study("case-1", "case-2", "case-3")


@pytest.fixture
def as_if_days_ago(superuser_connection: Connection) -> Callable[[int], None]:
    """Lets everything in the log have happened earlier; the database forbids that, so its trigger sleeps meanwhile."""

    def shift(days: int) -> None:
        superuser_connection.execute("ALTER TABLE audit_event DISABLE TRIGGER refuse_change")
        superuser_connection.execute("UPDATE audit_event SET db_time = db_time - %s", [timedelta(days=days)])
        superuser_connection.execute("ALTER TABLE audit_event ENABLE ALWAYS TRIGGER refuse_change")
        superuser_connection.commit()

    return shift


def standing(chest: Study) -> dict[str, int]:
    """How many cases stand in each state by their rows."""
    states = list(Case.objects.filter(project=chest.project, purpose="study").values_list("state", flat=True))
    return {state: states.count(state) for state in states}


def test_the_last_day_says_what_the_cases_say(chest: Study) -> None:
    chest.agree_at_two()
    chest.read("anna")
    last = course_of(chest.project).days[-1]
    assert {k: n for k, n in last.items() if n and k != "day"} == standing(chest)
    assert last["day"] == today_of(chest.project).isoformat()


def test_a_study_without_cases_has_no_course() -> None:
    empty = study()
    assert course_of(empty.project).days == []
    assert course_of(empty.project, course_of(empty.project).kept).days == []


def test_days_that_are_over_are_kept_and_the_rest_is_counted_on(
    chest: Study, as_if_days_ago: Callable[[int], None]
) -> None:
    as_if_days_ago(5)
    before = course_of(chest.project)
    assert [day["annotation"] for day in before.days] == [3] * 6
    assert len(before.kept["days"]) == 4
    chest.agree_at_two()
    after = course_of(chest.project, before.kept)
    assert after.days == course_of(chest.project).days
    assert (after.days[-2]["final"], after.days[-1]["final"]) == (0, 1)


def test_a_change_of_time_zone_begins_anew(chest: Study, as_if_days_ago: Callable[[int], None]) -> None:
    as_if_days_ago(5)
    kept = course_of(chest.project).kept | {"days": [], "after": 10**9}
    chest.project.time_zone = "Pacific/Kiritimati"
    assert course_of(chest.project, kept).days[-1]["annotation"] == 3


def test_it_asks_the_same_however_much_happened(
    chest: Study, django_assert_num_queries: Callable[..., Any]
) -> None:
    with django_assert_num_queries(2):
        course_of(chest.project)
    chest.agree_at_two()
    chest.register("case-4", "case-5")
    with django_assert_num_queries(2):
        course_of(chest.project)
