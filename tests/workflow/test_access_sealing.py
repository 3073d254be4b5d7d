"""The access log goes into the sealed log by batches: all of it, once, whoever seals and whoever is killed."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from audit.access import Code, Seen, record
from audit.access_batches import MOST
from audit.canonical import canonical
from audit.models import Access, AccessBatch, Content, Event
from tests.breaking import forbidden, refused, sql
from tests.crowd import all_at_once
from tests.databases import ROOT, TestDatabases
from tests.people import Study, study
from tests.sealed import a_sealer, seal_all
from workflow.access_sealing import seal_access, seal_due_access, seal_full_batches
from workflow.acting import machine
from workflow.checking import check_log
from workflow.epochs import freeze, open_log
from workflow.jobs import prepare_access_months

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chest() -> Study:
    return study("case-1")


def look(of: Study, times: int = 1, **more: Any) -> None:
    """Anna looks at the first case."""
    for frame in range(1, times + 1):
        who = (of.project.log_id, of.members["anna"].actor_id, "annotator")
        told: dict[str, Any] = {
            "what": "frames",
            "case_id": of.case().pk,
            "task_id": None,
            "frames": (frame,),
        }
        record(Seen(*who, Code.INSTANCES_ACCESSED, **(told | more)))


def batches_in_log(of: Study) -> list[dict[str, Any]]:
    bodies = Event.objects.filter(stream_id=of.project.pk, action="access.batch").order_by("stream_seq")
    return [json.loads(bytes(body)) for body in bodies.values_list("body", flat=True)]


def file_of(event: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a batch, whose bytes are held against its event."""
    content = Content.objects.get(pk=event["after"]["digest"])
    assert content.media_type == event["after"]["media_type"] == "application/x-ndjson"
    assert "sha256:" + hashlib.sha256(bytes(content.body)).hexdigest() == content.digest
    lines = bytes(content.body).splitlines(keepends=True)
    rows = [json.loads(line) for line in lines]
    assert [canonical(row) + b"\n" for row in rows] == lines
    return rows


def test_a_batch_holds_every_row_in_order_and_its_event_says_which(chest: Study) -> None:
    task = uuid4()
    look(chest, 3, task_id=task, study="2.25.1", series="2.25.2", request="r-1")
    assert seal_access(chest.project.pk)
    (event,) = batches_in_log(chest)
    rows = file_of(event)
    kept = list(Access.objects.order_by("at", "id"))
    assert [row["id"] for row in rows] == [one.id for one in kept]
    assert event["extra"] == {"count": 3, "first": rows[0]["at"], "last": rows[-1]["at"]}
    assert event["actor"]["kind"] == "system"
    about = {"log": chest.project.log.origin, "actor": chest.members["anna"].actor_id, "role": "annotator"}
    assert rows[1] == about | {
        **{"at": kept[1].at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "id": kept[1].id, "code": "110103"},
        **{"what": "frames", "case": str(chest.case().pk), "task": str(task), "study": "2.25.1"},
        **{"series": "2.25.2", "instance": None, "frames": [2], "request": "r-1"},
    }
    assert {one.batch.event_id for one in kept if one.batch} == {
        Event.objects.get(action="access.batch").event_id
    }
    assert check_log(chest.project) == []


def test_sealing_again_changes_nothing(chest: Study) -> None:
    look(chest)
    assert [seal_access(chest.project.pk) for _ in range(3)] == [True, False, False]
    look(chest)
    assert seal_access(chest.project.pk)
    assert [event["extra"]["count"] for event in batches_in_log(chest)] == [1, 1]


def test_eight_who_seal_at_once_while_others_look_take_each_row_once(chest: Study) -> None:
    look(chest, 20)

    def seal_and_look() -> bool:
        look(chest, 5)
        return seal_access(chest.project.pk)

    all_at_once([seal_and_look] * 8)
    while seal_access(chest.project.pk):
        pass
    events = batches_in_log(chest)
    sealed = [row["id"] for event in events for row in file_of(event)]
    assert len(sealed) == 60
    assert sorted(sealed) == sorted(Access.objects.values_list("id", flat=True))
    assert not Access.objects.filter(batch=None).exists()
    assert check_log(chest.project) == []


