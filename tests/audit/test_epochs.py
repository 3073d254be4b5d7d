"""A log goes on in a new epoch: after its key was stolen, and after a restore that lost events."""

import json
import uuid
from contextlib import closing
from io import StringIO
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connections, transaction

from audit import verify
from audit.actions import Action
from audit.checking import LogCheck
from audit.keys import FileSigner, make_key
from audit.log import SYSTEM, Journal, Request
from audit.models import Checkpoint, Content, Event, Leaf, Log, Pending, Standing
from audit.notes import open_checkpoint
from audit.records import Records, head_of
from audit.sealing import Sealer
from provenance.exporting import request_export
from provenance.jobs import sweep_exports
from provenance.proofs import head_in, inclusion, proof_of_case
from provenance.replay import replay
from tests.breaking import refused
from tests.crowd import all_at_once
from tests.databases import TestDatabases
from tests.people import Study, study
from tests.provenance.epochs import anew, exported_in
from tests.roles import acting_as_role
from tests.sealed import a_sealer, seal_all
from workflow.acting import machine
from workflow.checking import log_check
from workflow.epochs import freeze, open_log
from workflow.errors import LogFrozen, NotAllowed, StillSealing, from_integrity_error
from workflow.models import Project
from workflow.queries import checkpointed, readable_events

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sealer(tmp_path: Path) -> Sealer:
    return a_sealer(tmp_path)


def another_key(sealer: Sealer) -> Sealer:
    """The same sealer, given a new key only."""
    path = sealer.records.parent / "new.key"
    make_key(path)
    return Sealer(FileSigner(path), sealer.records)


def told(action: Action) -> dict[str, Any]:
    [body] = Event.objects.filter(action=action, log__epoch=2).values_list("body", flat=True)
    return dict(json.loads(bytes(body)))


def assert_well(of: Study) -> None:
    assert log_check(of.project).faults == []
    assert replay(of.project).differences == []
    assert Pending.objects.count() == 0


def test_after_a_theft_the_log_goes_on_under_another_key_and_states_the_whole_old_one(
    sealer: Sealer, own_databases: TestDatabases
) -> None:
    chest = study("case-1")
    chest.read("anna")
    seal_all(sealer, own_databases)
    chest.read("bob")
    freeze(acting=machine(), project=chest.project)
    with pytest.raises(IntegrityError) as caught:
        chest.register("case-2")
    assert isinstance(from_integrity_error(caught.value), LogFrozen)
    with pytest.raises(StillSealing):
        open_log(acting=machine(), project=chest.project, reason="The key was stolen.")
    seal_all(sealer, own_databases)
    call_command("open_epoch", "chest", "--reason", "The key was stolen.", stdout=StringIO())
    chest = anew(chest)
    chest.review("jin")
    chest.review("jana")
    seal_all_but_refused(another_key(sealer), own_databases)
    old, new = Log.objects.order_by("epoch")
    assert new.origin == old.origin.removesuffix("1") + "2"
    assert Leaf.objects.get(log=new, leaf_index=0).event.action == "log.opened"
    before, note = (
        told(Action.LOG_OPENED)["extra"]["predecessor"],
        Checkpoint.objects.filter(log=old).latest("size"),
    )
    assert (before["origin"], before["size"]) == (old.origin, old.size)
    assert head_of(note.note).size == old.size
    assert before["root"] == f"sha256:{head_of(note.note).root.hex()}"
    assert open_checkpoint(Checkpoint.objects.get(log=new).note, [Standing.objects.get(log=new).vkey])
    assert_well(chest)
    assert_both_epochs_are_told(chest, old, new)


def seal_all_but_refused(sealer: Sealer, databases: TestDatabases) -> None:
    """As the process does it: what a frozen log refuses stops nothing."""
    with acting_as_role(databases, "sealer"), pytest.MonkeyPatch.context() as patch:
        patch.setattr("audit.management.commands.seal.Command.sealer", lambda self: sealer)
        call_command("seal", "--once")


def assert_both_epochs_are_told(chest: Study, old: Log, new: Log) -> None:
    """Pages, proofs and exports know what became of the first epoch."""
    case = chest.case()
    assert set(checkpointed(chest.project)) == {old.pk, new.pk}
    assert set(readable_events(chest.members["aud"]).values_list("log", flat=True)) == {old.pk, new.pk}
    first = Event.objects.filter(stream_id=case.pk).earliest("stream_seq")
    assert inclusion(chest.project, first.event_id).size == head_in(old.pk).size
    found, text = proof_of_case(case)
    last = Event.objects.filter(stream_id=case.pk).latest("stream_seq")
    assert (bytes(last.leaf_hash), last.log_id) == (found.leaf, new.pk)
    assert new.origin in text


