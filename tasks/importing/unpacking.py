"""Archives: a received ZIP file becomes rows of its members, which are taken in like any other file."""

import shutil
from pathlib import Path

from django.db import transaction

from imaging.refusals import REFUSALS, Refused
from workflow.images.keeping import refuse
from workflow.images.places import incoming, received
from workflow.models import ImportBatch, ImportFile

from .preparing import NoRoom, Preparing

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")


def is_archive(path: Path) -> bool:
    """Whether a file begins as a ZIP file does."""
    try:
        with path.open("rb") as file:
            return file.read(4) in _ZIP
    except FileNotFoundError:
        return False


def unpack(batch: ImportBatch, file: ImportFile, preparing: Preparing) -> None:
    """Unpack a ZIP file by a worker and note its members; what can't be unpacked is refused as one."""
    folder = incoming(batch.pk) / f"{file.number}.members"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    path = received(batch.pk, file.number)
    try:
        members = preparing.unpack(path, folder)
    except Refused as refused:
        shutil.rmtree(folder, ignore_errors=True)
        if refused.code == "no_room":
            raise NoRoom() from None
        refuse(file, refused.code, refused.sentence)
    else:
        for member in members:
            found = folder / f"{member['number']:06d}"
            if found.exists():
                found.replace(received(batch.pk, file.number, member["number"]))
        with transaction.atomic():
            _tell(batch, file, members)
    shutil.rmtree(folder, ignore_errors=True)
    path.unlink(missing_ok=True)


def _tell(batch: ImportBatch, file: ImportFile, members: list[dict[str, object]]) -> None:
    rows = [_row(batch, file, member) for member in members]
    ImportFile.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    file.state = ImportFile.State.OPENED
    file.save(update_fields=["state"])


def _row(batch: ImportBatch, file: ImportFile, member: dict[str, object]) -> ImportFile:
    size, code = int(str(member["size"] or 0)), member["refused"]
    refused = {"state": ImportFile.State.REFUSED, "code": code, "sentence": REFUSALS.get(str(code), "")}
    return ImportFile(
        batch=batch,
        number=file.number,
        member=int(str(member["number"])),
        size=size,
        received=size,
        **(refused if code else {"state": ImportFile.State.RECEIVED}),
    )
