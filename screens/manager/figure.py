"""A figure of a project's overview, and those that are counted by a job."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its name and its list; an alarm wants somebody to look.

    `count` is how many the list has; `shown` stands in its place where the figure is a share or a rate of it.
    """

    label: str
    count: int
    url: str
    alarm: bool = False
    note: str = ""
    shown: str = ""


def percent(part: int, whole: int) -> str:
    """A share in whole per cent, rounded down: 100 only where nothing is left."""
    return f"{100 * part // whole} %" if whole else ""


def kept_cards(cases: str, figures: Mapping[str, Any]) -> list[Figure]:
    """Pace, arbitration, first review and turnaround, from the figures that are kept; `cases`: where the list is."""
    done, settled, first = figures["done"], figures["settled"], figures["first_pass"]
    final, reviewed = sum(settled.values()), sum(first.values())
    arbitrated = settled["arbitration"]
    return [
        Figure(
            "Done per day", done["cases"], f"{cases}?final_since={done['since']}", shown=f"{done['per_day']:g}",
            note=f"{_cases(done['cases'])} in 14 days",
        ),
        Figure(
            "To arbitration", arbitrated, f"{cases}?settled=arbitration", shown=percent(arbitrated, final) or "–",
            note=f"{arbitrated} of {final} final",
        ),
        Figure(
            "First-pass acceptance", first["yes"], f"{cases}?first_review=accepted",
            shown=percent(first["yes"], reviewed) or "–", note=f"{first['yes']} of {reviewed} reviewed",
        ),
        _turnaround(cases, figures["turnaround"], final),
    ]  # fmt: skip


def _turnaround(cases: str, found: Mapping[str, Any], final: int) -> Figure:
    days = found["median_days"]
    note = f"newest {found['cases']} final" if found["cases"] else "none is final"
    shown = "–" if days is None else _lasting(days)
    return Figure("Median turnaround", final, f"{cases}?state=final", shown=shown, note=note)


def _cases(count: int) -> str:
    return f"{count} case{'' if count == 1 else 's'}"


def _lasting(days: float) -> str:
    """A time in days, or in hours or minutes where it is less than one."""
    if days >= 1:
        return f"{days:.1f} d"
    return f"{24 * days:.1f} h" if days >= 1 / 24 else f"{1440 * days:.0f} min"