def test_an_export_that_no_head_covered_before_its_epoch_ended_fails_and_can_be_asked_for_again(
    sealer: Sealer, own_databases: TestDatabases
) -> None:
    chest = study("case-1")
    seal_all(sealer, own_databases)
    asked = request_export(acting=chest.acting("aud"), project=chest.project, profile="full")
    assert sweep_exports() == 1
    freeze(acting=machine(), project=chest.project)
    with acting_as_role(own_databases, "sealer"):
        assert sealer.seal(Log.objects.get(epoch=1))  # and its key is gone: nobody signs
    open_log(acting=machine(), project=chest.project, reason="The key was stolen.")
    sweep_exports()
    asked.refresh_from_db()
    assert (asked.state, asked.fault_code) == ("failed", "EPOCH_ENDED")


def test_a_log_that_states_another_log_before_it_is_found_out(
    sealer: Sealer, own_databases: TestDatabases, superuser_connection: Any
) -> None:
    chest = study()
    seal_all(sealer, own_databases)
    freeze(acting=machine(), project=chest.project)
    open_log(acting=machine(), project=chest.project, reason="A try.")
    seal_all(sealer, own_databases)
    assert LogCheck(chest.project.pk).run().faults == []
    superuser_connection.execute("ALTER TABLE audit_log DISABLE TRIGGER a_grows")
    superuser_connection.execute("UPDATE audit_log SET frontier[1] = sha256('x') WHERE epoch = 1")
    superuser_connection.commit()
    assert [fault.code for fault in LogCheck(chest.project.pk).run().faults] == [
        "ROOT_MISMATCH",
        "HISTORY_FORK",
    ]


def backup(databases: TestDatabases) -> None:
    """Copy the whole database as it stands."""
    connections.close_all()
    databases._run(
        "CREATE DATABASE {} OWNER consilium_owner TEMPLATE {}", f"{databases.name}_backup", databases.name
    )


def restore(databases: TestDatabases) -> None:
    """Put the copy in the database's place."""
    connections.close_all()
    databases.drop()
    databases._run("ALTER DATABASE {} RENAME TO {}", f"{databases.name}_backup", databases.name)


def test_after_a_restore_the_gap_is_counted_and_stays_visible(
    sealer: Sealer, own_databases: TestDatabases, tmp_path: Path
) -> None:
    chest = study("case-1")
    seal_all(sealer, own_databases)
    kept = Log.objects.get().size
    backup(own_databases)
    chest.read("anna")
    seal_all(sealer, own_databases)
    lost = Log.objects.get().size - kept
    assert lost > 0
    restore(own_databases)
    chest.read("bob")  # nobody has noticed yet
    with pytest.raises(CommandError, match="could not be sealed"):
        seal_all_but_refused(sealer, own_databases)
    assert (Standing.objects.get().code, Log.objects.get().size) == ("ROLLBACK", kept)
    head = Records(sealer.records).path(chest.project.log)
    recover = (
        "recover_log",
        "chest",
        "--checkpoint",
        str(head),
        "--reason",
        "The disk broke.",
        "--wait",
        "0",
    )
    with pytest.raises(CommandError, match="wait for the sealer"):
        call_command(*recover)
    seal_all_but_refused(sealer, own_databases)
    call_command(*recover, stdout=StringIO())
    seal_all_but_refused(sealer, own_databases)
    event = told(Action.LOG_RECOVERED)
    assert (event["extra"]["first_missing"], event["extra"]["count"]) == (kept, lost)
    assert event["extra"]["witnessed"]["size"] == kept + lost
    assert bytes(Content.objects.get(pk=event["after"]["digest"]).body).decode() == head.read_text()
    assert event["reason"]["code"] == "restored"
    chest = anew(chest)
    chest.read("anna")
    seal_all_but_refused(sealer, own_databases)
    assert_well(chest)
    assert Records(sealer.records).last(chest.project.log) == head_of(
        Checkpoint.objects.latest("log", "size").note
    )
    bundle = exported_in(chest, tmp_path / "b.zip", sealer, own_databases, "full")
    assert_loss_is_told(bundle, Checkpoint.objects.filter(log__epoch=1).latest("size").note, head.read_text())


