"""A figure: what was measured, round by round, beside its baseline of the same run."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One row of the table; without a goal `met` is None, without a baseline there is no ratio."""

    name: str
    unit: str
    ours: Sequence[float]
    baseline: Sequence[float] = field(default_factory=list)
    baseline_is: str = ""
    goal: str = ""
    met: bool | None = None

    @property
    def ratio_median(self) -> float | None:
        """Ours by the baseline, both at their median."""
        if not self.baseline or not median(self.baseline):
            return None
        return round(median(self.ours) / median(self.baseline), 4)

    def as_dict(self) -> dict[str, Any]:
        """The figure as `--json` writes it."""
        return {
            "name": self.name,
            "unit": self.unit,
            "ours": [_rounded(value) for value in self.ours],
            "baseline": [_rounded(value) for value in self.baseline],
            "baseline_is": self.baseline_is or None,
            "ratio_median": self.ratio_median,
            "goal": self.goal or None,
            "met": self.met,
        }


def figure_with_ratio(
    name: str,
    unit: str,
    ours: Sequence[float],
    baseline: Sequence[float],
    baseline_is: str,
    *,
    at_least: float,
) -> Figure:
    """A figure whose goal is a share of the baseline."""
    plain = Figure(name, unit, ours, baseline, baseline_is)
    met = plain.ratio_median is not None and plain.ratio_median >= at_least
    return Figure(name, unit, ours, baseline, baseline_is, f"at least {at_least:g} of the baseline", met)


def figure_within(
    name: str,
    unit: str,
    ours: Sequence[float],
    baseline: Sequence[float],
    baseline_is: str,
    *,
    at_most: float,
) -> Figure:
    """A figure whose goal is not to grow beyond a multiple of the baseline."""
    plain = Figure(name, unit, ours, baseline, baseline_is)
    met = plain.ratio_median is not None and plain.ratio_median <= at_most
    return Figure(name, unit, ours, baseline, baseline_is, f"at most {at_most:g} of the baseline", met)


def lines(figures: Sequence[Figure]) -> list[str]:
    """The table: min, median and max of ours and of the baseline, the ratio, the goal."""
    rows = [
        ("figure", "unit", "ours: min", "median", "max", "baseline: min", "median", "max", "ratio", "goal")
    ]
    for figure in figures:
        ratio = "" if figure.ratio_median is None else f"{figure.ratio_median:.3f}"
        rows.append(
            (figure.name, figure.unit, *_three(figure.ours), *_three(figure.baseline), ratio, _goal(figure))
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    told = ["  ".join(_padded(row, widths)).rstrip() for row in rows]
    return [*told, "", *sorted({f"{f.name}: beside {f.baseline_is}" for f in figures if f.baseline_is})]


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [
        text.ljust(width) if column < 2 else text.rjust(width)
        for column, (text, width) in enumerate(zip(row, widths, strict=True))
    ]


def _three(values: Sequence[float]) -> tuple[str, str, str]:
    if not values:
        return "", "", ""
    return _short(min(values)), _short(median(values)), _short(max(values))


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")


def _goal(figure: Figure) -> str:
    if figure.met is None:
        return ""
    return f"{figure.goal}: {'met' if figure.met else 'not met'}"
