"""Bundles hold what a lock wrote, and the verifier finds nothing wrong with it; matrix.py has what it finds wrong."""

import json
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from audit import verify
from audit.models import Standing
from provenance.replay import replay
from tests.databases import TestDatabases
from tests.datasets import locked, settled
from tests.provenance.exports import exported
from tests.sealed import a_sealer

pytestmark = pytest.mark.django_db(transaction=True)


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