def assert_loss_is_told(path: Path, before: str, lost: str) -> None:
    """A bundle says what was lost; a head from before the restore holds, a lost one is only said to have been."""
    keys = dict(Standing.objects.values_list("log__epoch", "vkey"))
    old, new = verify.parse_vkey(keys[1]), verify.parse_vkey(keys[2])

    def checked(*known: str) -> verify.Run:
        heads = [("known", verify.parse_checkpoint(note.encode())) for note in known]
        with closing(verify.open_bundle(str(path))) as bundle:
            return verify.verify(bundle, new, heads, old_keys=[old])

    run = checked(before)
    assert (run.faults, run.incomplete) == ([], [])
    assert "events of epoch 1, from leaf" in "".join(run.not_checked)
    run = checked(lost)
    assert (run.faults, verify.exit_code(run)) == ([], 2)
    assert "it covers events that were lost" in run.incomplete[0]


def test_nothing_is_recovered_that_is_not_lost_and_nobody_but_the_operator_opens_an_epoch(
    sealer: Sealer, own_databases: TestDatabases, tmp_path: Path
) -> None:
    chest = study()
    seal_all(sealer, own_databases)
    head = Records(sealer.records).path(chest.project.log)
    (tmp_path / "nonsense").write_text("nonsense")
    for file, sentence in (
        (head, "nothing is lost"),
        (tmp_path / "nonsense", "no signed head"),
        (tmp_path, "read"),
    ):
        with pytest.raises(CommandError, match=sentence):
            call_command("recover_log", "chest", "--checkpoint", str(file), "--reason", "A try.")
    for step in (freeze, open_log):
        more = {} if step is freeze else {"reason": "Mine."}
        with pytest.raises(NotAllowed):
            step(acting=chest.acting("maria"), project=chest.project, **more)
    assert Log.objects.count() == 1


def test_the_database_keeps_epochs_in_order() -> None:
    chest, knee = study(), study(slug="knee")
    project, log = chest.project, chest.project.log
    with refused("epochs_follow_each_other"):
        Log.objects.create(project_id=project.pk, epoch=3, origin=f"{log.origin[:-1]}3")
    with refused("project_identity_is_fixed"):
        Project.objects.filter(pk=project.pk).update(log=knee.project.log)
    freeze(acting=machine(), project=project)
    assert freeze(acting=machine(), project=project) == Log.objects.get(epoch=2)
    with refused("log_is_frozen"):
        write_one(log, uuid.uuid4())
    with refused("event_follows_its_stream"):
        journal = Journal(Log.objects.get(epoch=2), SYSTEM, Request())
        journal.record(
            journal.stream("project", knee.project.pk), Action.LOG_HEARTBEAT, object=("log", "x", 1)
        )
        journal.write()


def write_one(log: Log, stream: uuid.UUID) -> None:
    """One more event in a chain of one's own."""
    journal = Journal(log, SYSTEM, Request())
    about = ("batch", str(stream), 1)
    journal.record(journal.stream("batch", stream), Action.LOG_HEARTBEAT, object=about)
    journal.write()


def wrote(log: Log, stream: uuid.UUID) -> bool:
    """Whether one more event is in the log; False once it is frozen."""
    try:
        with transaction.atomic():
            write_one(log, stream)
    except IntegrityError as error:
        if isinstance(from_integrity_error(error), LogFrozen):
            return False
        raise
    return True


def test_whoever_writes_while_a_log_is_frozen_is_in_it_whole_or_refused(
    sealer: Sealer, own_databases: TestDatabases
) -> None:
    chest, begin = study(), Barrier(9)
    log = chest.project.log

    def writes() -> int:
        stream, done = uuid.uuid4(), 0
        begin.wait(60)
        while wrote(log, stream):
            done += 1
        return done

    def freezes() -> int:
        begin.wait(60)
        while Event.objects.filter(stream_kind="batch").count() < 40:
            pass
        freeze(acting=machine(), project=chest.project)
        return Event.objects.filter(stream_kind="batch").count()

    *written, at_freeze = all_at_once([*[writes] * 8, freezes])
    assert sum(written) == at_freeze == Event.objects.filter(stream_kind="batch").count()
    seal_all(sealer, own_databases)
    open_log(acting=machine(), project=chest.project, reason="A try.")
    assert told(Action.LOG_OPENED)["extra"]["predecessor"]["size"] == Log.objects.get(epoch=1).size
