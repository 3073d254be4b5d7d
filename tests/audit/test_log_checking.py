"""A log that is as it was written is valid; whatever somebody changed behind its back is named."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from psycopg.types.json import Jsonb

from audit.canonical import canonical, parse
from audit.checking import Head, check_project_log
from audit.merkle import Frontier
from audit.models import Event
from tests.people import Study, labels, study
from workflow.checking import check_log, log_check

pytestmark = pytest.mark.django_db(transaction=True)
Rewrite = Callable[[dict[str, Any]], object]


@pytest.fixture
def chest() -> Study:
    """Two cases: one went through every tier, one waits for its first read."""
    chest = study("case-1", "case-2")
    chest.read("anna", malignancy=2)
    chest.read("bob", malignancy=5)
    chest.review("jin")
    chest.review("jana", "correct", correction=labels(malignancy=4))
    chest.arbitrate(labels=labels(malignancy=4))
    return chest


@pytest.fixture
def tamper(superuser_connection: psycopg.Connection) -> Callable[..., None]:
    """Change rows as a superuser who switches every trigger off and on again."""

    def run(statement: str, *values: Any, table: str = "audit_event") -> None:
        with superuser_connection.transaction():
            superuser_connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
            changed = superuser_connection.execute(statement, values).rowcount
            superuser_connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")
        assert changed, "the statement changed nothing"

    return run


@pytest.fixture
def rewrite(tamper: Callable[..., None]) -> Callable[[Event, Rewrite], None]:
    """Change the JSON of one event, spelled canonically again."""

    def run(event: Event, how: Rewrite) -> None:
        value = parse(bytes(event.body))
        how(value)
        tamper("UPDATE audit_event SET body = %s WHERE id = %s", canonical(value), event.pk)

    return run


def events(of: Study, **which: Any) -> list[Event]:
    """The first case's events, oldest first."""
    return list(Event.objects.filter(stream_id=of.case().pk, **which).order_by("stream_seq"))


def codes(of: Study) -> set[str]:
    """What the check finds."""
    return {fault.code for fault in check_log(of.project)}


def test_an_untouched_log_is_valid_and_all_of_it_was_looked_at(chest: Study) -> None:
    done = log_check(chest.project)
    assert done.faults == []
    assert done.events == Event.objects.count() > 30
    assert done.streams == 3  # the project and two cases
    assert done.citations.contents > 15
    assert done.citations.openings > 13  # ten people, two references, two patients, reasons


def test_the_command_says_valid(chest: Study) -> None:
    out = StringIO()
    call_command("check_log", "chest", stdout=out)
    assert out.getvalue().endswith(": valid\n")
    with pytest.raises(CommandError, match="There is no project spine"):
        call_command("check_log", "spine")


def test_the_command_names_each_fault_and_fails(chest: Study, tamper: Callable[..., None]) -> None:
    out = StringIO()
    tamper("DELETE FROM audit_event WHERE id = %s", events(chest)[3].pk)
    with pytest.raises(SystemExit, match="1"):
        call_command("check_log", "chest", stdout=out)
    assert f"STREAM_GAP case {chest.case().pk} #5: " in out.getvalue()
    assert "faults\n" in out.getvalue()


def test_an_edited_event_breaks_the_chain_after_it(chest: Study, rewrite: Callable[..., None]) -> None:
    rewrite(events(chest)[2], lambda event: event["actor"].update(role="manager"))
    assert codes(chest) == {"STREAM_CHAIN"}


def test_an_edited_last_event_differs_from_its_cases_head(chest: Study, rewrite: Callable[..., None]) -> None:
    rewrite(events(chest)[-1], lambda event: event["actor"].update(role="manager"))
    assert codes(chest) == {"HEADS_MISMATCH"}


def test_an_edited_last_event_is_caught_by_its_sealed_leaf(
    chest: Study, rewrite: Callable[..., None], superuser_connection: psycopg.Connection
) -> None:
    _seal(superuser_connection)
    assert codes(chest) == set()
    rewrite(
        Event.objects.filter(stream_kind="project").latest("stream_seq"), lambda e: e.update(extra={"a": 1})
    )
    assert codes(chest) == {"ROOT_MISMATCH"}


def test_a_deleted_event_leaves_a_gap(chest: Study, tamper: Callable[..., None]) -> None:
    tamper("DELETE FROM audit_event WHERE id = %s", events(chest)[4].pk)
    assert codes(chest) == {"STREAM_GAP", "STREAM_CHAIN", "TREE_SIZE"}


def test_a_dropped_tail_differs_from_the_head(chest: Study, tamper: Callable[..., None]) -> None:
    tamper("DELETE FROM audit_event WHERE id = %s", events(chest)[-1].pk)
    assert {"HEADS_MISMATCH", "TREE_SIZE"} == codes(chest)


