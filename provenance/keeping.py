"""How long the files of exports are kept, and what is deleted: names and reasons are in them."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from .models import Export
from .packing import file_of

_NAME: Final = re.compile(r"\.?([0-9a-f-]{36})\.zip(?:\.part)?")
UNFINISHED: Final = (Export.State.REQUESTED, Export.State.RECORDED, Export.State.PACKING)


def kept_until(export: Export) -> datetime | None:
    """When the file of a finished export is deleted; None if there is no file, or it is kept for ever."""
    if export.state != Export.State.READY or export.finished_at is None or not settings.EXPORTS_KEPT_DAYS:
        return None
    return export.finished_at + timedelta(days=settings.EXPORTS_KEPT_DAYS)


def expire() -> int:
    """Mark the finished exports whose time is over, and delete their files; how many. Each step can be repeated."""
    if not settings.EXPORTS_KEPT_DAYS:
        return 0
    over = Export.objects.filter(state=Export.State.READY, finished_at__lt=_oldest_kept())
    gone = list(over.values_list("pk", flat=True))
    # The row first: nobody begins a download of a file that is about to go.
    Export.objects.filter(pk__in=gone, state=Export.State.READY).update(state=Export.State.EXPIRED)
    for export_id in gone:
        file_of(export_id).unlink(missing_ok=True)
    return len(gone)


def clear_away() -> int:
    """Delete files that no export needs: of failed and expired ones, and what a killed packing left; how many.

    What the database doesn't know, say after a restore, is deleted once it is as old as a finished export may be.
    """
    stray = list(_strays())
    for path in stray:
        path.unlink(missing_ok=True)
    return len(stray)


def _strays() -> Iterator[Path]:
    found = {path: _id_of(path) for path in _files()}
    states = dict(Export.objects.filter(pk__in=filter(None, found.values())).values_list("pk", "state"))
    for path, export_id in found.items():
        state = states.get(export_id) if export_id else None
        partial = path.name.endswith(".part")
        if state is None:
            if export_id is not None and _is_old(path):
                yield path
        elif state not in UNFINISHED and (partial or state != Export.State.READY):
            yield path


def _files() -> Iterator[Path]:
    folder = Path(settings.EXPORTS_FOLDER)
    if folder.is_dir():
        yield from (path for path in folder.iterdir() if _NAME.fullmatch(path.name))


def _id_of(path: Path) -> UUID | None:
    named = _NAME.fullmatch(path.name)
    try:
        return UUID(named.group(1)) if named else None
    except ValueError:
        return None


def _is_old(path: Path) -> bool:
    try:
        changed = datetime.fromtimestamp(path.lstat().st_mtime, UTC)
    except FileNotFoundError:  # somebody else was quicker
        return False
    return bool(settings.EXPORTS_KEPT_DAYS) and changed < _oldest_kept()


def _oldest_kept() -> datetime:
    return timezone.now() - timedelta(days=settings.EXPORTS_KEPT_DAYS)
