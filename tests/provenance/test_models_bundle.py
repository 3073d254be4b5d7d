"""The verifier follows what models said, to whom it was shown, and what became of it; whoever shows more is found."""

import base64
import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import verify
from audit.models import Standing
from provenance.replay import replay
from tasks.advancing import advance
from tests.databases import TestDatabases
from tests.modelled import AFTER, box, committed, predict, read_of, with_model
from tests.provenance.exports import exported
from tests.provenance.forging import Forge
from tests.sealed import a_sealer
from workflow.models import Commitment

pytestmark = pytest.mark.django_db(transaction=True)


def in_test_split(forge: Forge) -> None:
    created = forge.of_case("case.created")[0]
    created["after"] = forge.put({**forge.content(created["after"]["digest"]), "split": "test"})


def said_to_be_hidden(forge: Forge) -> None:
    forge.of_case("read.submitted")[0]["blinding"]["model_output"] = True


def not_cited(forge: Forge) -> None:
    forge.of_case("read.submitted")[0]["inputs"] = []


def of_another_case(forge: Forge) -> None:
    forge.events.remove(forge.of_case("prelabel.attached")[0])
    forge.export["extra"]["leaves"] -= 1


FORGERIES = (in_test_split, said_to_be_hidden, not_cited, of_another_case)


def verified(path: Path, key: verify.Key) -> list[str]:
    """The codes of the faults that the verifier finds."""
    with closing(verify.open_bundle(str(path))) as bundle:
        return [code for code, _, _ in verify.verify(bundle, key).faults]


def forged(path: Path, private: Ed25519PrivateKey, change: Callable[[Forge], None]) -> Path:
    """The bundle as somebody leaves it who has the log's key."""
    forge = Forge(path, private)
    change(forge)
    forge.drop_uncited()
    return forge.settle(earlier=True).write(path.with_name("forged.zip"))


def test_what_models_said_and_what_became_of_it_is_verified_and_what_was_shown_beyond_is_found(
    own_databases: TestDatabases, tmp_path: Path
) -> None:
    chest, model = with_model()
    predict(chest, model, box("f1"), box("f2", 20))
    for name in ("anna", "bob"):
        chest.submit(name, chest.claim(name), {"labels": read_of(box("f1"))})
    for name in ("jin", "jana"):
        chest.review(name)
    assert replay(chest.project).differences == []
    sealer = a_sealer(tmp_path)
    bundles = {name: tmp_path / f"{name}.zip" for name in ("full", "pseudonymous", "subset")}
    for profile, path in bundles.items():
        exported(chest, path, sealer, own_databases, profile)
    key = verify.parse_vkey(Standing.objects.get(log=chest.project.log).vkey)
    assert {name: verified(path, key) for name, path in bundles.items()} == {name: [] for name in bundles}
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode((tmp_path / "log.key").read_text()))
    for change in FORGERIES:
        assert "BLINDING_BREACH" in verified(forged(bundles["full"], private, change), key), change.__name__


def tells_of_other_marks(forge: Forge) -> None:
    forge.of_case("read.committed")[0]["blinding"]["model_output"] = False


def never_committed(forge: Forge) -> None:
    forge.events.remove(forge.of_case("read.committed")[0])
    forge.export["extra"]["leaves"] -= 1


def cites_the_others(forge: Forge) -> None:
    anna, bob = forge.of_case("read.committed")
    read = next(one for one in forge.of_case("read.submitted") if one["actor"]["id"] == anna["actor"]["id"])
    for cited in read["inputs"]:
        if cited["role"] == "commitment":
            cited["digest"] = bob["after"]["digest"]


def says_nothing_changed(forge: Forge) -> None:
    read = next(one for one in forge.of_case("read.submitted") if one["inputs"])
    cited = next(one for one in read["inputs"] if one["role"] == "assistance")
    told = forge.content(cited["digest"])
    told["since_commitment"]["shift"] = "unchanged"
    cited["digest"] = forge.put(told)["digest"]


def commits_again(forge: Forge) -> None:
    first = forge.of_case("read.committed")[0]
    second = json.loads(json.dumps(first))
    second["event_id"] = str(uuid4())
    second["object"]["id"] = str(uuid4())
    forge.events.insert(forge.events.index(first) + 1, second)
    forge.export["extra"]["leaves"] += 1


AFTER_COMMITMENT = {
    tells_of_other_marks: "BLINDING_BREACH",
    never_committed: "BLINDING_BREACH",
    cites_the_others: "BLINDING_BREACH",
    in_test_split: "BLINDING_BREACH",
    says_nothing_changed: "REPORT_MISMATCH",
    commits_again: "WORKFLOW_VIOLATION",
}


def test_commitments_are_verified_told_beside_each_read_and_what_came_too_early_is_found(
    own_databases: TestDatabases, tmp_path: Path
) -> None:
    chest, model = with_model(protocol=AFTER)
    predict(chest, model, box("m1"), box("m2", 20))
    for number, name in enumerate(("anna", "bob")):
        task = chest.claim(name)
        committed(chest, name, task, box("f1", 60 + number))
        chest.submit(name, task, {"labels": read_of(box("f1"))})
    for name in ("jin", "jana"):
        chest.review(name)
    advance(case_id=chest.case().pk)
    assert replay(chest.project).differences == []
    sealer = a_sealer(tmp_path)
    bundles = {name: tmp_path / f"{name}.zip" for name in ("full", "pseudonymous", "subset")}
    for profile, path in bundles.items():
        exported(chest, path, sealer, own_databases, profile)
    key = verify.parse_vkey(Standing.objects.get(log=chest.project.log).vkey)
    assert {name: verified(path, key) for name, path in bundles.items()} == {name: [] for name in bundles}
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode((tmp_path / "log.key").read_text()))
    labels = Forge(bundles["full"], private).files["data/labels/labels.ndjson"]
    row = json.loads(labels.splitlines()[0])
    made = {str(one.content_id) for one in Commitment.objects.all()}
    assert {read["commitment"]["digest"] for read in row["reads"]} == made
    for change, code in AFTER_COMMITMENT.items():
        assert code in verified(forged(bundles["full"], private, change), key), change.__name__
