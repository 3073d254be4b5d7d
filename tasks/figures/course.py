"""How many cases stood in each state at the end of each day, from the moves in a project's log.

Days that are over are kept, with a place in the log before which nothing of a later day can stand: the next count
begins there. So the first count of a log of ten million events reads all of it, and each further one the last two days.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection

from audit.models import Log
from tasks.limits import today_of
from workflow.models import Case, Project
from workflow.states import State

LATE: Final = 1000  # how many events further back one may stand that was written at the same time
_MOVES: Final = """
SELECT (e.db_time AT TIME ZONE %(zone)s)::date AS day, coalesce(e.state_from, ''), e.state_to, count(*), min(e.id),
       max(e.id)
FROM audit_event e JOIN workflow_case c ON c.id = e.stream_id
WHERE e.id > %(after)s AND e.db_time >= %(since)s AND e.log_id = ANY(%(logs)s) AND e.stream_kind = 'case'
  AND e.state_to IS NOT NULL AND e.state_to IS DISTINCT FROM e.state_from AND c.purpose = %(purpose)s
GROUP BY 1, 2, 3 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Course:
    """Day by day, the cases in each state at its end. `kept`: what the next count goes on from."""

    days: list[dict[str, Any]]
    kept: dict[str, Any]


def course_of(project: Project, kept: Mapping[str, Any] | None = None) -> Course:
    """The course until today. `kept`: that of the count before, which is passed over if the time zone changed since."""
    if kept is None or kept["zone"] != project.time_zone:
        kept = {"zone": project.time_zone, "after": 0, "until": None, "days": []}
    today = today_of(project)
    done = [day for day in kept["days"] if day["day"] < kept["until"]] if kept["until"] else []
    moves = _moves(project, kept)
    days = done + _days(done[-1] if done else None, moves, today)
    return Course(days, _kept(project, kept, days, moves, today))


def _moves(project: Project, kept: Mapping[str, Any]) -> list[tuple[date, str, str, int, int, int]]:
    zone = ZoneInfo(project.time_zone)
    since = date.fromisoformat(kept["until"]) if kept["until"] else date(1970, 1, 2)
    logs = list(Log.objects.filter(project_id=project.pk).values_list("pk", flat=True))
    given = {
        "zone": project.time_zone, "after": kept["after"], "since": datetime.combine(since, time(0), zone),
        "logs": logs, "purpose": Case.Purpose.STUDY,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_MOVES, given)
        found: list[tuple[date, str, str, int, int, int]] = cursor.fetchall()
        return found


def _days(last: Mapping[str, Any] | None, moves: list[Any], today: date) -> list[dict[str, Any]]:
    """Each day after the last one that is known, until today."""
    if last is None and not moves:
        return []
    first = date.fromisoformat(last["day"]) + timedelta(days=1) if last else min(moves[0][0], today)
    now = {state.value: int(last[state]) if last else 0 for state in State}
    found = []
    for day in (first + timedelta(days=n) for n in range((today - first).days + 1)):
        for _, left, reached, count, *_ in (move for move in moves if move[0] == day):
            now[reached] += count
            if left:
                now[left] -= count
        found.append({"day": day.isoformat(), **now})
    return found


def _kept(
    project: Project, before: Mapping[str, Any], days: list[dict[str, Any]], moves: list[Any], today: date
) -> dict[str, Any]:
    """Until yesterday's beginning nothing is written any more; what is later is counted again."""
    until = today - timedelta(days=1)
    later = [lowest for day, *_, lowest, _ in moves if day >= until]
    highest = max((move[-1] for move in moves), default=before["after"])
    after = max((min(later) if later else highest) - 1 - LATE, before["after"], 0)
    over = [day for day in days if day["day"] < until.isoformat()]
    return {"zone": project.time_zone, "after": after, "until": until.isoformat(), "days": over}
