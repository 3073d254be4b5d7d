"""A queue of any length: one registered case is copied with its round, its open tasks and one event of its chain.

The copies come in by plain SQL with every trigger of their tables off, and on again before anything is measured: what
the rules would check was checked when the case was registered. Of a copy's history there is the one event that let it
in, first in its chain, so that claims and submissions go through every rule of the service. Never on anybody's data.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from .servers import Database

TABLES = ("audit_event", "workflow_case", "workflow_caseround", "workflow_part", "tasks_task")
_PLAN = """
CREATE TEMP TABLE bench_plan AS SELECT n, gen_random_uuid() AS case_id, gen_random_uuid() AS event_id,
  clock_timestamp() - interval '1 day' + n * interval '20 hours' / %(cases)s AS opened, NULL::bytea AS head
FROM generate_series(1, %(cases)s::int) AS n
"""
_COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' AND is_identity = 'NO'
ORDER BY ordinal_position
"""
# As a task gets them when it is opened (tasks/ordering.py).
_RING = "('x' || left(plan.case_id::text, 4))::bit(16)::int % 32768"
_RANK = "date_trunc('hour', plan.opened)"


@dataclass(frozen=True, slots=True)
class Queue:
    """What `bench.inside.opening` tells of the study that it opened."""

    project: str
    case: str
    tokens: Sequence[str]
    members: Sequence[str]
    labels: dict[str, Any]


def open_queue(database: Database, readers: int, cases: int, reads: int = 2) -> Queue:
    """A study with that many readers and open cases, each with so many reads to come, over the last day."""
    queue = Queue(**database.run("opening", readers, reads))
    with without_rules(database) as connection:
        connection.execute(_PLAN % {"cases": cases - 1})
        _copy_events(connection, queue.case)
        connection.execute(
            "UPDATE bench_plan SET head = e.leaf_hash FROM audit_event e WHERE e.event_id = bench_plan.event_id"
        )
        _copy_rows(connection, queue.case)
    database.analyze()
    return queue


@contextmanager
def without_rules(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """One transaction with every trigger of the tables off, foreign keys included; then each is what it was."""
    with database.connect("superuser") as connection, connection.transaction():
        before = _switch_off(connection)
        yield connection
        _switch_on(connection, before)


def _switch_off(connection: psycopg.Connection[Any]) -> list[tuple[str, str, bytes]]:
    before = connection.execute(
        "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger"
        " WHERE tgrelid = ANY(%s::regclass[]) AND tgenabled IN ('O', 'A')",
        [list(TABLES)],
    ).fetchall()
    for table in TABLES:
        connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER ALL").format(sql.Identifier(table)))
    return before


def _switch_on(connection: psycopg.Connection[Any], before: list[tuple[str, str, bytes]]) -> None:
    for table, name, enabled in before:
        how = sql.SQL("ENABLE ALWAYS" if enabled == b"A" else "ENABLE")
        statement = sql.SQL("ALTER TABLE {} {} TRIGGER {}")
        connection.execute(statement.format(sql.Identifier(table), how, sql.Identifier(name)))


def _copy_events(connection: psycopg.Connection[Any], case: str) -> None:
    found = connection.execute(
        "SELECT log_id, body FROM audit_event WHERE stream_id = %s AND state_to = 'annotation'", [case]
    ).fetchone()
    assert found is not None
    event = json.loads(bytes(found[1]))
    first = json.dumps({**event, "seq": 1, "prev": None}, sort_keys=True, separators=(",", ":"))
    statement = sql.SQL(
        "INSERT INTO {} (log_id, body, xact, db_time) SELECT %(log)s,"
        " convert_to(replace(replace(%(body)s::text, %(case)s, plan.case_id::text), %(event)s, plan.event_id::text),"
        " 'UTF8'), pg_current_xact_id(), clock_timestamp() FROM bench_plan AS plan"
    )
    given = {"log": found[0], "body": first, "case": case, "event": event["event_id"]}
    connection.execute(statement.format(sql.Identifier("audit_event")), given)


def _copy_rows(connection: psycopg.Connection[Any], case: str) -> None:
    new = {"id": "gen_random_uuid()", "case_id": "plan.case_id", "event_id": "plan.event_id"}
    _copy(connection, "workflow_case", "id", case, {
        "id": "plan.case_id", "external_ref": "'copy-' || plan.n", "patient_key": "'patient-' || plan.n",
        "created_at": "plan.opened", "audit_seq": "1", "audit_head": "plan.head",
    })  # fmt: skip
    _copy(connection, "workflow_caseround", "case_id", case, new)
    times = {**dict.fromkeys(("opened_at", "entered_at"), "plan.opened"), "rank": _RANK}
    _copy(connection, "tasks_task", "case_id", case, {**new, **times, "ring": _RING})


def _copy(
    connection: psycopg.Connection[Any], table: str, key: str, case: str, instead: dict[str, str]
) -> None:
    """Each row of the case once for every row of the plan, with some columns of its own."""
    names = [name for (name,) in connection.execute(_COLUMNS, [table])]
    values = [sql.SQL(instead[n]) if n in instead else sql.Identifier("old", n) for n in names]
    statement = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM bench_plan AS plan, {} AS old WHERE old.{} = {}")
    connection.execute(
        statement.format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names)), sql.SQL(", ").join(values),
            sql.Identifier(table), sql.Identifier(key), sql.Literal(case),
        )
    )  # fmt: skip