def test_whoever_is_killed_while_sealing_has_done_nothing(chest: Study, own_databases: TestDatabases) -> None:
    look(chest, 5)
    half_way = (
        "import sys, django; django.setup()\n"
        "from django.db import transaction\n"
        "from workflow.access_sealing import lock, seal_within\n"
        "from workflow.models import Project\n"
        "with transaction.atomic():\n"
        "    project = Project.objects.select_related('log').get()\n"
        "    lock(project)\n"
        "    print(seal_within(project), flush=True)\n"
        "    sys.stdin.read()\n"
    )
    environment = own_databases.environment() | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    with subprocess.Popen(
        [sys.executable, "-c", half_way], cwd=ROOT, env=environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        assert child.stdout.readline() == "True\n"
        child.kill()
    assert (AccessBatch.objects.count(), batches_in_log(chest)) == (0, [])
    assert seal_access(chest.project.pk)
    assert Access.objects.filter(batch=AccessBatch.objects.get()).count() == 5


def test_rows_are_due_after_ten_minutes_or_when_a_batch_is_full(
    chest: Study, superuser_connection: psycopg.Connection
) -> None:
    look(chest, 2)
    assert seal_due_access() == 0
    superuser_connection.execute("ALTER TABLE audit_access DISABLE TRIGGER a_guard")
    superuser_connection.execute("UPDATE audit_access SET at = at - interval '10 minutes'")
    superuser_connection.execute("ALTER TABLE audit_access ENABLE ALWAYS TRIGGER a_guard")
    superuser_connection.commit()
    assert seal_due_access() == 1
    sql(
        "INSERT INTO audit_access (log_id, actor, role, code, what)"
        " SELECT %s, %s, 'auditor', '110112', 'query' FROM generate_series(1, %s)",
        *(chest.project.log_id, chest.members["aud"].actor_id, MOST + 1),
    )
    assert seal_due_access() == 1
    assert [event["extra"]["count"] for event in batches_in_log(chest)] == [2, MOST]
    assert (seal_full_batches(chest.project.pk), seal_due_access()) == (0, 0)


def test_an_access_log_is_sealed_into_its_own_project_alone(chest: Study) -> None:
    other = study("case-1", slug="other")
    look(chest, 2)
    look(other, 1)
    seal_access(chest.project.pk)
    assert Access.objects.filter(batch=None).values_list("log", flat=True).get() == other.project.log_id
    assert batches_in_log(other) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_access SET batch_id = NULL",
        "UPDATE audit_access SET batch_id = (SELECT max(id) FROM audit_accessbatch)",
        "UPDATE audit_access SET batch_id = batch_id + 1",
    ],
)
def test_a_sealed_row_stays_in_its_batch(chest: Study, statement: str) -> None:
    look(chest)
    seal_access(chest.project.pk)
    with refused("access_is_append_only"):
        sql(statement)


def test_no_row_slips_into_a_batch_that_was_sealed_before(chest: Study) -> None:
    look(chest)
    seal_access(chest.project.pk)
    look(chest)
    with refused("access_is_append_only"):
        sql("UPDATE audit_access SET batch_id = (SELECT id FROM audit_accessbatch) WHERE batch_id IS NULL")


def test_no_row_slips_into_the_batch_of_another_project(chest: Study) -> None:
    other = study("case-1", slug="other")
    look(chest)
    look(other)
    with refused("access_is_append_only"):
        assert seal_access(other.project.pk)
        sql("UPDATE audit_access SET batch_id = (SELECT id FROM audit_accessbatch) WHERE batch_id IS NULL")


def test_a_batch_without_its_event_or_with_other_rows_is_refused(chest: Study) -> None:
    look(chest, 2)
    seal_access(chest.project.pk)
    again = (
        "INSERT INTO audit_accessbatch (log_id, event_id, content_id, count, first, last, xact)"
        " SELECT log_id, {}, content_id, count, first, last, '0' FROM audit_accessbatch"
    )
    other_event = "(SELECT event_id FROM audit_event ORDER BY id DESC OFFSET 1 LIMIT 1)"
    with refused("access_batch_has_its_event"):
        sql(again.format(other_event))
    look(chest, 2)
    with refused("access_batch_has_its_event"):
        seal_access(chest.project.pk)
        newest = "(SELECT max(id) FROM audit_accessbatch)"
        # A row that comes while the batch is open, and is not in its file.
        look(chest)
        sql(f"UPDATE audit_access SET batch_id = {newest} WHERE batch_id IS NULL")
    assert AccessBatch.objects.count() == 1
    for statement in ("UPDATE audit_accessbatch SET count = 3", "DELETE FROM audit_accessbatch"):
        with forbidden():
            sql(statement)


