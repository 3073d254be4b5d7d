"""Files that nothing needs: of imports that ended or were given up, and stored ones that no row came of."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from workflow.models import ImportBatch, Instance

GIVEN_UP: Final = timedelta(days=14)  # after which an import that was never submitted loses its files
_YOUNG: Final = timedelta(days=1)  # in which a stored file may still get its row


def clear_leftovers() -> int:
    """Delete what is left over; how many folders and files."""
    gone = list(_incoming()) + list(_stored())
    for path in gone:
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
    return len(gone)


def _incoming() -> Iterator[Path]:
    found = {path: _id(path.name) for path in _children("incoming")}
    live = ImportBatch.objects.filter(
        state__in=["receiving", "waiting"], pk__in=[i for i in found.values() if i]
    )
    young = live.exclude(state="receiving", created_at__lt=timezone.now() - GIVEN_UP)
    needed = set(young.values_list("pk", flat=True))
    yield from (path for path, batch_id in found.items() if batch_id not in needed)


def _stored() -> Iterator[Path]:
    oldest = (timezone.now() - _YOUNG).timestamp()
    for project in _children("stored"):
        for folder in project.iterdir():
            old = [path for path in folder.iterdir() if path.stat().st_mtime < oldest]
            ids = {_id(path.name[:36]) for path in old}
            there = set(Instance.objects.filter(pk__in=[i for i in ids if i]).values_list("pk", flat=True))
            yield from (path for path in old if _id(path.name[:36]) not in there)


def _children(name: str) -> list[Path]:
    folder = Path(settings.IMAGES_FOLDER) / name
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
