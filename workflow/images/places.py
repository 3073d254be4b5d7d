"""Where files lie: what came in until it is taken in, and the stored files by their digest."""

from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

PICTURE: Final = ".png"
HEADER: Final = ".v1.header"  # of this form; another form would have another number


def incoming(batch_id: UUID) -> Path:
    """The folder of what was received and is not taken in yet."""
    return Path(settings.IMAGES_FOLDER) / "incoming" / str(batch_id)


def received(batch_id: UUID, number: int, member: int = 0) -> Path:
    """A received file, or a member of a received archive: named by numbers, for its own name may name a patient."""
    return incoming(batch_id) / (f"{number}-{member}" if member else f"{number}")


def stored(project_id: UUID, instance_id: UUID) -> Path:
    """A stored file; its thumbnail lies beside it, with the ending `.png`."""
    name = str(instance_id)
    return Path(settings.IMAGES_FOLDER) / "stored" / str(project_id) / name[:2] / f"{name}.dcm"


def thumbnail(project_id: UUID, instance_id: UUID) -> Path:
    """The small picture of a stored file."""
    return stored(project_id, instance_id).with_suffix(PICTURE)


def original(project_id: UUID, instance_id: UUID) -> Path:
    """A file as it came, sealed, where the project keeps such."""
    return stored(project_id, instance_id).with_suffix(".sealed")


def header_text(project_id: UUID, instance_id: UUID) -> Path:
    """A stored file's header as text, made when it is taken in; one that was deleted is made when it is asked for."""
    return stored(project_id, instance_id).with_suffix(HEADER)
