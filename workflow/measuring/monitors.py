"""The monitors of a project: agreement window by window with its alarms, and readers beside each other."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from workflow.access import in_open_cases
from workflow.agreement.distances import Level
from workflow.consensus.answers import Unanswered, decoded
from workflow.models import Measurement, Project
from workflow.monitoring.readers import (
    TimedRead,
    disagreement_index,
    identical_marks,
    overturn_rates,
    quick_reads,
    reader_matrix,
)
from workflow.monitoring.series import Coefficient, PlannedCase, Series
from workflow.monitoring.watching import Settings, watch
from workflow.notices import tell
from workflow.queries import managers_of

from .agreeing import cases_of, rests_on, terms_of
from .findings import answer_of
from .kept import Kept, Measure, measured
from .report import Terms
from .study import StudiedCase
from .taken import Conditions
from .watched import drawn_marks, read_cases

SCHEMA = "consilium/monitor/v1"
LEVELS: Final[dict[str, Level]] = {
    "nominal": "nominal",
    "boolean": "nominal",
    "ordinal": "ordinal",
    "number": "interval",
}
# What the protocol may bound and a window can be held against; F1 and Dice are of findings and marks.
COEFFICIENTS: Final[dict[str, Coefficient]] = {
    "alpha_lower": "alpha",
    "kappa_lower": "kappa",
    "ac1_lower": "ac1",
    "ac2_lower": "ac2",
    "icc_lower": "icc",
}
RATE = 0.05
MOST_SUBGROUPS = 12
PAIR_DRAWS = 200
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
EXPLORATORY = "Subgroups are exploratory, with a false-alarm rate of their own."


def monitors_of(project: Project) -> Kept:
    """The monitors as last computed; computed at once or soon where reads came in since."""
    return measured(project, MONITOR, {})


def _document(project: Project, _: dict[str, Any]) -> dict[str, Any]:
    terms, found = terms_of(project), cases_of(project, Conditions())
    cases = _in_order(found.cases)
    series = list(_series(cases, terms))
    settings = Settings(parts=_parts(terms))
    whole, groups = watch(series, settings), watch(list(_subgroups(cases, series)), settings)
    quick = quick_reads(list(_timed(cases)), RATE)
    copied = [alarm for field, marks in drawn_marks(cases).items() for alarm in identical_marks(field, marks)]
    parts = read_cases(project)
    return {
        "schema": SCHEMA,
        "left_out": {**found.left_out, **terms.left_out},
        "window": settings.window,
        "labels": {field["key"]: field["label"] for field in terms.schema["fields"]},
        "false_alarms": whole.false_alarms.stated,
        "quick_reads": f"at most {100 * RATE:g} % for all readers together",
        "exploratory": EXPLORATORY,
        "alarms": [one.as_dict() for one in (*whole.alarms, *quick, *copied)],
        "series": whole.as_dict()["series"],
        "subgroups": groups.as_dict()["series"],
        "pairs": [
            {"path": one.field, "pairs": [pair.as_dict() for pair in reader_matrix(one, PAIR_DRAWS)]}
            for one in series
        ],
        "overturned": [one.as_dict() for one in overturn_rates(parts)],
        "disagreement_index": [one.as_dict() for one in disagreement_index(parts)],
    }


def _in_order(cases: Iterable[StudiedCase]) -> list[StudiedCase]:
    """The cases in the order in which their last planned read came in."""
    return sorted(cases, key=lambda case: (max(read.at or LONG_AGO for read in case.reads), case.case))


def _series(cases: list[StudiedCase], terms: Terms) -> Iterator[Series]:
    for field in terms.schema["fields"]:
        if field["kind"] in LEVELS:
            name, bound = terms.protocol.acceptance.get(field["key"], ("", None))
            scale = tuple(one["value"] for one in field.get("categories", ()))
            yield Series(
                field=field["key"],
                level=LEVELS[field["kind"]],
                cases=tuple(_planned(case, field) for case in cases),
                bound=float(bound) if bound is not None and name in COEFFICIENTS else None,
                coefficient=COEFFICIENTS.get(name, "alpha"),
                categories=(False, True) if field["kind"] == "boolean" else scale or None,
            )


def _planned(case: StudiedCase, field: Mapping[str, Any]) -> PlannedCase:
    given = {read.reader: _value(field["kind"], answer_of(read, field["key"])) for read in case.reads}
    return PlannedCase(
        case.case, case.patient, given, tuple(f"{k} {v}" for k, v in sorted(case.strata.items()))
    )


def _value(kind: str, stored: Any) -> Any:
    value = decoded(kind, stored)
    if isinstance(value, Unanswered):
        return None
    return float(value) if kind == "number" else value


def _subgroups(cases: list[StudiedCase], series: list[Series]) -> Iterator[Series]:
    """Each series in each subgroup, by those strata of the cases that have few values."""
    values: dict[str, set[str]] = {}
    for case in cases:
        for name, value in case.strata.items():
            values.setdefault(name, set()).add(f"{name} {value}")
    few = {one for each in values.values() if 1 < len(each) <= MOST_SUBGROUPS for one in each}
    for one in series:
        yield from (each for each in one.of_subgroups() if each.subgroup in few)


def _parts(terms: Terms) -> dict[str, list[str]]:
    """The fields that are asked only because of an answer to another: that one's parts."""
    found: dict[str, list[str]] = {}
    for field in terms.schema["fields"]:
        conditions = field.get("when", ())
        for condition in [conditions] if isinstance(conditions, dict) else conditions:
            found.setdefault(condition["field"], []).append(field["key"])
    return found


def _timed(cases: list[StudiedCase]) -> Iterator[TimedRead]:
    for case in cases:
        for read in case.reads:
            if read.seconds is not None:
                yield TimedRead(read.reader, read.seconds)


def _tell_of_new(project: Project, before: dict[str, Any] | None, now: dict[str, Any]) -> None:
    """A notice to the managers where an alarm is new; to none who plays a part in a case that isn't final."""
    known = {_identity(alarm) for alarm in (before or {}).get("alarms", ())}
    new = [alarm for alarm in now["alarms"] if _identity(alarm) not in known]
    if new:
        managers = managers_of(project).exclude(in_open_cases())
        count = "An alarm" if len(new) == 1 else f"{len(new)} alarms"
        # What alarms is not said in the notice: it may be mailed.
        text = f"{count} on how readers agree in {project.name}: see its page Quality."
        tell(managers, kind="agreement_alarm", text=text, link=f"/projects/{project.slug}/quality/")


def _identity(alarm: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(alarm[name] for name in ("kind", "field", "subgroup", "about", "look"))


MONITOR = Measure(Measurement.Kind.MONITOR, SCHEMA, rests_on, _document, _tell_of_new)
