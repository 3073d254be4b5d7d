"""What the database refuses about the log, and to whom; and what only a superuser can do, not unseen."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import transaction

from audit.actions import Action
from audit.canonical import canonical, parse
from audit.log import Journal, Request
from audit.merkle import leaf_hash
from audit.models import Event, Log, Pending
from tests.breaking import forbidden, refused, sql
from tests.people import Study, study
from workflow.checking import check_log

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = ("audit_event", "audit_leaf", "audit_checkpoint", "audit_content")
CHAIN = "event_follows_its_stream"


@pytest.fixture
def chest() -> Study:
    return study("case-1")


def last_of_project(of: Study) -> dict[str, Any]:
    """The newest event of the project's own stream, whose head no row holds."""
    return dict(parse(bytes(Event.objects.filter(stream_id=of.project.pk).latest("stream_seq").body)))


def following(of: Study, **changes: Any) -> dict[str, Any]:
    """An event that honestly follows it, but for the changes."""
    last = last_of_project(of)
    journal = Journal(of.project.log, of.acting("maria").actor(), Request())
    entry = journal.record(
        journal.stream("project", of.project.pk), Action.PROJECT_SETTINGS_CHANGED, object=("project", "x", 1)
    )
    event = dict(parse(entry.body))
    assert event["seq"] == last["seq"] + 1
    return event | changes


def insert(of: Study, event: dict[str, Any] | bytes, log_id: int | None = None) -> None:
    body = event if isinstance(event, bytes) else canonical(event)
    sql("INSERT INTO audit_event (log_id, body) VALUES (%s, %s)", log_id or of.project.log_id, body)


def test_an_honest_event_is_accepted_stamped_and_waits_to_be_sealed(chest: Study) -> None:
    event = following(chest)
    insert(chest, event)
    row = Event.objects.latest("pk")
    assert bytes(row.leaf_hash) == leaf_hash(canonical(event))
    assert abs((row.db_time - datetime.fromisoformat(event["time"]["server"])).total_seconds()) < 5
    assert int(str(row.xact)) > 0
    assert Pending.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {0} SET {1} = {1}",
        "DELETE FROM {}",
        "TRUNCATE {} CASCADE",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
        "ALTER TABLE {} DISABLE TRIGGER refuse_change",
        "DROP TRIGGER refuse_change ON {}",
        "DROP TABLE {} CASCADE",
        "ALTER TABLE {} RENAME TO gone",
    ],
)
def test_the_service_cannot_change_the_log_or_its_guards(chest: Study, table: str, statement: str) -> None:
    with forbidden():
        sql(statement.format(table, "digest" if table == "audit_content" else "log_id"))


@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica",
        "SET ROLE consilium_owner",
        "SET SESSION AUTHORIZATION consilium_owner",
        "CREATE TABLE mine (a int)",
        "CREATE TEMP TABLE audit_event (a int)",  # would come before the real one in a trigger's search path
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "DROP FUNCTION workflow_case_move() CASCADE",
        "ALTER FUNCTION audit_refuse() RENAME TO gone",
        "COPY audit_event TO PROGRAM 'cat'",
        "DELETE FROM audit_pending",
        "INSERT INTO audit_pending (event_id) VALUES (999)",
        "INSERT INTO audit_leaf (log_id, leaf_index, event_id, leaf_hash) VALUES (1, 0, 1, '')",
        "INSERT INTO audit_checkpoint (log_id, size, note) VALUES (1, 0, '')",
        "UPDATE audit_log SET size = 9",
        "UPDATE audit_opening SET value = '1'",
        "DELETE FROM audit_opening",
        "INSERT INTO audit_event (log_id, body, db_time) VALUES (1, '{}', now())",
        "INSERT INTO audit_event (log_id, body, xact) VALUES (1, '{}', '1')",
        "INSERT INTO audit_event (log_id, body, leaf_hash) VALUES (1, '{}', '')",
        "INSERT INTO audit_event (id, log_id, body) VALUES (1, 1, '{}')",
        "DELETE FROM django_migrations",
    ],
)
def test_the_service_cannot_reach_further(chest: Study, statement: str) -> None:
    with forbidden():
        sql(statement)


@pytest.mark.parametrize("role", ["sealer", "auditor", "eraser"])
def test_the_other_roles_cannot_change_the_log_either(
    chest: Study, connect: Callable[..., psycopg.Connection], role: str
) -> None:
    connection = connect(role, autocommit=True)
    for table in TABLES:
        for statement in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE", f"DROP TABLE {table} CASCADE"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("INSERT INTO audit_event (log_id, body) VALUES (1, '{}')")


