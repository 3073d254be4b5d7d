"""The verifier follows what models said, to whom it was shown, and what became of it; whoever shows more is found."""

import base64
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import verify
from audit.models import Standing
from provenance.replay import replay
from tests.databases import TestDatabases
from tests.modelled import box, predict, read_of, with_model
from tests.provenance.exports import exported
from tests.provenance.forging import Forge
from tests.sealed import a_sealer

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
