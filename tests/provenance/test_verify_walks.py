"""Whatever random people do in random order, the bundle of it is valid: the verifier refuses nothing honest."""

import tempfile
from contextlib import closing
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from audit import verify
from audit.models import Standing
from audit.sealing import Sealer
from tests.databases import TestDatabases
from tests.provenance.exports import exported
from tests.sealed import a_sealer
from tests.tasks.test_random_walk import Walk

pytestmark = pytest.mark.django_db(transaction=True)


class ExportedWalk(Walk):
    """The walk of the invariants, exported and verified at its end."""

    sealer: ClassVar[Sealer]
    databases: ClassVar[TestDatabases]

    def teardown(self) -> None:
        super().teardown()
        if hasattr(self, "chest"):
            with tempfile.TemporaryDirectory() as folder:
                self.verify(Path(folder) / "b.zip")

    def verify(self, path: Path) -> None:
        exported(self.chest, path, self.sealer, self.databases)
        key = verify.parse_vkey(Standing.objects.get(log=self.chest.project.log).vkey)
        with closing(verify.open_bundle(str(path))) as bundle:
            run = verify.verify(bundle, key)
        assert (run.faults, run.incomplete) == ([], [])


@pytest.mark.slow
def test_the_bundle_of_whatever_anybody_did_is_valid(own_databases: TestDatabases, tmp_path: Path) -> None:
    ExportedWalk.sealer, ExportedWalk.databases = a_sealer(tmp_path), own_databases
    run_state_machine_as_test(
        ExportedWalk,
        settings=settings(
            max_examples=4, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
