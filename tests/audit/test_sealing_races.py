"""The sealer under load and under the axe: nothing is skipped, doubled or signed that doesn't hold."""

import os
import subprocess
import sys
import uuid
from base64 import b64encode
from pathlib import Path
from threading import Event as Signal
from threading import Thread

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction

from audit.actions import Action
from audit.holding import SealingRefused
from audit.keys import CommandSigner, FileSigner, KeyProblem, make_key
from audit.log import SYSTEM, Journal, Request
from audit.merkle import root
from audit.models import Checkpoint, Event, Leaf, Log, Pending, Standing
from audit.notes import Checkpoint as Head
from audit.notes import open_checkpoint, signature_line_by, vkey
from audit.records import Records, head_of
from audit.sealing import Sealer
from tests.crowd import all_at_once
from tests.databases import ROOT, TestDatabases
from tests.people import person
from tests.roles import acting_as_role
from tests.sealed import a_sealer, seal_all
from workflow.projects import create_project

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS, EACH = 16, 20
HEADS = 5  # signed while they write


@pytest.fixture
def sealer(tmp_path: Path) -> Sealer:
    return a_sealer(tmp_path)


@pytest.fixture
def log() -> Log:
    """An empty project's log."""
    return create_project(founder=person("maria"), slug="chest", name="Chest").log


def note_down(log: Log, stream: uuid.UUID) -> uuid.UUID:
    """One more event in a chain that nobody else writes to; in the transaction that is open, if one is."""
    with transaction.atomic():
        journal = Journal(log, SYSTEM, Request())
        entry = journal.record(
            journal.stream("batch", stream), Action.LOG_HEARTBEAT, object=("batch", str(stream), 1)
        )
        journal.write()
    return entry.event_id


def assert_whole(log: Log, sealer: Sealer) -> None:
    """Every event is one leaf, each chain rises, and every signed head is that of its beginning."""
    leaves = list(Leaf.objects.select_related("event").order_by("leaf_index"))
    assert [leaf.leaf_index for leaf in leaves] == list(range(len(leaves)))
    assert ({leaf.event_id for leaf in leaves}, Pending.objects.count()) == (
        set(Event.objects.values_list("pk", flat=True)),
        0,
    )
    places: dict[uuid.UUID, int] = {}
    for leaf in leaves:
        assert leaf.event.stream_seq == places.get(leaf.event.stream_id, 0) + 1
        places[leaf.event.stream_id] = leaf.event.stream_seq
    hashes = [bytes(leaf.leaf_hash) for leaf in leaves]
    for signed in Checkpoint.objects.order_by("size"):
        head = open_checkpoint(signed.note, [vkey(log.origin, sealer.signer.public_key)])
        assert (head.size, head.root) == (signed.size, root(hashes[: signed.size]))
    assert Records(sealer.records).last(log) == head_of(Checkpoint.objects.latest("size").note)


def test_two_sealers_at_once_under_sixteen_writers_make_one_tree(
    log: Log, sealer: Sealer, own_databases: TestDatabases, tmp_path: Path
) -> None:
    def writes() -> None:
        stream, count = uuid.uuid4(), 0
        while count < EACH or (Checkpoint.objects.count() <= HEADS and sealers.poll() is None):
            note_down(log, stream)
            count += 1

    with subprocess.Popen(
        [sys.executable, "-m", "tests.sealers", tmp_path / "log.key", sealer.records, "2"],
        cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env=os.environ | own_databases.environment("sealer"),
    ) as sealers:  # fmt: skip
        assert sealers.stdout is not None
        assert sealers.stdout.readline() == "ready\n"
        all_at_once([writes] * WRITERS)
        assert sealers.communicate()[0] == "done\n"
    assert sealers.returncode == 0
    assert Event.objects.filter(stream_kind="batch").count() >= WRITERS * EACH
    assert Checkpoint.objects.count() > HEADS, "the sealers had nothing to do meanwhile"
    assert_whole(log, sealer)


def test_who_drew_an_id_early_and_commits_late_is_not_skipped(
    log: Log, sealer: Sealer, own_databases: TestDatabases
) -> None:
    drawn, go, late = Signal(), Signal(), uuid.uuid4()

    def dawdle() -> None:
        with transaction.atomic():
            note_down(log, late)
            drawn.set()
            go.wait(60)
        connections.close_all()

    slow = Thread(target=dawdle)
    slow.start()
    assert drawn.wait(60)
    quick = uuid.uuid4()
    note_down(log, quick)
    seal_all(sealer, own_databases)
    assert not Event.objects.filter(stream_id=late).exists()
    go.set()
    slow.join()
    note_down(log, quick)
    seal_all(sealer, own_databases)
    early, after = Event.objects.get(stream_id=late), Event.objects.filter(stream_id=quick).earliest("pk")
    assert early.pk < after.pk
    assert early.leaf.leaf_index > after.leaf.leaf_index
    assert_whole(log, sealer)