def test_a_dropped_stream_leaves_its_case_without_events(chest: Study, tamper: Callable[..., None]) -> None:
    tamper("DELETE FROM audit_event WHERE stream_id = %s", chest.case("case-2").pk)
    tamper("DELETE FROM audit_pending WHERE event_id NOT IN (SELECT id FROM audit_event)")
    assert codes(chest) == {"HEADS_MISMATCH"}


def test_a_deleted_case_leaves_its_events(chest: Study, tamper: Callable[..., None]) -> None:
    case_id = chest.case("case-2").pk
    tamper("DELETE FROM workflow_case WHERE id = %s", case_id, table="workflow_case")
    assert [(f.code, f.place) for f in check_log(chest.project)] == [("HEADS_MISMATCH", f"case {case_id}")]


@pytest.mark.parametrize(
    "change", ["state = 'consensus'", "audit_seq = audit_seq - 1", r"audit_head = '\x00'"]
)
def test_a_case_row_that_was_changed_differs_from_its_log(
    chest: Study, tamper: Callable[..., None], change: str
) -> None:
    tamper(f"UPDATE workflow_case SET {change} WHERE id = %s", chest.case().pk, table="workflow_case")
    assert codes(chest) == {"HEADS_MISMATCH"}


def test_bytes_that_are_not_canonical_json_are_named(chest: Study, tamper: Callable[..., None]) -> None:
    event = events(chest)[-1]
    for spelled, code in (
        (bytes(event.body) + b"\n", "EVENT_NOT_CANONICAL"),
        (bytes(event.body).replace(b'"seq":', b'"seq":1,"seq":'), "EVENT_PARSE"),
        (bytes(event.body).replace(b'"max_error_us":0', b'"max_error_us":0.0'), "EVENT_PARSE"),
    ):
        tamper("UPDATE audit_event SET body = %s WHERE id = %s", spelled, event.pk)
        assert codes(chest) == {code, "HEADS_MISMATCH"}


def test_an_event_outside_the_schema_is_named(chest: Study, rewrite: Callable[..., None]) -> None:
    rewrite(events(chest)[-1], lambda event: event.update(action="case.forgotten"))
    assert "EVENT_SCHEMA" in codes(chest)


def test_an_event_of_another_log_is_named(chest: Study, rewrite: Callable[..., None]) -> None:
    rewrite(events(chest)[-1], lambda event: event.update(log="elsewhere/p/1/e1"))
    assert "EVENT_WRONG_LOG" in codes(chest)


def test_an_event_that_occurs_twice_is_named(
    chest: Study, tamper: Callable[..., None], superuser_connection: psycopg.Connection
) -> None:
    superuser_connection.execute("ALTER TABLE audit_event DROP CONSTRAINT event_id_is_unique CASCADE")
    superuser_connection.execute("ALTER TABLE audit_event DROP CONSTRAINT one_event_per_place_in_a_stream")
    superuser_connection.commit()
    again = "INSERT INTO audit_event (log_id, body) SELECT log_id, body FROM audit_event WHERE id = %s"
    tamper(again, events(chest)[2].pk)
    assert codes(chest) == {
        "EVENT_REPLAYED",
        "STREAM_GAP",
        "STREAM_CHAIN",
        "TREE_SIZE",
        "WORKFLOW_VIOLATION",
    } - ({"WORKFLOW_VIOLATION"} if events(chest)[2].state_to is None else set())


def test_a_clock_that_went_back_must_say_so(chest: Study, rewrite: Callable[..., None]) -> None:
    rewrite(events(chest)[-1], lambda event: event["time"].update(server="2020-01-01T00:00:00.000000Z"))
    assert "TIME_BACKWARDS" in codes(chest)
    rewrite(events(chest)[-1], lambda event: event["time"].update(regressed_us=1))  # not by how much it did
    assert "TIME_BACKWARDS" in codes(chest)


def test_a_chain_that_tells_an_impossible_story_is_named(chest: Study, rewrite: Callable[..., None]) -> None:
    last = events(chest, state_to="final")[-1]
    rewrite(last, lambda event: event["state"].update({"from": "annotation"}))
    assert "WORKFLOW_VIOLATION" in codes(chest)
    rewrite(last, lambda event: event["state"].update({"from": "arbitration", "to": "intake"}))
    assert "WORKFLOW_VIOLATION" in codes(chest)


def test_a_guideline_that_was_swapped_or_never_published_is_named(
    chest: Study, rewrite: Callable[..., None]
) -> None:
    event = events(chest)[-1]
    other = str(event.body and parse(bytes(event.body))["protocol"]["digest"])
    rewrite(event, lambda e: e["guideline"].update(digest=other))
    assert codes(chest) == {"GUIDELINE_SWAPPED", "HEADS_MISMATCH"}
    rewrite(event, lambda e: e["guideline"].update(version=2))
    assert codes(chest) == {"GUIDELINE_UNPUBLISHED", "HEADS_MISMATCH"}


