"""How many reviews sent a read back, week by week, and between which limits that is chance: a p-chart."""

from dataclasses import asdict, dataclass
from math import sqrt
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.db.models.functions import TruncWeek

from workflow.counted import counted
from workflow.models import Project, Review

SIGMAS = 3


@dataclass(frozen=True, slots=True)
class Week:
    """The reviews of a week, those that returned the read, and the limits of the share by all weeks' mean."""

    week: str
    reviews: int
    returned: int
    low: float
    high: float

    @property
    def outside(self) -> bool:
        """Whether the share lies beyond what chance explains."""
        return not self.low <= self.returned / self.reviews <= self.high


def returns_by_week(project: Project) -> dict[str, Any]:
    """The weeks with reviews, oldest first, and the mean share: p ± 3 √(p (1 − p) / n), cut to 0 and 1. One query."""
    week = TruncWeek("event__db_time", tzinfo=ZoneInfo(project.time_zone))
    given = Review.objects.filter(counted("case__"), case__project=project).exclude(
        verdict=Review.Verdict.WAIVED
    )
    returned = Count("pk", filter=Q(verdict=Review.Verdict.RETURN))
    rows = (
        given.annotate(week=week).values_list("week").annotate(n=Count("pk"), back=returned).order_by("week")
    )
    return limits([(begun.date().isoformat(), n, back) for begun, n, back in rows])


def limits(rows: list[tuple[str, int, int]]) -> dict[str, Any]:
    """The p-chart of (week, reviews, returned)."""
    reviews, back = sum(n for _, n, _ in rows), sum(one for *_, one in rows)
    mean = back / reviews if reviews else None
    weeks = [_week(*row, mean) for row in rows if mean is not None]
    return {"mean": mean, "weeks": [{**asdict(week), "outside": week.outside} for week in weeks]}


def _week(name: str, reviews: int, returned: int, mean: float) -> Week:
    wide = SIGMAS * sqrt(mean * (1 - mean) / reviews)
    return Week(name, reviews, returned, round(max(mean - wide, 0), 4), round(min(mean + wide, 1), 4))
