"""The settings that leases and the order of handing out are made with."""

from datetime import datetime, timedelta

from workflow.following import Waiting
from workflow.models import Case, Project
from workflow.settings.reading import whole

from .ordering import rank_of


def lease_length(project: Project) -> timedelta:
    """How long a lease lasts without a heartbeat."""
    return timedelta(minutes=whole(project, "lease_minutes"))


def priority_bonus(project: Project, priority: int) -> timedelta:
    """How much older a case counts for its priority, so that order needs no arithmetic at claim time."""
    return timedelta(hours=whole(project, "priority_hours") * priority)


def rank_for(project: Project, case: Case | Waiting) -> datetime:
    """The rank of a case's tasks.

    Its age counts, not the task's: else each step of a case would begin at the end of a queue that is days long, and
    cases would pile up half-read (docs/benchmarks/simulation.md).
    """
    spread = timedelta(minutes=whole(project, "spread_minutes"))
    return rank_of(case.created_at, priority_bonus(project, case.priority), spread)
