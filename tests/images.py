"""Imports in tests: files that ship with pydicom, taken in by the functions that everybody uses."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydicom.data import get_testdata_file

from tasks.importing.processing import take_in
from tasks.settings import change_settings
from tests.people import Study
from workflow.images.receiving import open_import, receive_paths, submit_import
from workflow.models import ImportBatch

OFF = {"tags_present": False, "tags_agree": False, "least_edge": None, "noise": None, "blur": None}


def asking_little(study: Study) -> Study:
    """The study with a gate that small and single slices pass."""
    changes = {"gate": {**OFF, "clipped_high": None}}
    study.project = change_settings(acting=study.acting("maria"), project=study.project, changes=changes)
    return study


def shipped(*names: str) -> list[Path]:
    """Files that pydicom brings, by name."""
    found = [get_testdata_file(name, download=False) for name in names]
    assert all(isinstance(path, str) for path in found), names
    return [Path(str(path)) for path in found]


def received_import(study: Study, files: Sequence[Path], **more: Any) -> ImportBatch:
    """An import whose files are here and that waits for the machine."""
    acting = study.acting("maria")
    batch = open_import(acting=acting, project=study.project, **{"split": "train"} | more)
    receive_paths(acting=acting, batch=batch, paths=files)
    return submit_import(acting=acting, batch=batch)


def imported(study: Study, *files: Path, **more: Any) -> ImportBatch:
    """An import that is taken in."""
    batch = received_import(study, files, **more)
    assert take_in(batch.pk)
    batch.refresh_from_db()
    return batch
