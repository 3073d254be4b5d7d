"""How many cases a project must have read twice for an interval of some width."""

from collections.abc import Iterator
from typing import Any

from workflow.agreement.results import Estimate, Interval
from workflow.models import Project
from workflow.what_if.precision import cases_needed

from .agreeing import cases_of, terms_of
from .report import agreement_report
from .taken import Conditions

WIDTHS = (0.1, 0.2)


def precision_of(project: Project) -> Iterator[dict[str, Any]]:
    """How many cases must be read twice for intervals of some widths, for the primary statistic of each field."""
    document = agreement_report(cases_of(project, Conditions()), terms_of(project))
    for field in document["fields"]:
        primary = (field["primary"] or {}).get("statistic")
        wanted = [one for one in field["statistics"] if one["statistic"] == (primary or "krippendorff_alpha")]
        for one in wanted[:1]:
            needed = [cases_needed(_estimate(one), width).as_dict() for width in WIDTHS]
            yield {
                "path": field["path"],
                "label": field["label"],
                "statistic": one["statistic"],
                "widths": needed,
            }


def _estimate(told: dict[str, Any]) -> Estimate:
    between = told["ci95"]
    interval = None if between is None else Interval(between[0], between[1], told["interval"])
    return Estimate(told["statistic"], told["n"], 0, told["value"], told["reason"], interval)
