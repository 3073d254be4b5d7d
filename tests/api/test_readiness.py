"""Ready means: as the right role, on the right kind of database; what lags is told and stops nobody."""

import json

import psycopg
import pytest
from django.db import connection
from django.test import Client
from psycopg import sql

from api.bodies import BODIES
from audit.access import Code, Seen, record
from tests.config import production
from tests.databases import TestDatabases
from tests.people import study

pytestmark = pytest.mark.django_db(transaction=True)
ASK = "import django, json; django.setup()\nfrom api import readiness\nprint(json.dumps(readiness.{}()))"


@pytest.mark.parametrize("role", ["owner", "superuser", "sealer", "auditor"])
def test_a_web_service_with_another_role_is_not_ready(own_databases: TestDatabases, role: str) -> None:
    done = production.run(ASK.format("failures"), **own_databases.environment(role))
    told = {failure["check"]: failure["detail"] for failure in json.loads(done.stdout)}
    assert told["database_role"].startswith("DATABASE_URL must name consilium_app")


def test_a_database_in_another_encoding_is_not_ready(own_databases: TestDatabases) -> None:
    name = f"clone_{own_databases.token}_latin"
    with psycopg.connect(
        own_databases.endpoints.database_url("superuser", "postgres"), autocommit=True
    ) as boss:
        make = "CREATE DATABASE {} ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0"
        boss.execute(sql.SQL(make).format(sql.Identifier(name)))
        try:
            url = own_databases.endpoints.database_url("superuser", name)
            told = json.loads(production.run(ASK.format("encoding"), DATABASE_URL=url).stdout)
        finally:
            boss.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    assert told == "The database is in LATIN1: create it anew in UTF8."


def test_a_sealer_that_lags_is_told(superuser_connection: psycopg.Connection) -> None:
    study("case-1")
    superuser_connection.execute("ALTER TABLE audit_event DISABLE TRIGGER refuse_change")
    superuser_connection.execute("UPDATE audit_event SET db_time = db_time - interval '2 minutes'")
    superuser_connection.execute("ALTER TABLE audit_event ENABLE ALWAYS TRIGGER refuse_change")
    superuser_connection.commit()
    answer = Client().get("/readyz")
    told = json.loads(answer.content)
    assert (answer.status_code, told["status"], told["failures"]) == (200, "degraded", [])
    (warning,) = told["warnings"]
    assert warning["check"] == "sealer"
    assert "events wait to be sealed, the oldest for 12" in warning["detail"]


def test_an_access_log_that_nobody_seals_is_told(superuser_connection: psycopg.Connection) -> None:
    chest = study("case-1")
    who = (chest.project.log_id, chest.members["aud"].actor_id, "auditor")
    record(Seen(*who, Code.QUERY, "query", None, None))
    assert json.loads(Client().get("/readyz").content)["warnings"] == []
    superuser_connection.execute("ALTER TABLE audit_access DISABLE TRIGGER a_guard")
    superuser_connection.execute("UPDATE audit_access SET at = at - interval '21 minutes'")
    superuser_connection.execute("ALTER TABLE audit_access ENABLE ALWAYS TRIGGER a_guard")
    superuser_connection.commit()
    answer = Client().get("/readyz")
    (warning,) = json.loads(answer.content)["warnings"]
    assert (answer.status_code, warning["check"]) == (200, "access_log")
    assert "1 rows of access logs are in no batch, the oldest for 126" in warning["detail"]


def test_the_pinned_functions_are_those_that_the_migrations_make() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, encode(sha256(convert_to(prosrc, 'UTF8')), 'hex') FROM pg_proc p"
            " JOIN pg_language l ON l.oid = p.prolang AND l.lanname IN ('plpgsql', 'sql')"
            " WHERE pronamespace = 'public'::regnamespace ORDER BY proname"
        )
        made = dict(cursor.fetchall())
    table = "\n".join(f'    "{name}": "{body}",' for name, body in made.items())
    assert made == BODIES, f"api/bodies.py must say:\n{table}"


def test_a_rule_that_is_there_in_name_alone_keeps_the_service_from_its_work(
    superuser_connection: psycopg.Connection,
) -> None:
    superuser_connection.execute(
        "CREATE OR REPLACE FUNCTION workflow_part_guard() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RETURN COALESCE(NEW, OLD); END $$"
    )
    superuser_connection.commit()
    answer = Client().get("/readyz")
    [failure] = json.loads(answer.content)["failures"]
    assert (answer.status_code, failure["check"]) == (503, "functions_unchanged")
    assert "workflow_part_guard" in failure["detail"]
