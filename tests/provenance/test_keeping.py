"""The files of finished exports are deleted when their time is over, and what nothing needs at once."""

import os
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from provenance.exporting import request_export
from provenance.jobs import expire_exports, sweep_exports
from provenance.keeping import kept_until
from provenance.models import Export
from provenance.packing import file_of, partial_of
from provenance.queries import in_words
from tests.databases import TestDatabases
from tests.people import Study, study
from tests.sealed import a_sealer, seal_all

DAYS = 7


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.EXPORTS_FOLDER = tmp_path / "exports"
    settings.EXPORTS_KEPT_DAYS = DAYS
    settings.EXPORTS_FOLDER.mkdir()
    return tmp_path / "exports"


def an_export(chest: Study, state: str, **more: Any) -> Export:
    return Export.objects.create(project=chest.project, profile="full", state=state, **more)


def a_finished(chest: Study, age: timedelta) -> Export:
    about = {"sha256": "0" * 64, "size": 3, "leaves": 1, "finished_at": timezone.now() - age}
    export = an_export(chest, "ready", **about)
    file_of(export.pk).write_text("zip")
    return export


def there(exports: Iterable[Export]) -> list[bool]:
    return [file_of(export.pk).exists() for export in exports]


@pytest.mark.django_db
def test_a_finished_export_loses_its_file_when_its_time_is_over_and_says_so() -> None:
    chest = study()
    old = a_finished(chest, timedelta(days=DAYS, minutes=1))
    new = a_finished(chest, timedelta(days=DAYS, minutes=-1))
    assert kept_until(new) == new.finished_at + timedelta(days=DAYS)  # type: ignore[operator]
    assert expire_exports() == 1
    assert there((old, new)) == [False, True]
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.state, new.state, kept_until(old)) == ("expired", "ready", None)
    assert "no longer kept; ask for a new bundle" in in_words(old)
    assert expire_exports() == 0


@pytest.mark.django_db
def test_zero_days_keeps_files_for_ever(settings: Any) -> None:
    settings.EXPORTS_KEPT_DAYS = 0
    export = a_finished(study(), timedelta(days=10_000))
    assert expire_exports() == 0
    assert there([export]) == [True]
    assert kept_until(export) is None


@pytest.mark.django_db
def test_what_no_export_needs_is_cleared_away_and_what_is_being_packed_is_not(folder: Path) -> None:
    chest = study()
    failed, packing = an_export(chest, "failed"), an_export(chest, "packing")
    ready = a_finished(chest, timedelta(0))
    for export in (failed, packing, ready):
        partial_of(file_of(export.pk)).write_text("half")
    file_of(failed.pk).write_text("zip")
    unknown, strange = folder / f"{uuid4()}.zip", folder / "notes.txt"
    recent = folder / f"{uuid4()}.zip"
    for path in (unknown, strange, recent, folder / f"{'-' * 36}.zip"):
        path.write_text("somebody's")
    long_ago = (timezone.now() - timedelta(days=DAYS + 1)).timestamp()
    os.utime(unknown, (long_ago, long_ago))
    assert expire_exports() == 4
    left = {path.name for path in folder.iterdir()}
    assert left == {
        *(partial_of(file_of(packing.pk)).name, file_of(ready.pk).name),
        *(strange.name, recent.name, f"{'-' * 36}.zip"),
    }


@pytest.mark.django_db(transaction=True)
def test_a_bundle_that_expired_is_asked_for_again_and_has_its_own_event(
    own_databases: TestDatabases, tmp_path: Path
) -> None:
    chest, sealer = study("case-1"), a_sealer(tmp_path)
    for _ in range(2):
        request_export(acting=chest.acting("aud"), project=chest.project, profile="full")
        for _ in range(2):
            seal_all(sealer, own_databases)
            sweep_exports()
        long_ago = timezone.now() - timedelta(days=DAYS + 1)
        Export.objects.filter(state="ready").update(finished_at=long_ago)
        assert expire_exports() == 1
    assert {export.state for export in Export.objects.all()} == {"expired"}
    assert len({export.event_id for export in Export.objects.all()}) == 2
