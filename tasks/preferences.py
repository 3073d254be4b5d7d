"""What a project may change daily without changing truth: lease minutes and the like, with their defaults."""

from datetime import timedelta

from workflow.models import Project

DEFAULTS: dict[str, int] = {"lease_minutes": 30, "priority_hours": 6}


def preference(project: Project, name: str) -> int:
    """A setting of the project, or its default."""
    return int(project.settings.get(name, DEFAULTS[name]))


def lease_length(project: Project) -> timedelta:
    """How long a lease lasts without a heartbeat."""
    return timedelta(minutes=preference(project, "lease_minutes"))


def priority_bonus(project: Project, priority: int) -> timedelta:
    """How much older a case counts for its priority, so that order needs no arithmetic at claim time."""
    return timedelta(hours=preference(project, "priority_hours") * priority)
