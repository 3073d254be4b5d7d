"""Files come in: a batch is opened with its manifest, files are announced by number and sent in pieces, then submitted.

Each piece says where it begins, so that a broken line goes on where it broke. Names of files are never sent.
"""

import errno
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from imaging.deid.pseudonyms import Pseudonyms
from workflow.acting import Acting
from workflow.errors import AlreadyDone, DomainError, InvalidInput, NotFound
from workflow.models import Case, ImportBatch, ImportFile, ImportRow, Project, Role
from workflow.reasons import fault

from .keys import pseudonym_key
from .manifest import WantedCase, wanted_cases
from .options import options_of
from .places import incoming, received
from .vault import sealed_truth

MOST_ANNOUNCED: Final = 1000  # at once
MOST_FILES: Final = 100_000
LARGEST_FILE: Final = 2 * 1024**3  # bytes
LARGEST_PIECE: Final = 8 * 1024**2


def _quietly(done: int, of: int) -> None:
    """Nobody wants to hear."""


class NoImagesKey(DomainError):
    """This service takes in no images: its operator must set IMAGES_KEY first."""

    code, status = "no_images_key", 503


class WrongOffset(DomainError):
    """This piece doesn't begin where the last one ended. Ask how much was received, and go on from there."""

    code = "wrong_offset"


class DiskFull(DomainError):
    """There is no room left for this file. Nothing of it was taken; tell the operator, then send it again."""

    code, status = "disk_full", 507


def open_import(
    *, acting: Acting, project: Project, unit: str = "study", split: str = "", manifest: str = ""
) -> ImportBatch:
    """Begin an import; InvalidInput names every fault of the manifest with its line."""
    acting = acting.using(Role.MANAGER).within(project)
    if not settings.IMAGES_KEY:
        raise NoImagesKey()
    rows = wanted_cases(manifest, Pseudonyms(pseudonym_key(project.pk)).uid) if manifest.strip() else []
    _check(unit, split, rows)
    with transaction.atomic():
        batch = ImportBatch.objects.create(
            project=project,
            requested_by=acting.person(),
            unit=unit,
            split=split,
            has_manifest=bool(rows),
            options=options_of(project).to_json(),
        )
        ImportRow.objects.bulk_create([_row(batch, row) for row in rows], batch_size=1000)
    return batch


def announce(*, acting: Acting, batch: ImportBatch, sizes: Sequence[int]) -> list[ImportFile]:
    """Say which files will come, by their sizes in bytes; they are numbered in this order."""
    acting.using(Role.MANAGER).within(batch.project)
    if not 1 <= len(sizes) <= MOST_ANNOUNCED:
        raise InvalidInput(
            [fault("/sizes", "bad_number", f"Announce from 1 to {MOST_ANNOUNCED} files at once.")]
        )
    wrong = [
        fault(f"/sizes/{place}", "bad_size", f"A file has from 1 to {LARGEST_FILE:,} bytes.")
        for place, size in enumerate(sizes)
        if not 1 <= size <= LARGEST_FILE
    ]
    if wrong:
        raise InvalidInput(wrong)
    with transaction.atomic():
        batch = _receiving(batch.pk)
        last = batch.files.aggregate(last=Max("number"))["last"] or 0
        if last + len(sizes) > MOST_FILES:
            message = f"An import has at most {MOST_FILES:,} files. Open another for the rest."
            raise InvalidInput([fault("/sizes", "too_many", message)])
        return ImportFile.objects.bulk_create(
            ImportFile(batch=batch, number=last + place, size=size) for place, size in enumerate(sizes, 1)
        )


def receive(
    *, acting: Acting, batch: ImportBatch, number: int, offset: int, pieces: Iterable[bytes]
) -> ImportFile:
    """Take a piece of a file that begins at `offset` bytes; WrongOffset if it doesn't follow the last one."""
    acting.using(Role.MANAGER).within(batch.project)
    with transaction.atomic():
        file = _file(batch, number)  # alone: a batch whose files aren't all here can't be submitted meanwhile
        if offset != file.received:
            raise WrongOffset(received=file.received)
        file.received += _appended(file, pieces)
        if file.received == file.size:
            file.state = ImportFile.State.RECEIVED
        file.save(update_fields=["received", "state"])
    return file


