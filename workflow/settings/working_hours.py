"""A project's calendar as a setting: spans of local time for each weekday, and holidays."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Final

from audit.canonical import escape
from workflow.calendars import Calendar
from workflow.reasons import fault

from .kinds import Faults, Zone

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KEYS: Final = ("zone", "hours", "holidays")
MOST_HOLIDAYS: Final = 400
MOST_SPANS: Final = 6
_SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")
_FORM: Final = "Write spans such as 09:00-12:30; a day ends at 24:00."
OFFICE: Final[Mapping[str, Any]] = {
    "hours": {day: ["09:00-17:00"] for day in WEEKDAYS[:5]},
    "holidays": [],
}


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """An object with `hours` (weekday → spans), `holidays` (dates), and a `zone` if it isn't the project's."""

    bounds: str = "spans per weekday, one after another; up to 400 holidays"

    @property
    def schema(self) -> dict[str, Any]:
        """The same as a JSON schema."""
        spans = {
            "type": "array",
            "maxItems": MOST_SPANS,
            "items": {"type": "string", "pattern": _SPAN.pattern},
        }
        hours = {
            "type": "object",
            "properties": dict.fromkeys(WEEKDAYS, spans),
            "additionalProperties": False,
        }
        days = {"type": "array", "maxItems": MOST_HOLIDAYS, "items": {"type": "string", "format": "date"}}
        parts = {"zone": {"type": "string"}, "hours": hours, "holidays": days}
        return {
            "type": "object", "properties": parts, "required": ["hours"], "additionalProperties": False,
        }  # fmt: skip

    def faults(self, value: Any, path: str) -> Faults:
        """What is wrong with a value."""
        if not isinstance(value, dict) or not isinstance(value.get("hours"), dict):
            yield fault(path, "not_a_calendar", "Give an object with hours for each weekday, and holidays.")
            return
        for key in sorted(set(value) - set(KEYS)):
            yield fault(f"{path}/{escape(key)}", "unknown_field", f"Choose from {', '.join(KEYS)}.")
        if "zone" in value:
            yield from Zone().faults(value["zone"], f"{path}/zone")
        for day, spans in value["hours"].items():
            yield from _day_faults(day, spans, f"{path}/hours/{escape(day)}")
        yield from _holiday_faults(value.get("holidays", []), f"{path}/holidays")


def calendar(value: Mapping[str, Any], zone: str) -> Calendar:
    """The calendar that a checked value means, in the project's zone unless it names its own."""
    hours = {WEEKDAYS.index(day): tuple(map(_span, spans)) for day, spans in value["hours"].items()}
    holidays = frozenset(map(date.fromisoformat, value.get("holidays", [])))
    return Calendar(value.get("zone", zone), hours, holidays)


def _day_faults(day: str, spans: Any, path: str) -> Faults:
    if day not in WEEKDAYS:
        yield fault(path, "unknown_weekday", f"Choose from {', '.join(WEEKDAYS)}.")
    elif not isinstance(spans, list) or len(spans) > MOST_SPANS:
        yield fault(path, "not_a_list", f"Give up to {MOST_SPANS} spans. {_FORM}")
    elif not all(isinstance(span, str) and _SPAN.fullmatch(span) for span in spans):
        yield fault(path, "bad_span", _FORM)
    else:
        try:
            Calendar("UTC", {0: tuple(map(_span, spans))})
        except ValueError as error:
            yield fault(path, "bad_span", str(error))


def _span(text: str) -> tuple[time, time]:
    begin, _, end = text.partition("-")
    if end.startswith("24") and end != "24:00":
        raise ValueError(_FORM)
    return time.fromisoformat(begin), time(0) if end == "24:00" else time.fromisoformat(end)


def _holiday_faults(days: Any, path: str) -> Faults:
    if not isinstance(days, list) or len(days) > MOST_HOLIDAYS:
        yield fault(path, "not_a_list", f"Give up to {MOST_HOLIDAYS} dates such as 2026-12-25.")
        return
    for place, day in enumerate(days):
        if not _is_date(day):
            yield fault(f"{path}/{place}", "not_a_date", "Write dates such as 2026-12-25.")


def _is_date(day: Any) -> bool:
    try:
        return isinstance(day, str) and date.fromisoformat(day).isoformat() == day
    except ValueError:
        return False
