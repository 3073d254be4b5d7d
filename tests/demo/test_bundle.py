"""The demonstration ends by checking its bundle as an auditor would; one that doesn't hold stops it."""

from pathlib import Path

import pytest
from django.core.management import CommandError

from demo import bundle
from tests.databases import TestDatabases
from tests.provenance.exports import exported, finished_study
from tests.sealed import a_sealer

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_bundle_is_checked_alone_and_a_changed_one_is_refused(
    tmp_path: Path, own_databases: TestDatabases
) -> None:
    chest, out = finished_study(), tmp_path / "chest.zip"
    exported(chest, out, a_sealer(tmp_path), own_databases)
    made = bundle.export(chest.project, out)
    assert made["bytes"] == out.stat().st_size
    assert bundle.check(chest.project, out)["verdict"] == "valid"
    body = out.read_bytes()
    at = body.index(b'"action":"read.submitted"')
    out.write_bytes(body[:at] + b'"action":"read.submittet"' + body[at + 25 :])
    with pytest.raises(CommandError, match="does not hold"):
        bundle.check(chest.project, out)
