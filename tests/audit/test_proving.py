"""Proofs out of the database are those of the pure functions, whatever tiles there are, and cost few rows."""

import random
from itertools import pairwise

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit import merkle, proving
from audit.models import Log, Tile
from tests.databases import TestDatabases
from tests.people import study
from tests.roles import acting_as_role

pytestmark = pytest.mark.django_db(transaction=True)

SIZE = 1100  # four full tiles and a rest


@pytest.fixture
def leaves(superuser_connection: psycopg.Connection) -> list[bytes]:
    """A log of leaves without events, as only a superuser can make it."""
    log = study().project.log
    hashes = [merkle.leaf_hash(b"%d" % n) for n in range(SIZE)]
    boss = superuser_connection
    with boss.transaction():
        boss.execute("SET session_replication_role = replica")
        boss.execute("ALTER TABLE audit_leaf DISABLE TRIGGER a_event")
        boss.execute(
            "INSERT INTO audit_leaf (log_id, leaf_index, event_id, leaf_hash)"
            " SELECT %s, place - 1, -place, hash FROM unnest(%s::bytea[]) WITH ORDINALITY AS given(hash, place)",
            [log.pk, hashes],
        )
        boss.execute("ALTER TABLE audit_leaf ENABLE ALWAYS TRIGGER a_event")
    return hashes


def fill_tiles(databases: TestDatabases, *sizes: int) -> None:
    """Keep tiles as the sealer does while the log grows to each of these sizes."""
    log = Log.objects.get()
    with acting_as_role(databases, "sealer"):
        for old, size in pairwise(sizes):
            proving.make_tiles(log.pk, old, size)


def all_proofs_hold(leaves: list[bytes], seed: int) -> None:
    log, chance = Log.objects.get().pk, random.Random(seed)
    sizes = [
        1,
        2,
        255,
        256,
        257,
        511,
        512,
        513,
        768,
        1024,
        SIZE,
        *(chance.randint(1, SIZE) for _ in range(10)),
    ]
    for size in sizes:
        tree = leaves[:size]
        for index in {0, size - 1, chance.randrange(size)}:
            assert proving.inclusion_proof(log, index, size) == merkle.inclusion_proof(tree, index)
        for old in {0, 1, size, chance.randint(1, size), min(256, size)}:
            assert proving.consistency_proof(log, old, size) == merkle.consistency_proof(tree, old)


def test_proofs_are_those_of_the_whole_tree(leaves: list[bytes], own_databases: TestDatabases) -> None:
    fill_tiles(own_databases, 0, 3, 255, 256, 600, 1099, SIZE)
    assert list(Tile.objects.order_by("place").values_list("place", flat=True)) == [0, 1, 2, 3]
    all_proofs_hold(leaves, seed=1)


def test_a_log_without_tiles_or_with_some_gives_the_same_proofs(
    leaves: list[bytes], own_databases: TestDatabases
) -> None:
    all_proofs_hold(leaves, seed=2)
    fill_tiles(own_databases, 256, 512)
    all_proofs_hold(leaves, seed=3)


def test_a_proof_reads_leaves_of_one_tile_and_tiles_of_the_rest(
    leaves: list[bytes], own_databases: TestDatabases
) -> None:
    fill_tiles(own_databases, 0, SIZE)
    log = Log.objects.get().pk
    with CaptureQueriesContext(
        connection,
    ) as asked:
        proof = proving.inclusion_proof(log, 700, SIZE)
    assert len(asked) <= 2 * len(proof)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 3), (0, SIZE + 1)])
def test_there_is_no_proof_of_a_leaf_that_is_not_there(leaves: list[bytes], index: int, size: int) -> None:
    with pytest.raises(ValueError, match=r"leaf|sealed"):
        proving.inclusion_proof(Log.objects.get().pk, index, size)


def test_nobody_changes_a_tile(
    leaves: list[bytes], own_databases: TestDatabases, superuser_connection: psycopg.Connection
) -> None:
    fill_tiles(own_databases, 0, SIZE)
    for statement in ("UPDATE audit_tile SET root = ''", "DELETE FROM audit_tile", "TRUNCATE audit_tile"):
        with pytest.raises(psycopg.errors.CheckViolation), superuser_connection.transaction():
            superuser_connection.execute(statement)