def test_not_even_the_owner_changes_a_batch(chest: Study, connect: Callable[..., psycopg.Connection]) -> None:
    look(chest)
    seal_access(chest.project.pk)
    boss = connect("owner")
    for statement in (
        "UPDATE audit_accessbatch SET count = 3",
        "DELETE FROM audit_accessbatch",
        "UPDATE audit_access SET batch_id = NULL",
    ):
        with pytest.raises(psycopg.errors.CheckViolation):
            boss.execute(statement)
        boss.rollback()


def test_what_an_epoch_left_is_sealed_in_the_next_one(
    chest: Study, own_databases: TestDatabases, tmp_path: Path
) -> None:
    look(chest, 2)
    sealer = a_sealer(tmp_path)
    seal_all(sealer, own_databases)
    freeze(acting=machine(), project=chest.project)
    assert not seal_access(chest.project.pk)
    seal_all(sealer, own_databases)
    open_log(acting=machine(), project=chest.project, reason="The key was stolen.")
    assert seal_access(chest.project.pk)
    (event,) = batches_in_log(chest)
    assert event["log"].endswith("/e2")
    assert [row["log"][-3:] for row in file_of(event)] == ["/e1", "/e1"]


def test_the_tables_of_months_to_come_are_made_once(chest: Study) -> None:
    months = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'audit_access'::regclass"
    (before,) = sql(months)[0]
    made = prepare_access_months()
    assert (sql(months)[0][0], prepare_access_months()) == (before + made, 0)
    assert made >= 1
    look(chest)
    (table,) = sql("SELECT tableoid::regclass::text FROM audit_access")[0]
    assert table == f"audit_access_{datetime.now(UTC):%Y_%m}"


CHANGES = [
    "UPDATE audit_access SET actor = 'act_' || repeat('0', 32) WHERE frames = '{2}'",
    "UPDATE audit_access SET frames = '{9}' WHERE frames = '{2}'",
    "UPDATE audit_access SET at = at + interval '1 second' WHERE frames = '{2}'",
    "DELETE FROM audit_access WHERE frames = '{2}'",
    "UPDATE audit_access SET batch_id = NULL WHERE frames = '{2}'",
    "UPDATE audit_access SET batch_id = (SELECT id FROM audit_accessbatch) WHERE batch_id IS NULL",
    "UPDATE audit_accessbatch SET event_id = (SELECT event_id FROM audit_event WHERE id = 1)",
]


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_superuser_changed_of_sealed_rows_is_named(
    chest: Study, superuser_connection: psycopg.Connection, change: str
) -> None:
    look(chest, 3)
    seal_access(chest.project.pk)
    look(chest)
    assert check_log(chest.project) == []
    forced(superuser_connection, change)
    assert {fault.code for fault in check_log(chest.project)} == {"ACCESS_CHANGED"}


def forced(superuser: psycopg.Connection, change: str) -> None:
    """What only somebody can do who may switch the rules off."""
    for way in ("DISABLE TRIGGER ALL", "ENABLE TRIGGER ALL"):
        for table in ("audit_access", "audit_accessbatch"):
            superuser.execute(f"ALTER TABLE {table} {way}")
        if way.startswith("DISABLE"):
            assert superuser.execute(change).rowcount == 1
    superuser.commit()


def test_a_month_that_was_dropped_in_time_leaves_a_valid_log(
    chest: Study, superuser_connection: psycopg.Connection, owner_connection: psycopg.Connection
) -> None:
    look(chest, 2)
    seal_access(chest.project.pk)
    (table,) = sql("SELECT DISTINCT tableoid::regclass::text FROM audit_access")[0]
    assert table.startswith("audit_access_2")
    owner_connection.execute(f"DROP TABLE {table}")
    owner_connection.commit()
    assert check_log(chest.project) == []
