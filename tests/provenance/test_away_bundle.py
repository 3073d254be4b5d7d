"""The verifier follows a place in a case from who left to who reads it anew."""

from contextlib import closing
from pathlib import Path

import pytest

from audit import verify
from audit.models import Standing
from tests.databases import TestDatabases
from tests.people import labels, study
from tests.provenance.exports import exported
from tests.sealed import a_sealer
from tests.tasks.test_away import finish, let, returned_to_anna

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_read_that_closed_may_be_followed_by_anothers(own_databases: TestDatabases, tmp_path: Path) -> None:
    chest = study("case-1")
    returned_to_anna(chest)
    let(chest, "anna", "left")
    chest.submit("cleo", chest.claim("cleo"), {"labels": labels()})
    finish(chest)
    exported(chest, tmp_path / "b.zip", a_sealer(tmp_path), own_databases)
    key = verify.parse_vkey(Standing.objects.get(log=chest.project.log).vkey)
    with closing(verify.open_bundle(str(tmp_path / "b.zip"))) as bundle:
        run = verify.verify(bundle, key)
    assert (run.faults, run.incomplete) == ([], [])
