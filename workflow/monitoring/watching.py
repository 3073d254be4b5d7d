"""The monitor of agreement: every series window by window, with its alarms and their stated false-alarm rate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workflow.agreement.chance import MOST
from workflow.agreement.gwet import gwet_ac1
from workflow.agreement.krippendorff import krippendorff_alpha
from workflow.agreement.percent import observed_agreement
from workflow.agreement.resampling import Resampling
from workflow.agreement.results import Estimate
from workflow.monitoring.alarms import Alarm, more_alike, pairs_alike, too_alike, too_low
from workflow.monitoring.levels import LEAST_CASES, FalseAlarms
from workflow.monitoring.series import PlannedCase, Series, table_of
from workflow.what_if.quantities import plain

TESTS = 4  # of each series at each look: too low, more alike than before, pairs, too alike beside its parts


@dataclass(frozen=True, slots=True)
class Window:
    """The agreement in one window: `look` counts from 1; None for the rolling one, the newest cases of all."""

    look: int | None
    first: str
    last: str
    cases: int
    estimates: tuple[Estimate, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        about = {"look": self.look, "first": self.first, "last": self.last, "cases": self.cases}
        return {**about, **{one.statistic: plain(one) for one in self.estimates}}


@dataclass(frozen=True, slots=True)
class Watched:
    """One series: its windows, the rolling window, and its alarms; exploratory where it is of a subgroup."""

    field: str
    subgroup: str | None
    cases: int
    windows: tuple[Window, ...]
    rolling: Window | None
    alarms: tuple[Alarm, ...]
    reason: str | None = None

    @property
    def exploratory(self) -> bool:
        """Whether it is of a subgroup."""
        return self.subgroup is not None

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "field": self.field,
            "subgroup": self.subgroup,
            "exploratory": self.exploratory,
            "cases": self.cases,
            "windows": [one.as_dict() for one in self.windows],
            "rolling": self.rolling and self.rolling.as_dict(),
            "alarms": [one.as_dict() for one in self.alarms],
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Watching:
    """Everything watched, and how often it alarms although all is in control."""

    series: tuple[Watched, ...]
    false_alarms: FalseAlarms

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """All alarms, series by series."""
        return tuple(alarm for one in self.series for alarm in one.alarms)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {"false_alarms": self.false_alarms.stated, "series": [one.as_dict() for one in self.series]}


@dataclass(frozen=True, slots=True)
class Settings:
    """How to watch: the chance of any false alarm, the looks planned (None: unknown), the window, the bootstrap."""

    rate: float = 0.05
    looks: int | None = None
    window: int = LEAST_CASES
    draws: int = 1000
    seed: int = 1
    parts: Mapping[str, Sequence[str]] = field(default_factory=dict)


def watch(every: Sequence[Series], settings: Settings | None = None) -> Watching:
    """Each series window by window; `settings.parts` names the fields that are parts of another.

    The rate is shared among all series, tests and looks together.
    """
    how = settings or Settings()
    rate = FalseAlarms(how.rate, max(1, TESTS * len(every)), how.looks)
    by_name = {(one.field, one.subgroup): one for one in every}
    found = []
    for one in every:
        parts = [
            by_name[name, one.subgroup]
            for name in how.parts.get(one.field, ())
            if (name, one.subgroup) in by_name
        ]
        found.append(_watched(one, parts, rate, how))
    return Watching(tuple(found), rate)


def _watched(series: Series, parts: Sequence[Series], rate: FalseAlarms, how: Settings) -> Watched:
    windows, alarms, seen = [], list[Alarm](), list[PlannedCase]()
    for look, window in enumerate(series.windows(how.window), 1):
        level = rate.level(look)
        windows.append(_window(look, window, series, how))
        found = [
            too_low(series, window, level, look, how.seed),
            more_alike(series, window, seen, level, look),
        ]
        alarms += [one for one in found if one] + pairs_alike(series, window, level, look)
        seen += window
    double = series.double
    if windows and (alarm := too_alike(series, parts, rate.level(len(windows)), len(windows), how.seed)):
        alarms.append(alarm)
    rolling = _window(None, double[-how.window :], series, how) if windows else None
    reason = None if windows else f"{len(double)} double-read cases: a window holds {how.window}."
    return Watched(series.field, series.subgroup, len(double), tuple(windows), rolling, tuple(alarms), reason)


def _window(look: int | None, cases: Sequence[PlannedCase], series: Series, how: Settings) -> Window:
    table = table_of(cases, series.categories)
    by = Resampling(how.draws, how.seed, tuple(case.patient for case in cases))
    estimates = [observed_agreement(table, by), krippendorff_alpha(table, series.level, by)]
    if len(table.categories) <= MOST:
        estimates.append(gwet_ac1(table, by))
    return Window(look, cases[0].id, cases[-1].id, len(cases), tuple(estimates))
