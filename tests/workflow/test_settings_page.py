"""docs/settings.md tells of every setting what the code's table says."""

import json
from pathlib import Path

from workflow.settings.table import TABLE
from workflow.settings.working_hours import WEEKDAYS

PAGE = Path(__file__).parent.parent.parent / "docs" / "settings.md"


def rows() -> list[str]:
    told = []
    for setting in TABLE:
        default = (
            "Monday to Friday, 09:00-17:00"
            if setting.key == "calendar"
            else f"`{json.dumps(setting.default)}`"
        )
        cells = (f"`{setting.key}`", setting.unit, default, setting.kind.bounds, setting.meaning)
        told.append(f"| {' | '.join(cells)} |")
    return told


def test_the_page_has_the_table_of_the_code() -> None:
    lines = PAGE.read_text().splitlines()
    first = lines.index("|---|---|---|---|---|") + 1
    assert lines[first : first + len(TABLE)] == rows()
    assert not lines[first + len(TABLE)]


def test_the_calendar_begins_as_office_hours() -> None:
    calendar = next(setting.default for setting in TABLE if setting.key == "calendar")
    assert calendar["hours"] == {day: ["09:00-17:00"] for day in WEEKDAYS[:5]}
