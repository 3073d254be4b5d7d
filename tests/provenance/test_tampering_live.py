"""What a superuser changes in the living database, with every trigger off, is named: by check_log, replay, a bundle."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import verify
from audit.canonical import canonical, parse
from audit.holding import SealingRefused
from audit.merkle import Frontier
from audit.models import Checkpoint, Event, Leaf, Standing
from audit.notes import vkey as vkey_of
from audit.sealing import Sealer
from provenance.models import Export
from provenance.replay import replay
from tests.databases import TestDatabases
from tests.people import Study
from tests.provenance.exports import exported, finished_study
from tests.sealed import a_sealer, seal_all
from workflow.checking import check_log

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Live:
    """A study whose log is sealed, and a superuser at its database."""

    chest: Study
    sealer: Sealer
    databases: TestDatabases
    superuser: psycopg.Connection
    folder: Path

    def tamper(self, table: str, statement: str, *values: Any) -> None:
        """Change rows while no trigger fires, and leave everything looking as before."""
        with self.superuser.transaction():
            self.superuser.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
            changed = self.superuser.execute(statement, values).rowcount
            self.superuser.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")
        assert changed, "the statement changed nothing"

    def rewrite(self, event: Event, how: Callable[[dict[str, Any]], object]) -> None:
        """Change the JSON of one event, spelled canonically again."""
        value = parse(bytes(event.body))
        how(value)
        self.tamper(
            "audit_event", "UPDATE audit_event SET body = %s WHERE id = %s", canonical(value), event.pk
        )

    def seal(self) -> None:
        """Seal and sign what is there."""
        seal_all(self.sealer, self.databases)

    def forget_what_was_signed(self) -> None:
        """Make tree and signature anew with the stolen key, and leave no trace of the old ones."""
        hashes = [bytes(h) for h in Leaf.objects.order_by("leaf_index").values_list("leaf_hash", flat=True)]
        frontier = Frontier()
        for each in hashes:
            frontier.append(each)
        self.tamper("audit_log", "UPDATE audit_log SET frontier = %s", frontier.hashes)
        self.tamper("audit_checkpoint", "DELETE FROM audit_checkpoint")
        for record in self.sealer.records.iterdir():
            record.unlink()
        self.seal()

    def in_the_log(self) -> set[str]:
        """What check_log finds."""
        return {fault.code for fault in check_log(self.chest.project)}

    def in_the_tables(self) -> set[str]:
        """What replay finds."""
        return {difference.code for difference in replay(self.chest.project).differences}

    def in_a_bundle(self) -> set[str]:
        """What becomes of an export: the codes that verify.py finds, or why it could not be packed."""
        path = self.folder / "b.zip"
        try:
            export = exported(self.chest, path, self.sealer, self.databases)
        except SealingRefused as refusal:
            return {f"refused:{refusal.code}"}
        if export.state == Export.State.FAILED:
            return {f"failed:{export.fault_code}"}
        key = verify.parse_vkey(Standing.objects.get().vkey)
        with closing(verify.open_bundle(str(path))) as bundle:
            return set(verify.verify(bundle, key).counts)


@pytest.fixture
def live(own_databases: TestDatabases, superuser_connection: psycopg.Connection, tmp_path: Path) -> Live:
    chest, sealer = finished_study(), a_sealer(tmp_path)
    seal_all(sealer, own_databases)
    return Live(chest, sealer, own_databases, superuser_connection, tmp_path)


def events(live: Live, **which: Any) -> list[Event]:
    return list(Event.objects.filter(stream_id=live.chest.case().pk, **which).order_by("stream_seq"))


def nothing(live: Live) -> None:
    pass


def sealed_event(live: Live) -> None:
    live.rewrite(events(live)[3], lambda event: event["actor"].update(site="south"))


def unsealed_event(live: Live) -> None:
    live.chest.reopen("none")  # opens a task, too: the event of the move is not the last
    live.rewrite(events(live)[-2], lambda event: event["actor"].update(site="south"))


def leaf(live: Live) -> None:
    live.tamper("audit_leaf", "UPDATE audit_leaf SET leaf_hash = sha256('x') WHERE leaf_index = 7")


def event_and_leaf(live: Live) -> None:
    last = events(live)[-1].pk
    live.tamper("audit_leaf", "DELETE FROM audit_leaf WHERE event_id = %s", last)
    live.tamper("audit_event", "DELETE FROM audit_event WHERE id = %s", last)


def state(live: Live) -> None:
    live.tamper("workflow_case", "UPDATE workflow_case SET state = 'annotation' WHERE state = 'final'")


def label(live: Live) -> None:
    live.tamper("workflow_referencelabel", "UPDATE workflow_referencelabel SET status = 'equivocal'")


def content(live: Live) -> None:
    live.superuser.execute("ALTER TABLE audit_content DROP CONSTRAINT content_digest_is_of_its_bytes")
    live.superuser.commit()
    digest = live.chest.guideline.content_id
    change = "UPDATE audit_content SET body = overlay(body placing 'x' from 5) WHERE digest = %s"
    live.tamper("audit_content", change, digest)


def opening(live: Live) -> None:
    live.tamper("audit_opening", "UPDATE audit_opening SET value = '\"Somebody\"' WHERE kind = 'text'")


def checkpoint(live: Live) -> None:
    live.chest.reopen("none")
    live.seal()
    note = Checkpoint.objects.earliest("size").note
    root = note.split("\n")[2]
    change = "UPDATE audit_checkpoint SET note = replace(note, %s, %s)"
    live.tamper("audit_checkpoint", change, root, "A" * 43 + "=")


def head_of_another_size(live: Live) -> None:
    live.chest.reopen("none")
    live.seal()
    first = Checkpoint.objects.earliest("size").size
    live.tamper("audit_checkpoint", "UPDATE audit_checkpoint SET size = %s WHERE size = %s", first - 1, first)


def dropped_tail(live: Live) -> None:
    """Restore the log as it was before its last event: leaf, queue, size and what the sealer goes on from."""
    last = Leaf.objects.latest("leaf_index")
    live.tamper("audit_leaf", "DELETE FROM audit_leaf WHERE event_id = %s", last.event_id)
    live.tamper("audit_event", "DELETE FROM audit_event WHERE id = %s", last.event_id)
    again = Frontier()
    for leaf_hash in Leaf.objects.order_by("leaf_index").values_list("leaf_hash", flat=True):
        again.append(bytes(leaf_hash))
    grown = "UPDATE audit_log SET size = %s, frontier = %s"
    live.tamper("audit_log", grown, again.size, again.hashes)


def frontier(live: Live) -> None:
    live.tamper("audit_log", "UPDATE audit_log SET frontier[1] = sha256('x')")


def key(live: Live) -> None:
    vkey = "UPDATE audit_standing SET vkey = %s"
    origin = live.chest.project.log.origin
    live.tamper("audit_standing", vkey, vkey_of(origin, Ed25519PrivateKey.generate().public_key()))


def relinked(live: Live) -> None:
    """Change the first event of each case, and make chains, leaves and heads of cases fit."""
    order = list(Leaf.objects.order_by("leaf_index").values_list("event_id", flat=True))
    heads: dict[str, str | None] = {}
    for event in Event.objects.filter(pk__in=order).order_by("pk"):
        prev = heads.get(str(event.stream_id))
        first = event.stream_seq == 1 and event.stream_kind == "case"
        live.rewrite(event, lambda e: e.update(prev=prev) or (first and e["actor"].update(site="south")))  # noqa: B023
        leaf_hash = bytes(Event.objects.get(pk=event.pk).leaf_hash)
        heads[str(event.stream_id)] = f"sha256:{leaf_hash.hex()}"
        live.tamper(
            "audit_leaf", "UPDATE audit_leaf SET leaf_hash = %s WHERE event_id = %s", leaf_hash, event.pk
        )
        if event.stream_kind == "case":
            moved = "UPDATE workflow_case SET audit_head = %s WHERE id = %s"
            live.tamper("workflow_case", moved, leaf_hash, event.stream_id)


def time_of_the_row(live: Live) -> None:
    live.tamper("audit_event", "UPDATE audit_event SET db_time = db_time - interval '1 hour' WHERE id = 5")


def role(live: Live) -> None:
    grant = "UPDATE workflow_membership SET roles = roles || 'manager'::varchar WHERE id = %s"
    live.tamper("workflow_membership", grant, live.chest.members["anna"].pk)


def member(live: Live) -> None:
    """Nobody else acts under a name that the log knows."""
    other = "UPDATE workflow_membership SET actor_id = %s WHERE id = %s"
    live.tamper("workflow_membership", other, f"act_{'0' * 32}", live.chest.members["mehmet"].pk)


def published(live: Live) -> None:
    changed = "UPDATE workflow_guidelineversion SET changes_meaning = NOT changes_meaning"
    live.tamper("workflow_guidelineversion", changed)


def acknowledged(live: Live) -> None:
    gone = "DELETE FROM workflow_acknowledgement WHERE member_id = %s"
    live.tamper("workflow_acknowledgement", gone, live.chest.members["cleo"].pk)


# The change, and what it is found by: in the log, in the tables, in a bundle made afterwards.
TAMPERS: tuple[tuple[Callable[[Live], None], str, str, str], ...] = (
    (nothing, "", "", ""),
    (sealed_event, "ROOT_MISMATCH STREAM_CHAIN", "", "failed:ROOT_MISMATCH"),
    (unsealed_event, "STREAM_CHAIN", "", "STREAM_CHAIN"),
    (leaf, "ROOT_MISMATCH HISTORY_FORK", "", "refused:HISTORY_FORK"),
    (event_and_leaf, "TREE_SIZE HEADS_MISMATCH", "ROW_UNTOLD FACT_DIFFERS", "refused:HISTORY_FORK"),
    (state, "HEADS_MISMATCH", "FACT_DIFFERS", ""),
    (label, "", "FACT_DIFFERS", ""),
    (content, "BLOB_CHANGED", "", "failed:BLOB_CHANGED"),
    (opening, "OPENING_BAD", "", "failed:OPENING_BAD"),
    (checkpoint, "SIG_BAD HISTORY_FORK", "", "failed:HISTORY_FORK"),
    (head_of_another_size, "ORIGIN_MISMATCH HISTORY_FORK", "", "failed:HISTORY_FORK"),
    (dropped_tail, "ROLLBACK HEADS_MISMATCH", "FACT_DIFFERS", "refused:ROLLBACK"),
    (frontier, "ROOT_MISMATCH", "", "refused:HISTORY_FORK"),
    (key, "SIG_BAD", "", "refused:WRONG_KEY"),
    (relinked, "HISTORY_FORK ROOT_MISMATCH", "", "refused:HISTORY_FORK"),
    (time_of_the_row, "COLUMN_MISMATCH", "", ""),
    (role, "", "FACT_DIFFERS", ""),
    (member, "", "ROW_UNTOLD ROW_MISSING", ""),
    (published, "", "FACT_DIFFERS", ""),
    (acknowledged, "", "FACT_DIFFERS", ""),
)


@pytest.mark.parametrize("tamper", TAMPERS, ids=lambda tamper: tamper[0].__name__)
def test_each_change_of_a_superuser_is_named(
    tamper: tuple[Callable[[Live], None], str, str, str], live: Live
) -> None:
    change, *expected = tamper
    change(live)
    found = (live.in_the_log(), live.in_the_tables(), live.in_a_bundle())
    assert found == tuple(set(codes.split()) for codes in expected)


def test_a_thief_of_database_and_key_is_found_out_by_a_checkpoint_that_somebody_kept(live: Live) -> None:
    """Everything is made to fit in the living database; only what lies outside it tells."""
    kept = verify.parse_checkpoint(Checkpoint.objects.get().note.encode())
    relinked(live)
    live.forget_what_was_signed()
    assert (live.in_the_log(), live.in_the_tables(), live.in_a_bundle()) == (set(), set(), set())
    key = verify.parse_vkey(Standing.objects.get().vkey)
    with closing(verify.open_bundle(str(live.folder / "b.zip"))) as bundle:
        run = verify.verify(bundle, key, [("kept", kept)])
    assert [(code, place) for code, place, _ in run.faults] == [("HISTORY_FORK", "kept")]
