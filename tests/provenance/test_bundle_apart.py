"""A bundle of a study with a pilot and with probes is valid, and releases the labels of the study alone."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from audit import verify
from audit.log import Reason
from tasks.leases import claim, skip
from tasks.models import Task
from tests.databases import TestDatabases
from tests.people import Study, labels
from tests.probes import next_probe, probed, score_all
from tests.provenance.exports import exported, lines, members
from tests.sealed import a_sealer
from tests.waves import join, opened
from workflow.models import ProbeScore

pytestmark = pytest.mark.django_db(transaction=True)


def finish(chest: Study, result: dict[str, Any], *people: str) -> None:
    """Everybody does whatever there is for them."""
    for name in people:
        while isinstance(task := claim(acting=chest.acting(name)), Task):
            chest.submit(name, task, result)


def test_a_bundle_with_a_pilot_and_probes_is_valid_and_releases_the_studys_labels_alone(
    own_databases: TestDatabases, tmp_path: Path
) -> None:
    chest = probed("case-1", controls=2)
    chest.agree_at_two()
    opened(chest, "Pilot", pilot=True)
    join(chest, "Pilot", "pilot-1", "pilot-2")
    probe = next_probe(chest, "cleo")
    chest.submit("cleo", probe, {"labels": labels()})
    passed_on = next_probe(chest, "cleo")
    assert passed_on.token is not None
    skip(acting=chest.acting("cleo"), task_id=passed_on.pk, token=passed_on.token, reason=Reason("bad_image"))
    finish(chest, {"labels": labels()}, "anna", "bob")
    finish(chest, {"verdict": "accept"}, "jin", "jana", "jules")
    score_all()
    assert ProbeScore.objects.count() == 1
    exported(chest, tmp_path / "b.zip", a_sealer(tmp_path), own_databases)
    bundle = members(tmp_path / "b.zip")
    assert {row["external_ref"] for row in lines(bundle["data/labels/labels.ndjson"])} == {"case-1"}
    told = {row["external_ref"]: len(row["labels"]) for row in lines(bundle["data/labels/manifest.ndjson"])}
    assert sum(told.values()) == 3
    vkey = tmp_path / "key"
    vkey.write_bytes(bundle["data/trust/log.vkey"])
    command = [
        sys.executable,
        "-I",
        verify.__file__,
        tmp_path / "b.zip",
        "--log-key",
        vkey.read_text().strip(),
    ]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "VALID"), done.stdout
