"""A sign of life in every log, daily, also where nobody works: what is sealed under it can't be backdated by more.

It names the newest signed head (audit-spec 8.2): whoever has that head knows since when the events after it can be.
"""

import logging
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from audit.actions import Action
from audit.log import Journal, content_digest
from audit.models import Checkpoint, Event

from .acting import machine
from .errors import LogFrozen, from_integrity_error
from .models import Project
from .projects import lock

EVERY: Final = timedelta(days=1)
log = logging.getLogger(__name__)


def beat() -> int:
    """Write a `log.heartbeat` into every log that had none for a day; how many. A log that is frozen just now waits."""
    return sum(_beaten(project_id) for project_id in list(_due().values_list("pk", flat=True)))


def _due() -> Any:
    signs = (Action.LOG_HEARTBEAT, Action.LOG_OPENED)
    since = timezone.now() - EVERY
    lately = Event.objects.filter(stream_id=OuterRef("pk"), action__in=signs, db_time__gt=since)
    return Project.objects.filter(~Exists(lately))


def _beaten(project_id: UUID) -> bool:
    try:
        with transaction.atomic():
            project = Project.objects.select_related("log").get(pk=project_id)
            lock(project)
            if not _due().filter(pk=project_id).exists():
                return False
            write(project)
    except IntegrityError as error:
        if not isinstance(from_integrity_error(error), LogFrozen):
            raise
        log.warning("a log is frozen: its sign of life waits for the next epoch")
        return False
    return True


def write(project: Project) -> None:
    """Write one; within a transaction that locked the project."""
    acting = machine()
    journal = Journal(project.log, acting.actor(), acting.request)
    newest = Checkpoint.objects.filter(log=project.log).order_by("-size").first()
    head = newest and {"size": newest.size, "checkpoint": content_digest(newest.note.encode())}
    journal.record(
        journal.stream("project", project.pk),
        Action.LOG_HEARTBEAT,
        object=("log", str(project.pk), project.log.epoch),
        extra={"head": head or None},
    )
    journal.write()
