"""Packing an export: into the folder of exports by a job, or to a place that the command was given."""

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.actions import Action
from audit.bundle.archive import Archive
from audit.bundle.bag import Container
from audit.bundle.folder import Folder
from audit.bundle.reading import Reader, reading
from audit.bundle.scope import BundleFault, Scope
from audit.log import SYSTEM, Journal, Request
from workflow.projects import lock

from .bundling import pack
from .errors import LogRefused
from .failing import begin, fail
from .labels_out.formats import TOP as LABELS
from .models import Export
from .refusing import refuse_if_unsigned

EXPORT_LOCK = 0xE4905  # + a number made of the export's id: two never pack one export
TOP = "bundle"
NO_FAULT_OF_THE_LOG = {"NOT_SEALED", "GRAPH_CHANGED", "SOFTWARE_CHANGED"}


def file_of(export_id: UUID) -> Path:
    """Where a finished export lies."""
    return Path(settings.EXPORTS_FOLDER) / f"{export_id}.zip"


def partial_of(target: Path) -> Path:
    """Where a bundle lies while it is packed."""
    return target.with_name(f".{target.name}.part")


def pack_into_folder(export_id: UUID) -> bool:
    """Pack an export where downloads find it; False if somebody else is at it. Doing it again changes nothing."""
    return _packed(export_id, None)


def pack_to(export_id: UUID, out: Path) -> bool:
    """Pack an export to a place of the caller's: a folder if the name has no ending, else a ZIP file."""
    return _packed(export_id, out)


def _packed(export_id: UUID, out: Path | None) -> bool:
    with reading() as reader:
        taken = reader.one(
            "SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [EXPORT_LOCK, str(export_id)]
        )
        if taken != (True,):
            return False
        export = Export.objects.select_related("project__log").get(pk=export_id)
        if out is None and export.state == Export.State.READY:
            return True
        if out is None and not begin(export_id):
            partial_of(file_of(export_id)).unlink(missing_ok=True)
            return True
        try:
            refuse_if_unsigned(export.project)
            _pack(export, reader, out)
        except LogRefused as refusal:
            fail(export.pk, str(refusal.extra["reason"]), refusal.detail)
        except BundleFault as found:
            fail(export.pk, found.code, str(found))
            if found.code not in NO_FAULT_OF_THE_LOG:
                _tell_the_log(export, found)
    return True


def _pack(export: Export, reader: Reader, out: Path | None) -> None:
    progress = _keeping_track(export)
    if out is not None and not out.suffix:
        scope = _fill(export, reader, Folder(out), progress)
        _done(export, scope, Export.State.WRITTEN, "", None)
        return
    target = out or file_of(export.pk)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = partial_of(target)
    try:
        scope, hashed = _archive(export, reader, partial, progress)
    except BaseException:
        partial.unlink(missing_ok=True)  # it may be what filled the disk
        raise
    partial.replace(target)
    state = Export.State.READY if out is None else Export.State.WRITTEN
    _done(export, scope, state, hashed.hexdigest(), hashed.size)


def _archive(
    export: Export, reader: Reader, path: Path, progress: Callable[[int, int], None]
) -> tuple[Scope, "_HashedFile"]:
    with path.open("wb") as file:
        hashed = _HashedFile(file)
        with Archive(hashed, LABELS if export.profile == Export.Profile.LABELS else TOP) as archive:
            scope = _fill(export, reader, archive, progress)
        file.flush()
        os.fsync(file.fileno())
    return scope, hashed


def _fill(export: Export, reader: Reader, into: Container, progress: Callable[[int, int], None]) -> Scope:
    if export.profile != Export.Profile.LABELS:
        return pack(export, reader, into, progress)
    # Imported here: highdicom costs half a second and 60 MiB, and no web process writes DICOM files.
    from .labels_out.packing import pack_labels

    return pack_labels(export, reader, into, progress)


class _HashedFile:
    """A file that is hashed as it is written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._hash, self.size = file, hashlib.sha256(), 0

    def write(self, data: bytes) -> None:
        self._hash.update(data)
        self.size += len(data)
        self._file.write(data)

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def _keeping_track(export: Export) -> Callable[[int, int], None]:
    """Let others see how far it is, about once a second."""
    last = 0.0

    def progress(thousandths: int, leaves: int) -> None:
        nonlocal last
        if time.monotonic() - last >= 1:
            last = time.monotonic()
            state = Export.State.PACKING
            Export.objects.filter(pk=export.pk).update(progress=thousandths, leaves=leaves, state=state)

    return progress


def _done(export: Export, scope: Scope, state: str, sha256: str, size: int | None) -> None:
    about = {"sha256": sha256, "size": size, "leaves": scope.size, "finished_at": timezone.now()}
    Export.objects.filter(pk=export.pk).update(state=state, progress=1000, **about)


def _tell_the_log(export: Export, found: BundleFault) -> None:
    """That the log isn't what was sealed belongs into the log, too."""
    with transaction.atomic():
        lock(export.project)
        journal = Journal(export.project.log, SYSTEM, Request(tool="export"))
        journal.record(
            journal.stream("project", export.project_id),
            Action.AUDIT_VERIFICATION_FAILED,
            object=("export", str(export.pk), 1),
            extra={"code": found.code},
        )
        journal.write()