def receive_paths(
    *, acting: Acting, batch: ImportBatch, paths: Sequence[Path], say: Callable[[int, int], None] = _quietly
) -> None:
    """Announce files of this machine and take each in whole; `say` hears how many of how many are here."""
    for start in range(0, len(paths), MOST_ANNOUNCED):
        some = paths[start : start + MOST_ANNOUNCED]
        announced = announce(acting=acting, batch=batch, sizes=[path.stat().st_size for path in some])
        for path, file in zip(some, announced, strict=True):
            with path.open("rb") as source:
                while piece := source.read(LARGEST_PIECE):
                    at = source.tell() - len(piece)
                    receive(acting=acting, batch=batch, number=file.number, offset=at, pieces=[piece])
            say(file.number, len(paths))


def submit_import(*, acting: Acting, batch: ImportBatch) -> ImportBatch:
    """Say that every file is here: the machine takes them in. InvalidInput if some are missing."""
    acting.using(Role.MANAGER).within(batch.project)
    with transaction.atomic():
        batch = _receiving(batch.pk)
        missing = batch.files.filter(state=ImportFile.State.RECEIVING).count()
        if missing or not batch.files.exists():
            told = (
                f"{missing} of the announced files are not here yet." if missing else "No file is here yet."
            )
            raise InvalidInput([fault("/files", "not_received", f"{told} Send them, then submit again.")])
        batch.state = ImportBatch.State.WAITING
        batch.save(update_fields=["state"])
    return batch


def import_of(project: Project, batch_id: UUID) -> ImportBatch:
    """An import of a project; NotFound if there is none."""
    found = ImportBatch.objects.select_related("project__log", "requested_by__user")
    batch = found.filter(project=project, pk=batch_id).first()
    if batch is None:
        raise NotFound("There is no such import in this project.")
    return batch


def _receiving(batch_id: UUID) -> ImportBatch:
    rows = ImportBatch.objects.select_related("project").select_for_update(of=("self",), no_key=True)
    batch = rows.get(pk=batch_id)
    if batch.state != ImportBatch.State.RECEIVING:
        raise AlreadyDone("This import takes no more files. Open another for them.")
    return batch


def _file(batch: ImportBatch, number: int) -> ImportFile:
    rows = batch.files.select_related("batch").select_for_update(of=("self",))
    file = rows.filter(number=number, member=0).first()
    if file is None:
        raise NotFound("No file with this number was announced.")
    if file.batch.state == ImportBatch.State.WITHDRAWN:
        raise AlreadyDone("This import is withdrawn. Open another for its files.")
    if file.state != ImportFile.State.RECEIVING:
        raise AlreadyDone("This file is here already.", received=file.received)
    return file


def _appended(file: ImportFile, pieces: Iterable[bytes]) -> int:
    """Write the pieces at the end of what was received; how many bytes. A longer rest of an earlier try is cut off."""
    path = received(file.batch_id, file.number)
    incoming(file.batch_id).mkdir(parents=True, exist_ok=True)
    written, room = 0, min(LARGEST_PIECE, file.size - file.received)
    try:
        with path.open("r+b" if path.exists() else "wb") as out:
            out.truncate(file.received)
            out.seek(file.received)
            for piece in pieces:
                written += len(piece)
                if written > room:
                    message = "A piece has up to 8 MiB, and a file no more bytes than were announced."
                    raise InvalidInput([fault("", "too_long", message)])
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull() from None
        raise
    return written


def _check(unit: str, split: str, rows: Sequence[WantedCase]) -> None:
    faults = []
    if unit not in ImportBatch.Unit.values:
        faults.append(fault("/unit", "bad_unit", "A case is a study, a series, or a list with a manifest."))
    if unit == ImportBatch.Unit.LIST and not rows:
        faults.append(fault("/manifest", "no_manifest", "Cases that are lists are named by a manifest."))
    if split not in ("", *Case.Split.values):
        faults.append(fault("/split", "bad_split", "The split is train, tune or test."))
    if not split and not (rows and all(row.split for row in rows)):
        message = "Say into which split the cases go: train, tune or test. It is fixed at intake, by patient."
        faults.append(fault("/split", "missing", message))
    if faults:
        raise InvalidInput(faults)


def _row(batch: ImportBatch, row: WantedCase) -> ImportRow:
    return ImportRow(
        batch=batch,
        number=row.number,
        external_ref=row.external_ref,
        patient_key=row.patient_key,
        split=row.split or batch.split,
        priority=row.priority,
        wave=row.wave,
        needs=row.needs,
        strata=row.strata,
        shown=row.shown,
        images=row.images,
        gold=row.gold,
        truth=sealed_truth(batch.project_id, row.truth) if row.truth else None,
    )