def seal_until(event: str, part: str, tmp_path: Path, databases: TestDatabases) -> int:
    """`manage.py seal --once`, killed at a moment; its return code."""
    given = {"LOG_KEY_FILE": str(tmp_path / "log.key"), "SEALER_RECORDS": str(tmp_path / "records")}
    return subprocess.run(
        [sys.executable, "-m", "tests.dying", event, part, "1", "seal", "--once"],
        cwd=ROOT, env=os.environ | databases.environment("sealer") | given, check=False,
    ).returncode  # fmt: skip


def test_a_sealer_killed_between_signing_and_recording_records_it_next_time(
    log: Log, sealer: Sealer, own_databases: TestDatabases, tmp_path: Path
) -> None:
    assert seal_until("open", "-e1.new", tmp_path, own_databases) == -9
    signed = Checkpoint.objects.get()
    assert Records(sealer.records).last(log) is None
    with acting_as_role(own_databases, "sealer"):
        assert sealer.publish(log) is None
    assert Records(sealer.records).last(log) == head_of(signed.note)


def foreign_and_false(log: Log, sealer: Sealer, key: Path) -> tuple[str, str]:
    """A head of one leaf more under a stranger's key, and one under ours with another root."""
    make_key(key)
    head = Head(log.origin, log.size + 1, b"\1" * 32)
    notes = []
    for signer in (FileSigner(key), sealer.signer):
        line = signature_line_by(head.text(), log.origin, signer.public_key, signer.sign)
        notes.append(f"{head.text()}\n{line}")
    return notes[0], notes[1]


def test_a_record_catches_up_only_with_what_this_key_signed_and_what_holds(
    log: Log,
    sealer: Sealer,
    own_databases: TestDatabases,
    superuser_connection: psycopg.Connection,
    tmp_path: Path,
) -> None:
    log = seal_all(sealer, own_databases)
    foreign, false = foreign_and_false(log, sealer, tmp_path / "other.key")
    kept = Records(sealer.records).last(log)

    def planted(note: str) -> None:
        superuser_connection.execute("ALTER TABLE audit_checkpoint DISABLE TRIGGER refuse_change")
        superuser_connection.execute("DELETE FROM audit_checkpoint WHERE size > %s", [log.size])
        new = "INSERT INTO audit_checkpoint (log_id, size, note) VALUES (%s, %s, %s)"
        superuser_connection.execute(new, [log.pk, log.size + 1, note])
        superuser_connection.commit()

    planted(foreign)
    with acting_as_role(own_databases, "sealer"):
        sealer.publish(log)
    planted(false)
    with acting_as_role(own_databases, "sealer"), pytest.raises(SealingRefused, match="signed before"):
        sealer.publish(log)
    assert Records(sealer.records).last(log) == kept


def test_a_record_never_goes_back_and_an_unreadable_one_stops_the_sealer(
    log: Log, sealer: Sealer, own_databases: TestDatabases
) -> None:
    log = seal_all(sealer, own_databases)
    older = Checkpoint.objects.get().note
    note_down(log, uuid.uuid4())
    log = seal_all(sealer, own_databases)
    records = Records(sealer.records)
    records.keep(log, older)
    assert records.last(log) == head_of(Checkpoint.objects.latest("size").note)
    records.path(log).write_text("")
    note_down(log, uuid.uuid4())
    with acting_as_role(own_databases, "sealer"), pytest.raises(SealingRefused, match="holds no signed head"):
        sealer.publish(log)
    assert Standing.objects.get().code == "RECORD_UNREADABLE"


def test_a_log_that_is_refused_does_not_keep_another_from_its_head(
    log: Log,
    sealer: Sealer,
    own_databases: TestDatabases,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Records(sealer.records).folder.mkdir()
    Records(sealer.records).path(log).write_text("")
    other = create_project(founder=person("maria"), slug="knee", name="Knee").log
    monkeypatch.setenv("LOG_KEY_FILE", str(tmp_path / "log.key"))
    monkeypatch.setenv("SEALER_RECORDS", str(sealer.records))
    with acting_as_role(own_databases, "sealer"), pytest.raises(CommandError, match="could not be sealed"):
        call_command("seal", "--once", stderr=sys.stderr)
    assert set(Checkpoint.objects.values_list("log", flat=True)) == {other.pk}


@pytest.mark.parametrize("command", ["false", "echo nonsense", "no-such-program-anywhere"])
def test_a_signer_command_that_fails_is_told_in_a_sentence(command: str, sealer: Sealer) -> None:
    public = b64encode(sealer.signer.public_key.public_bytes_raw()).decode()
    with pytest.raises(KeyProblem, match="signer command"):
        CommandSigner(command, public).sign(b"x")
