"""A client checks the log by itself, with nothing but what the API gives and the log's key."""

from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from audit import merkle
from audit.notes import open_checkpoint
from audit.sealing import Sealer
from tests.api.client import As
from tests.databases import TestDatabases
from tests.people import Study, study
from tests.provenance.epochs import next_epoch, seal_present
from tests.sealed import a_sealer, seal_all

pytestmark = pytest.mark.django_db(transaction=True)
LOG = "/projects/chest/log"


@pytest.fixture
def sealer(tmp_path: Path) -> Sealer:
    return a_sealer(tmp_path)


@pytest.fixture
def chest(sealer: Sealer, own_databases: TestDatabases) -> Study:
    """Two signed heads: one before the case was read, one after."""
    chest = study("case-1", "case-2")
    seal_all(sealer, own_databases)
    chest.agree_at_two()
    seal_all(sealer, own_databases)
    return chest


def raw(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("sha256:"))


def every_event(aud: As) -> list[dict[str, Any]]:
    found, cursor = [], {}
    while True:
        page = aud.get(f"{LOG}/events", page_size=50, **cursor)
        found += page["results"]
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"].split("cursor=")[1].split("&")[0].replace("%3D", "=")}


def test_the_events_of_the_log_make_the_root_that_was_signed(chest: Study) -> None:
    aud = As("aud")
    head, events = aud.get(f"{LOG}/checkpoint"), every_event(aud)
    signed = open_checkpoint(head["note"], [head["vkey"]])
    assert (signed.size, signed.root, signed.origin) == (head["size"], raw(head["root"]), head["origin"])
    assert [event["leaf_index"] for event in events] == list(range(head["size"]))
    leaves = [merkle.leaf_hash(event["body"].encode()) for event in events]
    assert leaves == [raw(event["leaf_hash"]) for event in events]
    assert merkle.root(leaves) == signed.root


def test_an_event_is_proved_by_its_place_and_by_its_id(chest: Study) -> None:
    aud = As("aud")
    [event] = aud.get(f"{LOG}/events", action="label.released")["results"]
    proof = aud.get(f"{LOG}/proofs/inclusion", leaf=event["leaf_index"])
    assert merkle.verify_inclusion(
        raw(event["leaf_hash"]),
        proof["leaf_index"],
        proof["size"],
        [raw(h) for h in proof["hashes"]],
        raw(proof["root"]),
    )
    event_id = event["body"].split('"event_id":"')[1][:36]
    assert aud.get(f"{LOG}/proofs/inclusion", leaf=event_id) == proof


def test_an_older_head_is_the_beginning_of_the_newer(chest: Study) -> None:
    maria = As("maria")
    newest = maria.get(f"{LOG}/checkpoint")
    first = min(event for event in range(1, newest["size"]) if _is_signed(maria, event))
    proof = maria.get(f"{LOG}/proofs/consistency", **{"from": first})
    nodes = [raw(h) for h in proof["hashes"]]
    assert (proof["old_size"], proof["new_size"], proof["new_root"]) == (
        first,
        newest["size"],
        newest["root"],
    )
    assert merkle.verify_consistency(
        first, newest["size"], raw(proof["old_root"]), raw(newest["root"]), nodes
    )


def _is_signed(who: As, size: int, epoch: int = 1) -> bool:
    asked = {"size": size, "epoch": epoch}
    return who.http.get(f"/api/v1{LOG}/checkpoint", asked, headers=who.headers).status_code == 200


def test_the_proof_of_a_case_stands_alone_as_a_file(chest: Study) -> None:
    told = As("maria").get(f"/cases/{chest.case().pk}/proof")
    head, index, *nodes_and_note = told["tlog_proof"].split("\n")
    at = nodes_and_note.index("")
    nodes, note = [b64decode(line) for line in nodes_and_note[:at]], "\n".join(nodes_and_note[at + 1 :])
    signed = open_checkpoint(note, [As("maria").get(f"{LOG}/checkpoint")["vkey"]])
    place = int(index.removeprefix("index "))
    assert head == "c2sp.org/tlog-proof@v1"
    assert merkle.verify_inclusion(bytes(chest.case().audit_head), place, signed.size, nodes, signed.root)


def test_what_is_not_sealed_yet_is_told_so(chest: Study) -> None:
    aud = As("aud")
    chest.register("case-3")
    assert aud.get(f"/cases/{chest.case('case-3').pk}/proof", 409)["code"] == "not_sealed"
    assert aud.get(f"{LOG}/proofs/inclusion", 404, leaf=10**6)["code"] == "not_found"
    assert aud.get(f"{LOG}/checkpoint", 404, size=10**6)["code"] == "not_found"


def test_a_log_that_was_never_signed_says_so() -> None:
    study("case-1")
    assert As("aud").get(f"{LOG}/checkpoint", 409)["code"] == "not_sealed"


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("proofs/inclusion", {"leaf": "first"}),
        ("proofs/inclusion", {}),
        ("proofs/consistency", {"to": 3}),
        ("proofs/consistency", {"from": -1}),
        ("checkpoint", {"size": 0}),
        ("events", {"case": "case-1"}),
    ],
)
def test_a_question_that_makes_no_sense_is_told_where(path: str, query: dict[str, Any]) -> None:
    study("case-1")
    assert As("aud").get(f"{LOG}/{path}", 422, **query)["code"] == "invalid"


def test_a_proof_costs_the_same_few_queries_whatever_the_log(
    chest: Study, django_assert_max_num_queries: Any
) -> None:
    aud = As("aud")
    with django_assert_max_num_queries(30):
        aud.get(f"{LOG}/proofs/inclusion", leaf=3)


def test_every_epoch_answers_for_its_own_leaves(
    chest: Study, sealer: Sealer, own_databases: TestDatabases
) -> None:
    case = chest.case().pk
    chest = next_epoch(chest, sealer, own_databases)
    chest.register("case-2b")
    seal_present(sealer, own_databases)
    aud = As("aud")
    heads = [aud.get(f"{LOG}/checkpoint", epoch=epoch) for epoch in (1, 2)]
    assert aud.get(f"{LOG}/checkpoint") == heads[1]
    for epoch, head in enumerate(heads, 1):
        events = aud.get(f"{LOG}/events", epoch=epoch, page_size=200)["results"]
        leaves = [merkle.leaf_hash(event["body"].encode()) for event in events]
        assert merkle.root(leaves[: head["size"]]) == raw(head["root"])
        assert {event["epoch"] for event in events} == {epoch}
        proof = aud.get(f"{LOG}/proofs/inclusion", leaf=1, epoch=epoch)
        nodes = [raw(h) for h in proof["hashes"]]
        assert (proof["epoch"], proof["root"]) == (epoch, head["root"])
        assert merkle.verify_inclusion(leaves[1], 1, proof["size"], nodes, raw(head["root"]))
        event_id = events[1]["body"].split('"event_id":"')[1][:36]
        assert aud.get(f"{LOG}/proofs/inclusion", leaf=event_id) == proof
    first = min(size for size in range(1, heads[0]["size"]) if _is_signed(aud, size, 1))
    proof = aud.get(f"{LOG}/proofs/consistency", **{"from": first}, epoch=1)
    assert (proof["epoch"], proof["new_root"]) == (1, heads[0]["root"])
    assert aud.get(f"{LOG}/events", 404, epoch=3)["code"] == "not_found"
    told = aud.get(f"/cases/{case}/dossier")
    assert told["proof"]["size"] == heads[0]["size"], "a case that ended in the first epoch is under its head"
