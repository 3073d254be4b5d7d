"""Alive, and ready: with the right role, every migration, every rule in force, and the broker."""

import json
import re
from typing import Any

import pytest
from django.test import Client


def ready() -> tuple[int, list[str]]:
    answer = Client().get("/readyz")
    return answer.status_code, [failure["check"] for failure in json.loads(answer.content)["failures"]]


def test_alive_needs_no_database() -> None:
    assert json.loads(Client().get("/healthz").content) == {"status": "ok"}


@pytest.mark.django_db
def test_ready_as_the_service_runs() -> None:
    assert ready() == (200, [])


def test_a_rule_that_is_switched_off_shows(owner_connection: Any) -> None:
    owner_connection.execute("ALTER TABLE audit_event DISABLE TRIGGER b_chain")
    owner_connection.commit()
    assert ready() == (503, ["rules_in_force"])


def test_a_migration_that_is_missing_shows(owner_connection: Any) -> None:
    owner_connection.execute("DELETE FROM django_migrations WHERE app = 'api'")
    owner_connection.commit()
    assert ready() == (503, ["migrations"])


@pytest.mark.django_db
def test_every_rule_that_must_not_be_switched_off_is_watched() -> None:
    from django.db import connection

    from api.readiness import TRIGGERS, watched

    with connection.cursor() as cursor:
        wanted = watched(cursor)
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgenabled = 'A' AND NOT tgisinternal"
        )
        assert set(cursor.fetchall()) == wanted
    months = {table for table, _ in wanted - TRIGGERS}
    assert len(months) >= 2
    assert all(re.fullmatch("audit_access_[0-9]{4}_[0-9]{2}", table) for table in months)


@pytest.mark.django_db
def test_a_broker_that_is_away_shows_and_stops_nobody(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1"
    answer = Client().get("/readyz")
    told = json.loads(answer.content)
    assert (answer.status_code, told["status"]) == (200, "degraded")
    assert [warning["check"] for warning in told["warnings"]] == ["broker"]


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_is_a_problem_not_a_traceback() -> None:
    from django.db import connection

    from tests.api.client import As

    maria = As("maria")
    connection.close()
    there, connection.settings_dict["PORT"] = connection.settings_dict["PORT"], "1"
    try:
        assert maria.get("/me", 503)["code"] == "database_away"
        assert ready()[0] == 503
    finally:
        connection.settings_dict["PORT"] = there