def test_the_owner_is_refused_by_triggers(chest: Study, owner_connection: psycopg.Connection) -> None:
    for table in ("audit_event", "audit_content"):
        for statement in (
            f"UPDATE {table} SET body = body",
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
        ):
            with pytest.raises(psycopg.errors.CheckViolation, match=r"append-only: \w+ on \w+ is refused\."):
                owner_connection.execute(statement)
            owner_connection.rollback()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner_connection.execute("SET session_replication_role = replica")


def test_a_superuser_in_replica_mode_is_refused_too(
    chest: Study, superuser_connection: psycopg.Connection
) -> None:
    superuser_connection.execute("SET session_replication_role = replica")
    superuser_connection.commit()
    for statement in (
        "UPDATE audit_event SET body = body",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event CASCADE",
    ):
        with pytest.raises(psycopg.errors.CheckViolation):
            superuser_connection.execute(statement)
        superuser_connection.rollback()
    superuser_connection.execute("UPDATE workflow_case SET state = 'junior_review'")
    with pytest.raises(psycopg.errors.CheckViolation, match="needs its event"):
        superuser_connection.commit()


@pytest.mark.parametrize("role", ["owner", "superuser"])
def test_whoever_switches_the_triggers_off_can_edit_and_is_found_out(
    chest: Study, connect: Callable[..., psycopg.Connection], role: str
) -> None:
    event = Event.objects.filter(stream_id=chest.case().pk).latest("stream_seq")
    forged = bytes(event.body).replace(b'"slot":2', b'"slot":1')
    assert forged != bytes(event.body)
    which = "USER" if role == "owner" else "ALL"
    with connect(role) as connection:
        connection.execute(f"ALTER TABLE audit_event DISABLE TRIGGER {which}")
        connection.execute("UPDATE audit_event SET body = %s WHERE id = %s", [forged, event.pk])
        connection.execute(f"ALTER TABLE audit_event ENABLE TRIGGER {which}")
    assert {fault.code for fault in check_log(chest.project)} == {"HEADS_MISMATCH"}
    assert sql("SELECT DISTINCT tgenabled FROM pg_trigger WHERE tgname = 'refuse_change'") != [("A",)]


def test_a_wrong_prev_is_refused(chest: Study) -> None:
    for prev in ("sha256:" + "0" * 64, None, last_of_project(chest)["prev"]):
        with refused(CHAIN):
            insert(chest, following(chest, prev=prev))


@pytest.mark.parametrize("step", [-1, 1, -1000])
def test_a_gap_or_a_place_before_the_first_is_refused(chest: Study, step: int) -> None:
    with refused(CHAIN):
        insert(chest, following(chest, seq=following(chest)["seq"] + 1 + abs(step) if step > 0 else step))


def test_a_place_that_is_taken_is_refused(chest: Study) -> None:
    with refused("one_event_per_place_in_a_stream"):
        insert(chest, following(chest, seq=last_of_project(chest)["seq"]))


def test_a_first_event_cites_nothing(chest: Study) -> None:
    stream = {"kind": "project", "id": "00000000-0000-4000-8000-000000000000"}
    with refused(CHAIN):
        insert(chest, following(chest, stream=stream, seq=1))


def test_an_event_id_is_used_once(chest: Study) -> None:
    with refused("event_id_is_unique"):
        insert(chest, following(chest, event_id=last_of_project(chest)["event_id"]))


def test_an_event_that_names_another_log_is_refused(chest: Study) -> None:
    with refused("event_is_in_its_log"):
        insert(chest, following(chest, log="elsewhere/p/1/e1"))


def test_a_stream_stays_in_its_log(chest: Study) -> None:
    other = Log.objects.create(project_id="00000000-0000-4000-8000-000000000000", origin="elsewhere/p/1/e1")
    with refused(CHAIN):
        insert(chest, following(chest, log=other.origin), other.pk)


def test_a_stream_stays_of_its_kind(chest: Study) -> None:
    with refused(CHAIN):
        insert(chest, following(chest, stream={"kind": "batch", "id": str(chest.project.pk)}))


@pytest.mark.parametrize("seconds", [-6, 6, -86400])
def test_an_event_has_the_databases_time(chest: Study, seconds: int) -> None:
    time = following(chest)["time"]
    said = datetime.fromisoformat(time["server"]) + timedelta(seconds=seconds)
    with refused("event_time_is_the_databases"):
        insert(chest, following(chest, time=time | {"server": said.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}))


