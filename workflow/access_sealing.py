"""Taking the rows of a project's access log into its sealed log: every ten minutes, or when many wait."""

import logging
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from audit.access_batches import MOST, seal_rows, waiting
from audit.log import Journal

from .acting import machine
from .errors import LogFrozen, from_integrity_error
from .models import Project
from .projects import lock

OLDEST: Final = 600.0  # seconds
log = logging.getLogger(__name__)


def seal_due_access() -> int:
    """Seal the rows of every project whose oldest is ten minutes old, or that has a batch full; how many batches."""
    made = 0
    for project_id, count, age in waiting():
        made += seal_full_batches(project_id, count)
        made += age >= OLDEST and seal_access(project_id)
    return made


def seal_full_batches(project_id: UUID, count: int | None = None) -> int:
    """Seal as many whole batches as a project's waiting rows make, a transaction for each; how many."""
    rows = sum(found for _, found, _ in waiting(project_id)) if count is None else count
    return sum(seal_access(project_id) for _ in range(rows // MOST))


def seal_access(project_id: UUID) -> bool:
    """Seal a project's oldest rows as one batch; whether there were any. A log that is frozen just now waits."""
    try:
        with transaction.atomic():
            project = Project.objects.select_related("log").get(pk=project_id)
            lock(project)
            return seal_within(project)
    except IntegrityError as error:
        if not isinstance(from_integrity_error(error), LogFrozen):
            raise
        log.warning("a log is frozen: its access log waits for the next epoch")
        return False


def seal_within(project: Project) -> bool:
    """The same, within a transaction that locked the project."""
    acting = machine()
    journal = Journal(project.log, acting.actor(), acting.request)
    return seal_rows(journal) is not None
