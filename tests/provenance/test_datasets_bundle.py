"""Bundles hold what a lock wrote; the verifier finds nothing wrong with it, and everything that a thief changes."""

import base64
import json
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import verify
from audit.models import Standing
from provenance.replay import replay
from tests.databases import TestDatabases
from tests.datasets import locked, settled
from tests.provenance.exports import exported
from tests.provenance.forging import Forge
from tests.sealed import a_sealer

pytestmark = pytest.mark.django_db(transaction=True)


def lock_in(forge: Forge) -> dict[str, Any]:
    """The event of the lock."""
    return next(event for event in forge.events if event["action"] == "dataset.locked")


def relisted(
    forge: Forge, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], **told: Any
) -> None:
    """Put another list in the place of the dataset's, and a manifest and an event that fit it."""
    event = lock_in(forge)
    manifest = forge.content(event["after"]["digest"])
    lines = change(forge.content(manifest["lists"][0]["digest"])["cases"])
    listed = forge.put({"schema": "consilium/dataset-cases/v1", "cases": lines})["digest"]
    lists = [{"digest": listed, "cases": len(lines)}]
    event["inputs"] = [{"role": "cases", "digest": listed}]
    event["after"] = forge.put({**manifest, "lists": lists, "cases": len(lines), **told})


def another_answer(forge: Forge) -> None:
    relisted(forge, lambda lines: [{**line, "digest": "sha256:" + "a" * 64} for line in lines])


def another_case(forge: Forge) -> None:
    relisted(forge, lambda lines: [{**line, "case": "0" * 8 + line["case"][8:]} for line in lines])


def an_event_that_is_none(forge: Forge) -> None:
    relisted(forge, lambda lines: [{**line, "event": lock_in(forge)["event_id"]} for line in lines])


def a_case_twice(forge: Forge) -> None:
    relisted(forge, lambda lines: [*lines, *lines])


def a_line_that_is_none(forge: Forge) -> None:
    relisted(forge, lambda lines: [{"case": line["case"]} for line in lines])


def more_than_is_listed(forge: Forge) -> None:
    relisted(forge, lambda lines: lines, cases=2)


def lists_that_are_not_cited(forge: Forge) -> None:
    relisted(forge, lambda lines: lines, lists=[])


def no_manifest(forge: Forge) -> None:
    relisted(forge, lambda lines: lines, schema="consilium/dataset/v1")


FORGERIES = (
    *(another_answer, another_case, an_event_that_is_none, a_case_twice, a_line_that_is_none),
    *(more_than_is_listed, lists_that_are_not_cited, no_manifest),
)


def test_a_locked_dataset_is_in_every_profile_and_verifies(
    own_databases: TestDatabases, tmp_path: Path
) -> None:
    chest = settled(1)
    dataset = locked(chest)
    assert dataset.manifest is not None
    assert replay(chest.project).differences == []
    sealer = a_sealer(tmp_path)
    bundles = {name: tmp_path / f"{name}.zip" for name in ("full", "pseudonymous", "subset")}
    for profile, path in bundles.items():
        exported(chest, path, sealer, own_databases, profile)
    key = verify.parse_vkey(Standing.objects.get(log=chest.project.log).vkey)
    wanted = {str(dataset.manifest_id), *(one["digest"] for one in dataset.manifest.data["lists"])}
    for path in bundles.values():
        with closing(verify.open_bundle(str(path))) as bundle:
            assert verify.verify(bundle, key).faults == []
        with zipfile.ZipFile(path) as packed:
            held = {name for name in packed.namelist() if "/content/" in name}
        assert all(any(digest.removeprefix("sha256:") in name for name in held) for digest in wanted)
        assert "case-1" not in json.dumps(dataset.manifest.data)
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode((tmp_path / "log.key").read_text()))
    for change in FORGERIES:
        forge = Forge(bundles["full"], private)
        change(forge)
        forge.drop_uncited()
        path = forge.settle(earlier=True).write(tmp_path / "forged.zip")
        with closing(verify.open_bundle(str(path))) as bundle:
            found = {code for code, _, _ in verify.verify(bundle, key).faults}
        assert found == {"DATASET_MISMATCH"}, change.__name__
