"""Statements: what people finished and how long it took, by month of the project's zone, person and tier."""

from datetime import UTC, date, datetime
from decimal import Decimal

import psycopg
import pytest

from tasks.settings import change_settings
from tasks.statements import Line, Period, everybodys, hours, ones_own, period_of
from tests.api.client import As
from tests.people import Study, person, study
from tests.screens.desk import Desk
from tests.staff import give
from workflow.errors import InvalidInput

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/projects/chest/statements"
BOTH = {"from": "2026-10-01", "to": "2026-11-30"}
PERIOD = Period(date(2026, 10, 1), date(2026, 11, 30))


@pytest.fixture
def chest(owner_connection: psycopg.Connection) -> Study:
    """Two reads of Anna's around the end of October in Vienna, one of Bob's of unknown time, a review of Jin's."""
    chest = study("case-1", "case-2")
    change_settings(
        acting=chest.acting("maria"), project=chest.project, changes={"time_zone": "Europe/Vienna"}
    )
    chest.project.refresh_from_db()
    done = [(chest.read("anna"), 22, 3600), (chest.read("anna"), 23, 900), (chest.read("bob"), 12, 0)]
    done.append((chest.review("jin"), 10, 60))
    changes = [  # 22:30 UTC is 23:30 in Vienna, still October
        (datetime(2026, 10, 31, hour, 30, tzinfo=UTC), seconds, task.pk) for task, hour, seconds in done
    ]
    owner_connection.execute("ALTER TABLE tasks_task DISABLE TRIGGER a_guard")
    for change in changes:
        owner_connection.execute(
            "UPDATE tasks_task SET done_at = %s, active_seconds = %s WHERE id = %s", change
        )
    owner_connection.commit()
    owner_connection.execute("ALTER TABLE tasks_task ENABLE ALWAYS TRIGGER a_guard")
    owner_connection.commit()
    return chest


def rows(lines: list[Line]) -> list[tuple[str, str, str, int, int, int]]:
    return [(f"{x.month:%Y-%m}", x.name, x.kind, x.tasks, x.seconds, x.untimed) for x in lines]


def test_everybodys_work_by_month_of_the_zone_person_and_tier(chest: Study) -> None:
    maria = chest.members["maria"]
    maria.project.refresh_from_db()
    assert rows(everybodys(maria, PERIOD)) == [
        ("2026-10", "Anna Annotator", "annotate", 1, 3600, 0),
        ("2026-10", "Bob Annotator", "annotate", 1, 0, 1),
        ("2026-10", "Jin Junior", "review", 1, 60, 0),
        ("2026-11", "Anna Annotator", "annotate", 1, 900, 0),
    ]
    assert rows(everybodys(maria, Period(date(2026, 11, 1), date(2026, 11, 1)))) == [
        ("2026-11", "Anna Annotator", "annotate", 1, 900, 0)
    ]


def test_one_sees_ones_own_and_managers_all(chest: Study) -> None:
    own = As("anna").get(PATH, **BOTH)
    assert {(x["name"], x["month"], x["hours"]) for x in own["lines"]} == {
        ("Anna Annotator", "2026-10", "1.00"),
        ("Anna Annotator", "2026-11", "0.25"),
    }
    assert own["time_zone"] == "Europe/Vienna"
    assert len(As("maria").get(PATH, **BOTH)["lines"]) == 4
    assert As("maria").get(PATH, mine="true", **BOTH)["lines"] == []
    assert As("aud").get(PATH, **BOTH)["lines"] == []


def test_a_period_that_makes_no_sense_is_refused(chest: Study) -> None:
    fault = As("maria").get(PATH, 422, **{"from": "2026-12-01", "to": "2026-11-01"})["faults"][0]
    assert (fault["path"], fault["code"]) == ("?to", "ends_before_it_begins")
    As("maria").get(PATH, 422, **{"from": "yesterday"})
    with pytest.raises(InvalidInput):
        period_of(chest.project, date(2000, 1, 1), date(2026, 1, 1))


def test_of_cases_with_a_part_of_their_own_a_manager_sees_only_their_own_work(chest: Study) -> None:
    give(chest, "mehmet", "annotator", "manager")
    mehmet = chest.members["mehmet"]
    before = rows(everybodys(mehmet, PERIOD))
    chest.claim("mehmet")  # case-2, which anna read
    assert len(rows(everybodys(mehmet, PERIOD))) < len(before)
    assert ones_own(mehmet, PERIOD) == []
    assert "only your own work is counted" in Desk("mehmet").get("/projects/chest/statements/")


def test_a_manager_sees_sums_and_lines_and_has_them_as_csv(chest: Study) -> None:
    anna = person("anna")
    anna.first_name = "=1+1"
    anna.save()
    maria, asked = Desk("maria"), {"first": "2026-10-01", "last": "2026-11-30"}
    page = maria.get("/projects/chest/statements/", **asked)
    assert "=1+1 Annotator 2 1.25" in page
    assert "Of 1 task no time is known" in page
    response = maria.http.get("/projects/chest/statements/", {**asked, "format": "csv"})
    lines = response.content.decode().splitlines()
    assert lines[0] == "month,person,tier,tasks,hours,seconds,tasks without time"
    assert lines[1] == "2026-10,'=1+1 Annotator,annotate,1,1.00,3600,0"
    assert len(lines) == 5


def test_ones_own_hours_stand_on_ones_account_page(chest: Study) -> None:
    chest.read("cleo")
    assert "My hours" in Desk("cleo").get("/account/")
    assert "My hours" not in Desk("sana").get("/account/")


def test_hours_are_rounded_to_a_hundredth() -> None:
    assert [hours(s) for s in (0, 18, 54, 3599)] == [Decimal(x) for x in ("0.00", "0.01", "0.02", "1.00")]
