"""What settings were changed and who was told of late work leaves the house with the rest, and verifies."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from audit import verify
from audit.models import Standing
from tasks.escalating import escalate
from tasks.settings import change_settings
from tests.databases import TestDatabases
from tests.people import study
from tests.provenance.exports import exported, lines, members
from tests.sealed import a_sealer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("profile", ["full", "pseudonymous"])
def test_a_bundle_with_settings_and_escalations_is_valid(
    profile: str, own_databases: TestDatabases, tmp_path: Path
) -> None:
    chest = study("case-1")
    changes = {"due_hours": {"annotate": 1}, "required_training": ["Knötchen"]}
    change_settings(acting=chest.acting("maria"), project=chest.project, changes=changes)
    assert escalate(timezone.now() + timedelta(days=20)) == 2
    exported(chest, tmp_path / "b.zip", a_sealer(tmp_path), own_databases, profile)
    key = verify.parse_vkey(Standing.objects.get(log=chest.project.log).vkey)
    with closing(verify.open_bundle(str(tmp_path / "b.zip"))) as bundle:
        run = verify.verify(bundle, key)
    assert (run.faults, run.incomplete) == ([], [])
    told = lines(members(tmp_path / "b.zip")["data/log/events.ndjson"])
    assert {"project.settings_changed", "deviation.recorded"} <= {event["action"] for event in told}
