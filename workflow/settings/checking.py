"""Whether settings may be as somebody wants them: every fault with its place, also where two don't fit each other."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from audit.canonical import escape
from workflow.reasons import fault

from .kinds import Faults
from .table import SETTINGS
from .working_hours import calendar

LONGEST: Final = timedelta(weeks=104)  # within so long everything must be due that may be due at all


def faults(changes: Mapping[str, Any]) -> list[dict[str, str]]:
    """What is wrong with each change by itself."""
    return list(_faults(changes))


def misfits(document: Mapping[str, Any]) -> list[dict[str, str]]:
    """What doesn't fit together in settings that are right one by one."""
    return list(_misfits(document))


def _faults(changes: Mapping[str, Any]) -> Faults:
    for key, value in changes.items():
        if key in SETTINGS:
            yield from SETTINGS[key].kind.faults(value, f"/{key}")
        else:
            yield fault(f"/{escape(key)}", "unknown_setting", "There is no such setting.")


def _misfits(document: Mapping[str, Any]) -> Faults:
    week = calendar(document["calendar"], document["time_zone"]).week()
    for kind, hours in document["due_hours"].items():
        if week * (LONGEST / timedelta(weeks=1)) < timedelta(hours=hours):
            message = "The calendar has so few working hours that this would take more than two years."
            yield fault(f"/due_hours/{kind}", "too_few_hours", message)
    session = document["session_minutes"]
    if session is not None and document["idle_minutes"] > session:
        yield fault("/idle_minutes", "longer_than_session", "Nobody is idle for longer than a session lasts.")
    if document["idle_minutes"] > document["lease_minutes"]:
        yield fault(
            "/idle_minutes", "longer_than_lease", "A task's lease ends before anybody is idle so long."
        )
