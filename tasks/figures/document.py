"""The figures of a project's overview as one document, kept for a while and dated."""

from datetime import timedelta
from statistics import median
from typing import Any, Final

from django.db.models import F, Min, OuterRef, Q, Subquery

from audit.models import Event
from tasks.assigning.forecasting import foresee
from tasks.limits import today_of
from workflow.counted import counted
from workflow.measuring.kept import Kept, Measure, compute, is_small, measured, row_of, want
from workflow.models import Case, Project
from workflow.queries import finished_since, first_pass, settled_how
from workflow.states import State

from .course import course_of
from .hours import hours_by_month

SCHEMA: Final = "consilium/figures/v1"
# Of a small study they are counted while somebody waits; of a large one by a job.
LASTS: Final = (timedelta(minutes=1), timedelta(minutes=15))
PACE_DAYS: Final = 14
NEWEST: Final = 2000  # final cases whose time is told
AT_WORK: Final = (State.INTAKE, State.ANNOTATION, State.JUNIOR_REVIEW, State.CONSENSUS, State.ARBITRATION)


def figures_of(project: Project) -> Kept:
    """The figures as last counted; of all cases, so not for somebody who plays a part in one."""
    return measured(project, FIGURES, {})


def refresh(project: Project) -> bool:
    """Have the figures counted anew: at once in a small study, soon by a job in a large one; whether they are."""
    row = want(project, FIGURES, {})
    if small := is_small(project):
        compute(row.pk, {FIGURES.kind: FIGURES})
    return small


def refreshed(project: Project) -> str:
    """How often the figures are counted anew while somebody looks, in words."""
    minutes = LASTS[0 if is_small(project) else 1].seconds // 60
    return "minute" if minutes == 1 else f"{minutes} minutes"


def _document(project: Project, _: dict[str, Any]) -> dict[str, Any]:
    before = row_of(project, FIGURES, {})
    known = FIGURES.known(before)
    course = course_of(project, known["kept"] if known else None)
    cases = Case.objects.filter(counted(), project=project)
    return {
        "schema": SCHEMA,
        "days": course.days,
        "done": _done(project, cases),
        "settled": {how: settled_how(cases, how).count() for how in ("consensus", "arbitration")},
        "first_pass": {
            name: first_pass(cases, passed=passed).count() for name, passed in (("yes", True), ("no", False))
        },
        "turnaround": _turnaround(project),
        "hours": hours_by_month(project),
        "forecast": _forecast(project),
        "kept": course.kept,
    }


def _done(project: Project, cases: Any) -> dict[str, Any]:
    """What became final in the last two weeks: whole days before today, and today so far."""
    since = today_of(project) - timedelta(days=PACE_DAYS - 1)
    count = finished_since(cases, since, project.time_zone).count()
    return {"since": since.isoformat(), "cases": count, "per_day": round(count / PACE_DAYS, 2)}


def _turnaround(project: Project) -> dict[str, Any]:
    """Days from a case's first coming among the readers until it was final, of the newest final cases."""
    begun = Event.objects.filter(
        stream_id=OuterRef("stream_id"), stream_seq__lte=OuterRef("stream_seq"), state_to=State.ANNOTATION
    ).exclude(state_from=State.ANNOTATION)
    study = Case.objects.filter(counted(), project=project, state=State.FINAL)
    ends = Event.objects.filter(
        ~Q(state_from=State.FINAL), log__project_id=project.pk, state_to=State.FINAL, stream_kind="case"
    )
    first = begun.order_by().values("stream_id").annotate(at=Min("db_time")).values("at")
    rows = ends.filter(stream_id__in=study.values("pk")).annotate(took=F("db_time") - Subquery(first))
    took = [
        each.total_seconds() / 86400
        for each in rows.order_by("-id").values_list("took", flat=True)[:NEWEST]
        if each
    ]
    return {"cases": len(took), "median_days": round(median(took), 2) if took else None}


def _forecast(project: Project) -> dict[str, Any]:
    found = foresee(project)
    end = found.forecast
    between = [moment.isoformat() for moment in end.between] if end.between else None
    return {
        "at": found.at.isoformat(),
        "days": None if end.days is None else round(end.days, 2),
        "ends": end.ends.isoformat() if end.ends else None,
        "between": between,
        "never": end.never,
    }


FIGURES: Final = Measure("figures", SCHEMA, lambda project, conditions: [], _document, lasts=LASTS)
