"""How settings are read: each with its type, and its default where nobody has changed it."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from workflow.calendars import Calendar
from workflow.models import Project

from .table import SETTINGS
from .viewers import Viewer, viewer_of
from .working_hours import calendar


def setting(project: Project, key: str) -> Any:
    """A setting of the project as JSON has it, or its default."""
    if key == "time_zone":
        return project.time_zone
    return project.settings.get(key, SETTINGS[key].default)


def whole(project: Project, key: str) -> int:
    """A setting that is a whole number."""
    return int(setting(project, key))


def limit(project: Project, key: str) -> int | None:
    """A setting that is a whole number, or None: no limit."""
    found = setting(project, key)
    return None if found is None else int(found)


def share(project: Project, key: str) -> Decimal | None:
    """A setting that is a share of one, or None: no limit."""
    found = setting(project, key)
    return None if found is None else Decimal(found)


def names(project: Project, key: str) -> list[str]:
    """A setting that is a list of names."""
    return list(setting(project, key))


def calendar_of(project: Project) -> Calendar:
    """The project's working hours."""
    return calendar(setting(project, "calendar"), project.time_zone)


def due_after(project: Project) -> Mapping[str, timedelta]:
    """Working time after which a task is due, by kind of task; kinds that never are due are not there."""
    return {kind: timedelta(hours=hours) for kind, hours in setting(project, "due_hours").items()}


def document(project: Project) -> dict[str, Any]:
    """Every setting as it is now."""
    return {key: setting(project, key) for key in SETTINGS}


def viewers_of(project: Project) -> list[Viewer]:
    """The outside viewers in which a case of the project may be opened, in their order."""
    return [viewer_of(one) for one in setting(project, "viewers")]
