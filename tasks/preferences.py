"""The settings that leases and the order of handing out are made with."""

from datetime import datetime, timedelta

from workflow.models import Project
from workflow.settings.reading import whole

from .ordering import rank_of


def lease_length(project: Project) -> timedelta:
    """How long a lease lasts without a heartbeat."""
    return timedelta(minutes=whole(project, "lease_minutes"))


def priority_bonus(project: Project, priority: int) -> timedelta:
    """How much older a case counts for its priority, so that order needs no arithmetic at claim time."""
    return timedelta(hours=whole(project, "priority_hours") * priority)


def rank_for(project: Project, opened_at: datetime, priority: int) -> datetime:
    """The rank of a task of a case of this priority."""
    spread = timedelta(minutes=whole(project, "spread_minutes"))
    return rank_of(opened_at, priority_bonus(project, priority), spread)
