"""Sealing: every committed event becomes a leaf once, in its chain's order, under a head that holds."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from audit.holding import SealingRefused
from audit.keys import FileSigner, KeyProblem, make_key
from audit.management.commands.seal import Command
from audit.merkle import root
from audit.models import Checkpoint, Event, Leaf, Log, Pending, Standing
from audit.notes import open_checkpoint, vkey
from audit.sealing import Sealer
from tests.databases import TestDatabases
from tests.people import study
from tests.roles import acting_as_role
from tests.sealed import a_sealer, seal_all

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sealer(tmp_path: Path) -> Sealer:
    return a_sealer(tmp_path)


def test_every_event_is_sealed_once_under_a_signed_head(sealer: Sealer, own_databases: TestDatabases) -> None:
    study("case-1", "case-2").agree_at_two()
    log = seal_all(sealer, own_databases)
    hashes = [bytes(h) for h in Leaf.objects.order_by("leaf_index").values_list("leaf_hash", flat=True)]
    head = open_checkpoint(Checkpoint.objects.get().note, [vkey(log.origin, sealer.signer.public_key)])
    assert (Pending.objects.count(), len(hashes)) == (0, Event.objects.count())
    assert (head.origin, head.size, head.root) == (log.origin, len(hashes), root(hashes))


def test_each_chain_keeps_its_order_in_the_tree(sealer: Sealer, own_databases: TestDatabases) -> None:
    study("case-1", "case-2").agree_at_two()
    seal_all(sealer, own_databases)
    places: dict[object, int] = {}
    for leaf in Leaf.objects.select_related("event").order_by("leaf_index"):
        assert leaf.event.stream_seq == places.get(leaf.event.stream_id, 0) + 1
        places[leaf.event.stream_id] = leaf.event.stream_seq


def test_sealing_in_several_steps_gives_the_same_tree(sealer: Sealer, own_databases: TestDatabases) -> None:
    chest = study("case-1")
    seal_all(sealer, own_databases)
    chest.agree_at_two()
    log = seal_all(sealer, own_databases)
    hashes = [bytes(h) for h in Leaf.objects.order_by("leaf_index").values_list("leaf_hash", flat=True)]
    sizes = list(Checkpoint.objects.order_by("size").values_list("size", flat=True))
    assert log.size == len(hashes) == sizes[-1] > sizes[0]
    assert open_checkpoint(
        Checkpoint.objects.latest("size").note, [vkey(log.origin, sealer.signer.public_key)]
    ).root == root(hashes)


def test_a_database_older_than_the_last_signed_head_is_not_signed(
    sealer: Sealer, own_databases: TestDatabases, superuser_connection: psycopg.Connection
) -> None:
    chest = study("case-1")
    seal_all(sealer, own_databases)
    superuser_connection.execute("ALTER TABLE audit_log DISABLE TRIGGER a_grows")
    superuser_connection.execute("UPDATE audit_log SET size = size - 1")
    superuser_connection.commit()
    chest.read("anna")
    with acting_as_role(own_databases, "sealer"), pytest.raises(SealingRefused, match="signed before"):
        sealer.publish(Log.objects.get())


def test_a_head_is_signed_though_somebody_always_writes(sealer: Sealer, own_databases: TestDatabases) -> None:
    chest = study()
    busy = _Busy(sealer.signer, sealer.records)
    busy.write = lambda number: _as_app(own_databases, lambda: chest.register(f"case-{number}"))
    with acting_as_role(own_databases, "sealer"):
        assert Command().work_on(busy, Log.objects.get(), {})
    assert Checkpoint.objects.exists()
    assert Pending.objects.exists()


class _Busy(Sealer):
    """A sealer beside somebody who writes after each of its first five batches."""

    batches = 0
    write: Callable[[int], None]

    def seal(self, log: Log) -> int:
        sealed = super().seal(log)
        if self.batches < 5:
            self.batches += 1
            self.write(self.batches)
        return sealed


def _as_app(databases: TestDatabases, act: Callable[[], object]) -> None:
    with acting_as_role(databases, "app"):
        act()


def test_a_second_sealer_leaves_a_log_alone_that_another_works_on(
    sealer: Sealer, own_databases: TestDatabases, superuser_connection: psycopg.Connection
) -> None:
    study("case-1")
    superuser_connection.execute("SELECT pg_advisory_lock(24225, %s)", [Log.objects.get().pk])
    with acting_as_role(own_databases, "sealer"):
        assert sealer.seal(Log.objects.get()) == 0
    assert Pending.objects.exists()


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    make_key(tmp_path / "log.key")
    (tmp_path / "log.key").chmod(0o644)
    with pytest.raises(KeyProblem, match="open to others"):
        FileSigner(tmp_path / "log.key")


def test_everybody_can_see_whether_a_log_is_signed_and_why_not(
    sealer: Sealer, own_databases: TestDatabases, superuser_connection: psycopg.Connection
) -> None:
    study("case-1")
    log = seal_all(sealer, own_databases)
    assert Standing.objects.get(log=log).vkey == vkey(log.origin, sealer.signer.public_key)
    assert Standing.objects.get(log=log).code == ""
    superuser_connection.execute("ALTER TABLE audit_log DISABLE TRIGGER a_grows")
    superuser_connection.execute("UPDATE audit_log SET size = size - 1")
    superuser_connection.commit()
    with acting_as_role(own_databases, "sealer"), pytest.raises(SealingRefused):
        sealer.publish(Log.objects.get())
    assert Standing.objects.get(log=log).code in ("ROLLBACK", "HISTORY_FORK")
