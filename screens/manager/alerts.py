"""What wants the manager's attention: each a sentence that leads to what it speaks of."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import F, Func, JSONField, QuerySet, Value
from django.urls import reverse
from django.utils import timezone

from audit.models import Pending
from tasks.queries import Workload
from tasks.shortages import shortages_of
from workflow.measuring.monitors import MONITOR
from workflow.models import Case, Measurement, Project

SEALED_WITHIN: Final = timedelta(minutes=10)
ALARMS: Final = {"all": "$.alarms[*]", "groups": "$.subgroups[*].alarms[*]"}


@dataclass(frozen=True, slots=True)
class Alert:
    """A sentence, and the words and address that lead on."""

    says: str
    leads: str
    url: str


def alerts_of(
    project: Project, visible: QuerySet[Case], work: list[Workload], *, agreement: bool
) -> list[Alert]:
    """Every alert; `agreement`: whether how readers agree is theirs to see. Four queries at most."""
    late = [*_late(project, work), *_starved(project, visible), *_unsealed(project)]
    return [*late, *_drifting(project)] if agreement else late


def _late(project: Project, work: list[Workload]) -> list[Alert]:
    overdue, soon = sum(kind.overdue for kind in work), sum(kind.due_soon for kind in work)
    tasks, found = _url("project_work", project), []
    if overdue:
        found.append(Alert(f"{_tasks(overdue)} overdue.", "See them", f"{tasks}?matter=overdue"))
    if soon:
        found.append(Alert(f"{_tasks(soon)} due within a day.", "See them", f"{tasks}?matter=due_soon"))
    return found


def _tasks(count: int) -> str:
    return "1 task is" if count == 1 else f"{count} tasks are"


def _starved(project: Project, visible: QuerySet[Case]) -> list[Alert]:
    listed = shortages_of(project, visible, most=1)
    if not listed or not listed[0].stuck:
        return []
    count = len(listed[0].stuck)
    said = f"Nobody can take {count} task{'' if count == 1 else 's'}, as listed on {listed[0].day}."
    return [Alert(said, "See why", _url("project_staffing", project))]


def _unsealed(project: Project) -> list[Alert]:
    waiting = Pending.objects.filter(
        event__log__project_id=project.pk, event__db_time__lt=timezone.now() - SEALED_WITHIN
    )
    if not waiting.exists():
        return []
    said = "What was done here has waited for its seal for more than ten minutes; tell whoever runs this service."
    return [Alert(said, "See the bundles, which need it", _url("project_exports", project))]


def _drifting(project: Project) -> list[Alert]:
    found = {name: _found(path) for name, path in ALARMS.items()}
    rows = Measurement.objects.filter(project=project, kind=MONITOR.kind, document__isnull=False)
    row = rows.annotate(**found).values(*found).first()
    if row is None:
        return []
    watch, alerts = _url("project_watch", project), []
    for name, where in (("all", ""), ("groups", " in subgroups")):
        if count := len(row[name]):
            said = f"The monitors of agreement tell of {count} alarm{'' if count == 1 else 's'}{where}."
            alerts.append(Alert(said, "See what is watched", watch))
    return alerts


def _found(path: str) -> Func:
    """What a path of JSON finds in a measurement, so that its whole document isn't fetched."""
    return Func(
        F("document"), Value(path), function="jsonb_path_query_array",
        template="%(function)s(%(expressions)s::jsonpath)", output_field=JSONField(),
    )  # fmt: skip


def _url(name: str, project: Project) -> str:
    return reverse(name, args=[project.slug])