def test_an_event_before_the_last_one_must_say_so(chest: Study) -> None:
    insert(chest, following(chest))
    event = following(chest)
    said = datetime.fromisoformat(last_of_project(chest)["time"]["server"]) - timedelta(seconds=1)
    back = event["time"] | {"server": said.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
    with refused("event_time_goes_forward"):
        insert(chest, event | {"time": back})
    insert(chest, event | {"time": back | {"regressed_us": 1_000_000}})


def test_each_of_many_events_in_one_statement_is_asked(chest: Study) -> None:
    first = following(chest)
    then = following(chest, seq=first["seq"] + 1, prev=f"sha256:{leaf_hash(canonical(first)).hex()}")
    late = (datetime.fromisoformat(first["time"]["server"]) + timedelta(seconds=1)).strftime(
        "%Y-%m-%dT%H:%M:%S.%fZ"
    )
    for constraint, bad in {
        CHAIN: then | {"prev": first["prev"]},
        "event_is_in_its_log": then | {"log": "elsewhere/p/1/e1"},
        "event_time_is_the_databases": then
        | {"time": then["time"] | {"server": "2020-01-01T00:00:00.000000Z"}},
        "event_time_goes_forward": then | {"time": then["time"] | {"regressed_us": 3}},
    }.items():
        with refused(constraint):
            insert_all(chest, first, bad)
    with refused(
        "event_time_goes_forward"
    ):  # it stands a second before the one that this statement brings with it
        ahead = first | {"time": first["time"] | {"server": late}}
        insert_all(chest, ahead, then | {"prev": f"sha256:{leaf_hash(canonical(ahead)).hex()}"})
    with refused(CHAIN):  # a place is left out
        insert_all(chest, first, then | {"seq": then["seq"] + 1})
    assert last_of_project(chest)["seq"] == first["seq"] - 1
    insert_all(chest, then, first)  # their order within a statement is nobody's business
    assert Pending.objects.filter(event__event_id__in=[first["event_id"], then["event_id"]]).count() == 2


def insert_all(of: Study, *events: dict[str, Any]) -> None:
    values = ", ".join(["(%s, %s)"] * len(events))
    rows = [value for event in events for value in (of.project.log_id, canonical(event))]
    sql(f"INSERT INTO audit_event (log_id, body) VALUES {values}", *rows)


@pytest.mark.parametrize("body", [b"{}", b"", b"x" * 65536, b"not json", b"\xff\xff", b"[]", b"null"])
def test_what_is_no_event_is_refused(chest: Study, body: bytes) -> None:
    with pytest.raises(Exception, match=r".") as caught, transaction.atomic():
        insert(chest, body)
    assert caught.type.__name__ in ("IntegrityError", "DataError")
    assert Event.objects.filter(body=body).count() == 0


def test_a_body_beyond_a_leaf_is_refused(chest: Study) -> None:
    with refused("event_fits_a_leaf"):
        insert(chest, following(chest, extra={"much": "x" * 65535}))


def test_a_step_back_is_declared_by_its_true_size(chest: Study) -> None:
    time = following(chest)["time"]
    with refused("event_time_goes_forward"):
        insert(chest, following(chest, time=time | {"regressed_us": 5}))


def test_the_sealer_cannot_seal_a_false_leaf_hash(
    chest: Study, connect: Callable[..., psycopg.Connection]
) -> None:
    connection = connect("sealer")
    leaf = "INSERT INTO audit_leaf (log_id, leaf_index, event_id, leaf_hash) SELECT log_id, 0, id, %s FROM audit_event"
    with pytest.raises(psycopg.errors.IntegrityError), connection.transaction():
        connection.execute(f"{leaf} LIMIT 1", [b"\0" * 32])


def test_a_new_log_is_empty(chest: Study) -> None:
    with refused("a_log_begins_empty"):
        Log.objects.create(project_id="00000000-0000-4000-8000-000000000000", origin="e/p/1/e1", size=9)


def test_a_log_only_grows(chest: Study, connect: Callable[..., psycopg.Connection]) -> None:
    connection = connect("sealer")
    with connection.transaction():
        connection.execute("UPDATE audit_log SET size = 9")
    with pytest.raises(psycopg.errors.CheckViolation), connection.transaction():
        connection.execute("UPDATE audit_log SET size = 8")
