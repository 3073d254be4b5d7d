"""Hours that people were at work, by month and kind of task."""

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Sum
from django.db.models.functions import Coalesce, TruncMonth

from tasks.models import Task
from workflow.models import Project


def hours_by_month(project: Project) -> list[dict[str, Any]]:
    """Each month in which time at work is known, oldest first, with the hours of each kind of task. One query."""
    month = TruncMonth(Coalesce("done_at", "event__db_time"), tzinfo=ZoneInfo(project.time_zone))
    done = Task.objects.filter(case__project=project, status=Task.Status.DONE)
    rows = done.annotate(month=month).values_list("month", "kind").annotate(n=Sum("active_seconds"))
    found: dict[str, dict[str, float]] = {}
    for begun, kind, seconds in rows.order_by("month"):
        of_month = found.setdefault(f"{begun:%Y-%m}", dict.fromkeys(Task.Kind.values, 0.0))
        of_month[kind] = round(seconds / 3600, 2)
    return [{"month": name, **kinds} for name, kinds in found.items() if any(kinds.values())]
