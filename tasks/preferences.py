"""The settings that leases and the order of handing out are made with."""

from datetime import timedelta

from workflow.models import Project
from workflow.settings.reading import whole


def preference(project: Project, name: str) -> int:
    """A setting of the project that is a whole number, or its default."""
    return whole(project, name)


def lease_length(project: Project) -> timedelta:
    """How long a lease lasts without a heartbeat."""
    return timedelta(minutes=preference(project, "lease_minutes"))


def priority_bonus(project: Project, priority: int) -> timedelta:
    """How much older a case counts for its priority, so that order needs no arithmetic at claim time."""
    return timedelta(hours=preference(project, "priority_hours") * priority)
