"""The charts of the overview, from its figures."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from tasks.models import Task
from workflow.charts import Chart, Curve
from workflow.models import Project

from .document import AT_WORK

MOST_POINTS: Final = 60  # days; of a longer time every seventh is shown
Document = Mapping[str, Any]


def burndown(project: Project, document: Document) -> Chart:
    """The cases still open by state, day by day, and how they may go down to none."""
    days = _thinned(document["days"])
    coming = _coming(project, document["forecast"], days)
    labels = tuple([day["day"] for day in days] + [day.isoformat() for day in coming])
    empty = (None,) * len(coming)
    states = [
        Curve(state.replace("_", " "), (*(day[state] for day in days), *empty), "area", place)
        for place, state in enumerate(reversed(AT_WORK))
    ]
    left = sum(days[-1][state] for state in AT_WORK) if days else 0
    ahead = _forecast_curves(project, document["forecast"], days, coming, left)
    return Chart(
        "burndown", "Cases still open", _said(project, document["forecast"], left), "Day", "cases", labels,
        (*states, *ahead), stacked=True,
    )  # fmt: skip


def hours(project: Project, document: Document) -> Chart:
    """Hours at work by month and tier."""
    months = document["hours"]
    curves = tuple(
        Curve(kind, tuple(month[kind] for month in months), "bars", place)
        for place, kind in enumerate(Task.Kind.values)
    )
    total = sum(value for curve in curves for value in curve.values if value)
    says = f"{total:,.1f} hours of finished tasks in {len(months)} month{'' if len(months) == 1 else 's'}."
    if not months:
        says = "Of no finished task is it known how long somebody was at it."
    labels = tuple(month["month"] for month in months)
    return Chart("hours", "Hours by tier", says, "Month", "hours", labels, curves, stacked=True)


CHARTS: Final[Mapping[str, Callable[[Project, Document], Chart]]] = {"burndown": burndown, "hours": hours}


def _thinned(days: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """At most so many points, the last day among them."""
    step = 1 if len(days) <= MOST_POINTS else 7 * (1 + len(days) // (7 * MOST_POINTS))
    return list(days[::-1][::step])[::-1]


def _ends(project: Project, forecast: Document) -> list[date]:
    """The early, the expected and the late end, as days of the project's zone; none where it never ends."""
    if not forecast["between"] or not forecast["days"]:
        return []
    early, late = forecast["between"]
    zone = ZoneInfo(project.time_zone)
    return [datetime.fromisoformat(one).astimezone(zone).date() for one in (early, forecast["ends"], late)]


def _coming(project: Project, forecast: Document, days: Sequence[dict[str, Any]]) -> list[date]:
    """The days ahead that are drawn: evenly until the late end, and the ends themselves."""
    ends = _ends(project, forecast)
    if not days or not ends:
        return []
    today = date.fromisoformat(days[-1]["day"])
    span = (ends[-1] - today).days
    even = {today + timedelta(days=n) for n in range(1, span + 1, max(1, span // 20))}
    return sorted({day for day in even | set(ends) if day > today})


def _forecast_curves(
    project: Project, forecast: Document, days: Sequence[dict[str, Any]], coming: Sequence[date], left: int
) -> list[Curve]:
    if not coming:
        return []
    today, ends = date.fromisoformat(days[-1]["day"]), _ends(project, forecast)
    past = (None,) * (len(days) - 1)

    def falling(end: date) -> tuple[float | None, ...]:
        span = max((end - today).days, 1)
        ahead = (round(max(left * (1 - (day - today).days / span), 0), 1) for day in coming)
        return (*past, float(left), *ahead)

    early, expected, late = map(falling, ends)
    return [
        Curve("forecast, early end", early, "band_low"),
        Curve("forecast, late end", late, "band_high"),
        Curve("forecast", expected, "dashed"),
    ]


def _said(project: Project, forecast: Document, left: int) -> str:
    cases = f"{left} case{'' if left == 1 else 's'} still open."
    if forecast["never"]:
        return f"{cases} {forecast['never']}"
    ends = _ends(project, forecast)
    if not ends or not left:
        return cases
    early, expected, late = ends
    if early == late:
        return f"{cases} Expected to end on {expected}."
    return f"{cases} Expected to end on {expected}; with nine chances in ten between {early} and {late}."
