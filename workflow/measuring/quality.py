"""The pictures of a project's quality as one document: trends, readers beside each other, what is mixed up, returns."""

from collections.abc import Mapping
from typing import Any, Final

from workflow.models import Project

from .agreeing import cases_of, rests_on, terms_of
from .kept import Kept, Measure, measured
from .pairwise import BINS, Cell, Compared, compare, compared_fields, scale_of_field
from .returns import returns_by_week
from .study import StudiedCase
from .taken import Conditions

SCHEMA: Final = "consilium/quality/v1"


def quality_of(project: Project) -> Kept:
    """What the pictures are drawn from, as last computed; NotFound before anything is published."""
    return measured(project, QUALITY, {})


def named_cases(document: Mapping[str, Any], cell: str) -> list[str]:
    """The cases of a cell that are named: `alike:7` of the histogram, `mixed:finding:2` of what is mixed up."""
    kind, _, rest = cell.partition(":")
    if kind == "alike":
        return [case for one in document["alike"] if one["cell"] == cell for case in one["cases"]]
    key = rest.rpartition(":")[0]
    fields = [one for one in document["fields"] if kind == "mixed" and one["key"] == key]
    return [case for one in fields for pair in one["mixed"] if pair["cell"] == cell for case in pair["cases"]]


def _document(project: Project, _: dict[str, Any]) -> dict[str, Any]:
    schema = terms_of(project).schema
    fields = compared_fields(schema)
    cases = sorted((case for case in cases_of(project, Conditions()).cases if len(case.reads) > 1), key=_when)
    found, bins = compare(cases, fields, project.time_zone)
    return {
        "schema": SCHEMA,
        "cases": len(cases),
        "fields": [_field(one, found[one["key"]]) for one in fields],
        "alike": [_bin(place, cell) for place, cell in enumerate(bins)],
        "returns": returns_by_week(project),
    }


def _when(case: StudiedCase) -> tuple[str, str]:
    return max((read.at.isoformat() for read in case.reads if read.at), default=""), case.case


def _field(asked: Mapping[str, Any], found: Compared) -> dict[str, Any]:
    order = scale_of_field(asked)
    names = {str(one["value"]): one["label"] for one in asked.get("categories", ())}
    mixed = sorted(
        found.mixed.items(), key=lambda item: (-item[1].n, [order.index(v) for v in item[0] if v in order])
    )
    return {
        "key": asked["key"],
        "label": asked["label"],
        "weeks": [
            {"week": week.isoformat(), "alike": alike, "pairs": pairs}
            for week, (alike, pairs) in sorted(found.weeks.items())
        ],
        "readers": [
            {"readers": list(pair), "alike": alike, "pairs": pairs}
            for pair, (alike, pairs) in sorted(found.readers.items())
        ],
        "same": sum(found.same.values()),
        "mixed": [
            {
                "cell": f"mixed:{asked['key']}:{place}",
                "answers": [_said(names, one) for one in pair],
                **_told(cell),
            }
            for place, (pair, cell) in enumerate(mixed)
        ],
    }


def _said(names: Mapping[str, str], value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return names.get(str(value), str(value))


def _bin(place: int, cell: Cell) -> dict[str, Any]:
    low = place / BINS
    return {"cell": f"alike:{place}", "low": low, "high": min(low + 1 / BINS, 1.0), **_told(cell)}


def _told(cell: Cell) -> dict[str, Any]:
    return {"n": cell.n, "cases": cell.cases}


QUALITY: Final = Measure("quality", SCHEMA, rests_on, _document)