def test_content_that_was_changed_is_named(chest: Study, superuser_connection: psycopg.Connection) -> None:
    with superuser_connection.transaction() as _:
        superuser_connection.execute("ALTER TABLE audit_content DISABLE TRIGGER ALL")
        superuser_connection.execute(
            "ALTER TABLE audit_content DROP CONSTRAINT content_digest_is_of_its_bytes"
        )
        superuser_connection.execute(
            "UPDATE audit_content SET body = '{}', size = 2 WHERE digest = %s",
            [events(chest)[-1].after_digest],
        )
    assert codes(chest) == {"BLOB_CHANGED"}


def test_content_that_is_gone_is_named_once(chest: Study, tamper: Callable[..., None]) -> None:
    gone = chest.guideline.content_id
    tamper("DELETE FROM audit_content WHERE digest = %s", gone, table="audit_content")
    assert [(f.code, f.place) for f in check_log(chest.project)] == [("BLOB_MISSING", gone)]


@pytest.mark.parametrize("column", ["display_id", "content_id"])
def test_what_a_reader_saw_and_said_is_looked_up(
    chest: Study, tamper: Callable[..., None], column: str
) -> None:
    tamper(
        f"DELETE FROM audit_content WHERE digest = (SELECT {column} FROM workflow_read LIMIT 1)",
        table="audit_content",
    )
    assert codes(chest) == {"BLOB_MISSING"}


def test_content_of_another_size_than_cited_is_named(chest: Study, rewrite: Callable[..., None]) -> None:
    rewrite(events(chest, after_digest__isnull=False)[-1], lambda event: event["after"].update(size=1))
    assert "BLOB_CHANGED" in codes(chest)


@pytest.mark.parametrize("kind", ["person", "text"])
def test_an_opening_that_was_changed_is_named(
    chest: Study, superuser_connection: psycopg.Connection, kind: str
) -> None:
    changed = superuser_connection.execute(
        "UPDATE audit_opening SET value = %s WHERE kind = %s", [Jsonb("Somebody else"), kind]
    )
    superuser_connection.commit()
    assert changed.rowcount > 1
    assert codes(chest) == {"OPENING_BAD"}


def test_openings_that_were_erased_leave_a_valid_log(
    chest: Study, superuser_connection: psycopg.Connection
) -> None:
    superuser_connection.execute("DELETE FROM audit_opening")
    superuser_connection.commit()
    assert codes(chest) == set()


def test_an_event_that_nobody_will_seal_is_named(chest: Study, tamper: Callable[..., None]) -> None:
    tamper("DELETE FROM audit_pending WHERE event_id = %s", events(chest)[1].pk, table="audit_pending")
    assert codes(chest) == {"TREE_SIZE"}


def test_leaves_that_are_not_as_many_as_the_log_says_are_named(
    chest: Study, tamper: Callable[..., None], superuser_connection: psycopg.Connection
) -> None:
    _seal(superuser_connection)
    tamper("UPDATE audit_log SET size = size - 1", table="audit_log")
    assert codes(chest) == {"TREE_SIZE"}


def test_a_column_that_was_cut_loose_from_the_bytes_is_named(
    chest: Study, tamper: Callable[..., None], superuser_connection: psycopg.Connection
) -> None:
    superuser_connection.execute("ALTER TABLE audit_event ALTER COLUMN actor_id DROP EXPRESSION")
    superuser_connection.commit()
    tamper("UPDATE audit_event SET actor_id = 'act_x' WHERE id = %s", events(chest)[1].pk)
    assert codes(chest) == {"COLUMN_MISMATCH"}


def test_a_wholly_relinked_stream_is_caught_by_what_was_sealed_or_by_its_head(
    chest: Study, rewrite: Callable[..., None], superuser_connection: psycopg.Connection
) -> None:
    _seal(superuser_connection)
    prev: dict[str, str | None] = {"prev": events(chest)[1].prev}
    for number, event in enumerate(events(chest)[1:]):
        rewrite(event, lambda e: e.update(prev) or (number == 0 and e["actor"].update(role="manager")))  # noqa: B023
        prev = {"prev": f"sha256:{bytes(Event.objects.get(pk=event.pk).leaf_hash).hex()}"}
    assert codes(chest) == {"ROOT_MISMATCH", "HEADS_MISMATCH"}


def test_heads_must_come_in_order(chest: Study) -> None:
    head = Head(chest.case().pk, 1, b"", "intake")
    with pytest.raises(ValueError, match="sorted"):
        check_project_log(chest.project.pk, [head, head])


def _seal(connection: psycopg.Connection) -> None:
    """What the sealer does, but signing."""
    with connection.transaction():
        connection.execute(
            "INSERT INTO audit_leaf (log_id, leaf_index, event_id, leaf_hash)"
            " SELECT log_id, row_number() OVER (ORDER BY id) - 1, id, leaf_hash FROM audit_event"
        )
        connection.execute("DELETE FROM audit_pending")
        tree = Frontier()
        for (leaf,) in connection.execute("SELECT leaf_hash FROM audit_leaf ORDER BY leaf_index").fetchall():
            tree.append(leaf)
        connection.execute("UPDATE audit_log SET size = %s, frontier = %s", [tree.size, tree.hashes])
