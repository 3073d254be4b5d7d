"""The access log as the database keeps it: a row before the first byte, never changed, never false in time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connection, transaction

from audit.access import Code, NotRecorded, Seen, record
from audit.models import Access
from tests.breaking import forbidden, refused, sql
from tests.people import Study, study

pytestmark = pytest.mark.django_db
WHO = "act_" + "ab" * 16


def sight(of: Study, **more: Any) -> Seen:
    """Anna is about to see two frames of the first case."""
    told: dict[str, Any] = {
        "log_id": of.project.log_id,
        "actor": of.members["anna"].actor_id,
        "role": "annotator",
        "code": Code.INSTANCES_ACCESSED,
        "what": "frames",
        "case_id": of.case().pk,
        "task_id": uuid4(),
        "study": "2.25.1",
        "series": "2.25.2",
        "instance": uuid4(),
        "frames": (1, 2),
        "request": str(uuid4()),
    }
    return Seen(**(told | more))


@pytest.fixture
def chest() -> Study:
    return study("case-1")


def test_a_row_says_who_saw_what_at_the_time_of_the_database(chest: Study) -> None:
    before = sql("SELECT clock_timestamp()")[0][0]
    seen = sight(chest)
    record(seen)
    row = Access.objects.get()
    assert (row.actor, row.role, row.code, row.what) == (seen.actor, "annotator", "110103", "frames")
    assert (row.case_id, row.task_id, row.instance) == (seen.case_id, seen.task_id, seen.instance)
    assert (row.study, row.series, row.frames, row.request) == ("2.25.1", "2.25.2", [1, 2], seen.request)
    assert before < row.at < sql("SELECT clock_timestamp()")[0][0]
    assert row.batch_id is None


def test_a_row_costs_one_statement_whether_or_not_it_waits_for_the_disk(
    chest: Study, django_assert_num_queries: Callable[..., Any]
) -> None:
    seen = sight(chest)
    for durably in (True, False):
        with django_assert_num_queries(1):
            record(seen, durably=durably)
    assert Access.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_not_waiting_for_the_disk_ends_with_the_row(chest: Study) -> None:
    record(sight(chest), durably=False)
    assert Access.objects.count() == 1
    assert sql("SHOW synchronous_commit") == [("on",)]
    with transaction.atomic():
        record(sight(chest), durably=False)
        # Whatever else this transaction writes must last.
        assert sql("SHOW synchronous_commit") == [("on",)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_access SET what = 'query'",
        "UPDATE audit_access SET at = at - interval '1 day'",
        "UPDATE audit_access SET batch_id = NULL, actor = actor",
        "DELETE FROM audit_access",
        "TRUNCATE audit_access",
        "TRUNCATE audit_access_default",
        "DROP TABLE audit_access_default",
        "ALTER TABLE audit_access DISABLE TRIGGER a_guard",
        "ALTER TABLE audit_access DETACH PARTITION audit_access_default",
        "UPDATE audit_accessbatch SET count = 1",
        "DELETE FROM audit_accessbatch",
        "CREATE TABLE audit_access_2031_01 PARTITION OF audit_access FOR VALUES FROM ('2031-01-01') TO ('2031-02-01')",
    ],
)
def test_the_service_can_change_nothing_of_it(chest: Study, statement: str) -> None:
    record(sight(chest))
    with forbidden():
        sql(statement)


@pytest.mark.parametrize("column", ["at", "id", "batch_id"])
def test_the_service_cannot_say_when_it_was(chest: Study, column: str) -> None:
    values = {"at": "now() - interval '1 hour'", "id": "1", "batch_id": "1"}
    with forbidden():
        sql(
            f"INSERT INTO audit_access (log_id, actor, role, code, what, {column})"
            f" VALUES (%s, %s, 'auditor', '110112', 'query', {values[column]})",
            chest.project.log_id,
            WHO,
        )


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"actor": "Anna Annotator"}, "access_names_a_pseudonym"),
        ({"study": "Mueller"}, "access_study_is_a_uid"),
        ({"series": "Hans"}, "access_series_is_a_uid"),
        ({"request": "10.0.0.1 Anna"}, "access_request_is_an_id"),
        ({"what": "Anna's"}, "access_what_is_a_word"),
        ({"role": "Dr. A"}, "access_role_is_a_word"),
        ({"log_id": 2**40}, "access_is_of_a_log"),
    ],
)
def test_a_row_holds_pseudonyms_alone_and_belongs_to_a_log(
    chest: Study, change: dict[str, Any], rule: str
) -> None:
    seen = sight(chest, **change)
    with pytest.raises(NotRecorded) as caught, transaction.atomic():
        record(seen)
    cause = caught.value.__cause__
    assert cause is not None
    assert cause.__cause__.diag.constraint_name == rule  # type: ignore[union-attr]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", ["owner", "superuser"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET actor = %s", "DELETE FROM {} WHERE actor <> %s"])
def test_not_even_the_owner_changes_it_unless_the_trigger_is_gone(
    chest: Study, connect: Callable[..., psycopg.Connection], role: str, statement: str
) -> None:
    record(sight(chest))
    boss = connect(role)
    if role == "superuser":
        boss.execute("SET session_replication_role = replica")
    with pytest.raises(psycopg.errors.CheckViolation, match="never changed"):
        boss.execute(statement.format("audit_access"), [WHO])
    boss.rollback()


@pytest.mark.django_db(transaction=True)
def test_the_owner_can_neither_date_back_nor_empty_it(
    chest: Study, owner_connection: psycopg.Connection
) -> None:
    record(sight(chest))
    late = datetime.now(UTC) - timedelta(minutes=1)
    with pytest.raises(psycopg.errors.CheckViolation, match="time of the database"):
        owner_connection.execute(
            "INSERT INTO audit_access (log_id, at, actor, role, code, what)"
            " VALUES (%s, %s, %s, 'auditor', '110112', 'query')",
            [chest.project.log_id, late, WHO],
        )
    owner_connection.rollback()
    months = [
        name
        for (name,) in sql(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_access'::regclass"
        )
    ]
    assert len(months) >= 2
    for table in ("audit_access", "audit_accessbatch", *months):
        with pytest.raises(psycopg.errors.CheckViolation, match="append-only"):
            owner_connection.execute(f"TRUNCATE {table} CASCADE")
        owner_connection.rollback()


def test_no_row_enters_a_batch_that_is_not_of_its_transaction_and_log(chest: Study) -> None:
    record(sight(chest))
    with refused("access_is_append_only"):
        sql("UPDATE audit_access SET batch_id = 1")


def test_a_month_is_made_ahead_once_and_only_a_near_one() -> None:
    ahead = (datetime.now(UTC) + timedelta(days=150)).date()
    name = f"audit_access_{ahead:%Y_%m}"
    assert sql("SELECT audit_access_month(%s), audit_access_month(%s)", ahead, ahead) == [(True, False)]
    assert sql(
        "SELECT tgname, tgenabled::text FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal ORDER BY 1",
        name,
    ) == [
        ("a_guard", "A"),
        ("a_stamp", "A"),
        ("refuse_truncate", "A"),
    ]
    for far in (ahead + timedelta(days=400), ahead - timedelta(days=400)):
        with refused("access_month_is_near"):
            sql("SELECT audit_access_month(%s)", far)


@pytest.mark.django_db(transaction=True)
def test_without_the_right_to_write_a_row_nothing_is_shown(
    chest: Study, owner_connection: psycopg.Connection
) -> None:
    owner_connection.execute("REVOKE INSERT ON audit_access FROM consilium_app")
    owner_connection.execute("REVOKE INSERT (log_id) ON audit_access FROM consilium_app")
    owner_connection.commit()
    for durably in (True, False):
        with pytest.raises(NotRecorded):
            record(sight(chest), durably=durably)


@pytest.mark.django_db(transaction=True)
def test_without_a_table_to_write_to_nothing_is_shown(
    chest: Study, owner_connection: psycopg.Connection
) -> None:
    for (name,) in sql(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_access'::regclass"
    ):
        owner_connection.execute(f"DROP TABLE {name}")
    owner_connection.commit()
    with pytest.raises(NotRecorded):
        record(sight(chest))


@pytest.mark.django_db(transaction=True)
def test_while_the_database_is_away_nothing_is_shown(
    chest: Study, superuser_connection: psycopg.Connection
) -> None:
    seen = sight(chest)
    (ours,) = sql("SELECT pg_backend_pid()")[0]
    superuser_connection.execute("SELECT pg_terminate_backend(%s, 10000)", [ours])
    with pytest.raises(NotRecorded):
        record(seen)
    connection.close()
