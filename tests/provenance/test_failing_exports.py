"""An export that can't be packed is tried again a few times, with growing pauses, and then given up with a sentence."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit.keys import FileSigner
from audit.sealing import Sealer
from provenance.exporting import request_export
from provenance.failing import MOST_CUT_OFF, PAUSES
from provenance.jobs import sweep_exports
from provenance.models import Export
from provenance.packing import file_of, partial_of
from provenance.queries import in_words
from provenance.recording import record
from tests.databases import ROOT, TestDatabases
from tests.people import Study, study
from tests.roles import acting_as_role
from tests.sealed import a_sealer, seal_all

pytestmark = pytest.mark.django_db(transaction=True)

FULL = Path("/dev/full")  # Linux: every write to it finds the disk full


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.EXPORTS_FOLDER = tmp_path / "exports"
    (tmp_path / "exports").mkdir()
    return tmp_path / "exports"


@pytest.fixture
def asked(own_databases: TestDatabases, tmp_path: Path) -> Callable[[Study], Export]:
    """Asks for an export, and has it sealed and signed."""
    sealer = a_sealer(tmp_path)

    def ask(chest: Study) -> Export:
        export = request_export(acting=chest.acting("aud"), project=chest.project, profile="full")
        (tmp_path / "exports" / f".{file_of(export.pk).name}.part").symlink_to(FULL)
        seal_all(sealer, own_databases)
        sweep_exports()
        seal_all(sealer, own_databases)
        return export

    return ask


def full_again(export: Export) -> None:
    """The pause is over, and the disk is full again."""
    Export.objects.filter(pk=export.pk).update(retry_at=timezone.now())
    partial = file_of(export.pk).with_name(f".{file_of(export.pk).name}.part")
    assert not partial.is_symlink(), "what filled the disk was left there"
    partial.symlink_to(FULL)


def test_a_full_disk_is_tried_again_with_growing_pauses_and_then_given_up(
    asked: Callable[[Study], Export], own_databases: TestDatabases
) -> None:
    chest = study("case-1")
    export = asked(chest)
    for count, pause in enumerate(PAUSES, 1):
        before = timezone.now()
        assert sweep_exports() == 1
        export.refresh_from_db()
        assert (export.tries, export.state) == (count, "recorded")
        assert export.retry_at is not None
        assert pause <= export.retry_at - before < pause + timedelta(minutes=1)
        assert in_words(export).startswith(f"could not be packed yet: tried {count} times")
        assert sweep_exports() == 0, "it waits"
        full_again(export)
    sweep_exports()
    export.refresh_from_db()
    assert (export.state, export.fault_code) == ("failed", "CANNOT_WRITE")
    assert export.fault.startswith(
        "The bundle could not be written: No space left on device. Have this mended"
    )
    assert sweep_exports() == 0
    assert list(PAUSES) == sorted(set(PAUSES))


def killed_while_packing(databases: TestDatabases, folder: Path) -> int:
    """A worker's process that is killed (kill -9) as it begins to write; its exit code."""
    sweep = "from provenance.jobs import sweep_exports; sweep_exports()"
    ours = {"JOBS_INLINE": "1", "EXPORTS_FOLDER": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings"}
    killed = subprocess.run(
        [sys.executable, "-m", "tests.dying", "open", ".zip.part", "1", "shell", "--no-imports", "-c", sweep],
        cwd=ROOT, env=os.environ | databases.environment() | ours, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return killed.returncode


def test_an_export_whose_worker_is_killed_each_time_fails_after_three(
    own_databases: TestDatabases, tmp_path: Path, folder: Path
) -> None:
    chest, sealer = study("case-1"), a_sealer(tmp_path)
    export = request_export(acting=chest.acting("aud"), project=chest.project, profile="full")
    seal_all(sealer, own_databases)
    assert record(export.pk)
    seal_all(sealer, own_databases)
    for count in range(1, MOST_CUT_OFF + 1):
        assert killed_while_packing(own_databases, folder) == -signal.SIGKILL
        export.refresh_from_db()
        assert (export.begun, export.tries, export.fault_code) == (count, 0, "")
    partial_of(file_of(export.pk)).write_text("what the last one left")
    assert sweep_exports() == 1
    export.refresh_from_db()
    assert (export.state, export.fault_code, sweep_exports()) == ("failed", "CUT_OFF", 0)
    assert "ask for the bundle again" in in_words(export)
    assert list(folder.iterdir()) == []


def test_an_attempt_that_ends_in_order_forgets_those_that_were_cut_off(
    asked: Callable[[Study], Export], own_databases: TestDatabases
) -> None:
    export = asked(study("case-1"))
    Export.objects.filter(pk=export.pk).update(begun=MOST_CUT_OFF - 1)
    sweep_exports()
    export.refresh_from_db()
    assert (export.state, export.begun, export.tries) == ("recorded", 0, 1)


def test_what_failed_can_be_asked_for_again(
    asked: Callable[[Study], Export], own_databases: TestDatabases, tmp_path: Path
) -> None:
    chest = study("case-1")
    Export.objects.filter(pk=asked(chest).pk).update(tries=len(PAUSES))
    sweep_exports()
    assert Export.objects.get().state == "failed"
    again = request_export(acting=chest.acting("aud"), project=chest.project, profile="full")
    with acting_as_role(own_databases, "sealer"):
        sealer = Sealer(FileSigner(tmp_path / "log.key"), tmp_path / "records")
        sealer.seal(chest.project.log)
        sealer.publish(chest.project.log)
    sweep_exports()
    again.refresh_from_db()
    assert (again.state, again.tries) == ("ready", 0)


def test_the_command_says_that_the_disk_is_full(
    own_databases: TestDatabases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study("case-1")
    a_sealer(tmp_path)
    monkeypatch.setenv("LOG_KEY_FILE", str(tmp_path / "log.key"))
    monkeypatch.setenv("SEALER_RECORDS", str(tmp_path / "records"))
    monkeypatch.setenv("SEALER_DATABASE_URL", own_databases.environment("sealer")["DATABASE_URL"])
    (tmp_path / ".b.zip.part").symlink_to(FULL)
    with pytest.raises(CommandError, match="could not be written: No space left on device"):
        call_command("export_bundle", "chest", "--out", str(tmp_path / "b.zip"))
    assert Export.objects.get().state == "failed"
    assert not (tmp_path / "b.zip").exists()
