"""When a project's study will end, from its open tasks, its people, and what has followed from what so far."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from tasks.models import Task
from tasks.opening import LIVE
from tasks.planning.forecast import Forecast, Outlook, forecast
from workflow.counted import read_in_turn
from workflow.measuring.pace import paces_of
from workflow.models import Project
from workflow.settings.reading import calendar_of

from .following import chain_of
from .people import as_people, usual_minutes, workers


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A forecast, when it was made, and how many settled cases its averages come from (0: from the protocol)."""

    forecast: Forecast
    at: datetime
    settled: int


def foresee(project: Project) -> Foreseen:
    """When the study ends if people spend their time where it is needed; a fixed number of queries."""
    now, paces = timezone.now(), paces_of(project)
    settled, chain = chain_of(project)
    outlook = Outlook(
        people=as_people(project, workers(project), paces),
        open=_open(project),
        usual=usual_minutes(paces),
        chain=chain,
        calendar=calendar_of(project),
    )
    return Foreseen(forecast(outlook, now), now, settled)


def _open(project: Project) -> dict[str, int]:
    live = Task.objects.filter(read_in_turn("case__"), case__project=project, status__in=LIVE)
    return dict(live.values_list("kind").annotate(n=Count("pk")).order_by())
