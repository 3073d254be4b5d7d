"""Images of the demonstration: phantoms for some cases of the study, and a small project of real files."""

import csv
import io
import json
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tasks.importing.processing import take_in
from tasks.jobs import take_in_soon
from workflow.acting import Acting
from workflow.images.receiving import open_import, receive_paths, submit_import
from workflow.models import Case, ImportBatch, Membership, Project, Role
from workflow.projects import create_project

from .images import first_slice, on_phantom, phantom_files, real_files, series_uid
from .lidc import DemoCase
from .study import PATIENCE_SECONDS, QUESTION, Progress, Study

ASSORTED: Final = "assorted-images"
_ABOUT: Final = (
    "Real files that ship with pydicom and pydicom-data (MIT), of many modalities.\n"
    "They are here to show intake, de-identification and the quality gate; nothing is published to read them by."
)
_COLUMNS: Final = ("external_ref", "patient_key", "split", "series", "question_text", "place")


def register_with_phantoms(study: Study, cases: Sequence[DemoCase], progress: Progress) -> None:
    """Take in a drawn series for each of these cases that isn't there yet; the cases begin with their images."""
    known = set(Case.objects.filter(project=study.project).values_list("external_ref", flat=True))
    new = [case for case in cases if case.external_ref not in known]
    if not new:
        return
    with TemporaryDirectory() as folder:
        files: list[Path] = []
        for number, case in enumerate(new, 1):
            own = Path(folder) / str(number)
            own.mkdir()
            files += phantom_files(case, own)
            progress("drawing phantoms", number, len(new))
        _import(study.acting("manager"), study.project, files, progress, unit="list", manifest=_manifest(new))


def send_assorted(founder: Any, progress: Progress) -> ImportBatch:
    """Send the real files to the second project, for the worker to take in; what is there already stays."""
    project = Project.objects.filter(slug=ASSORTED).first()
    if project is None:
        project = create_project(founder=founder, slug=ASSORTED, name="Assorted images", description=_ABOUT)
    if (batch := project.imports.first()) is None:
        member = Membership.objects.select_related("project__log", "user").get(project=project, user=founder)
        acting = Acting(member, Role.MANAGER)
        batch = _sent(acting, member.project, real_files(), unit="study", split="train")
        take_in_soon(batch.pk)
    progress("sending real files", 1, 1)
    return batch


def wait_for(batch: ImportBatch, progress: Progress) -> None:
    """Wait until the worker has taken an import in; where none runs, do it here."""
    patience = time.monotonic() + PATIENCE_SECONDS
    while ImportBatch.objects.filter(pk=batch.pk, state=ImportBatch.State.WAITING).exists():
        if time.monotonic() > patience:
            _take_in(batch, progress)
        time.sleep(0.1)


def _import(
    acting: Acting, project: Project, files: Sequence[Path], progress: Progress, **how: str
) -> ImportBatch:
    batch = _sent(acting, project, files, **how)
    _take_in(batch, progress)
    return batch


def _take_in(batch: ImportBatch, progress: Progress) -> None:
    take_in(batch.pk, lambda what, done, of: progress(f"taking in {what}", done, of))


def _sent(acting: Acting, project: Project, files: Sequence[Path], **how: str) -> ImportBatch:
    batch = open_import(acting=acting, project=project, **how)
    receive_paths(acting=acting, batch=batch, paths=files)
    return submit_import(acting=acting, batch=batch)


def _manifest(cases: Sequence[DemoCase]) -> str:
    strata = sorted({name for case in cases for name in case.strata})
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow((*_COLUMNS, *strata))
    for case in cases:
        series = series_uid(case)
        place = json.dumps(on_phantom(case.place, series, first_slice(case)))
        own = (case.external_ref, case.patient_key, case.split, series, QUESTION, place)
        rows.writerow((*own, *(case.strata.get(name, "") for name in strata)))
    return out.getvalue()
