"""LIDC's own arithmetic in the demonstration's table: agreement per rating with intervals, and other designs."""

from typing import Any

from workflow.measuring.agreeing import agreement_of
from workflow.measuring.designs import what_if_of
from workflow.measuring.taken import Conditions
from workflow.models import Project

STATISTICS = {
    "raw": ("percent_agreement", "protocol_agreement"),
    "under_protocol": ("protocol_agreement", "percent_agreement"),
    "alpha": ("krippendorff_alpha", "mean_iou"),
    "gwet": ("gwet_ac2", "gwet_ac1"),
}
UNDEFINED = "undefined"


def agreement(project: Project) -> list[dict[str, Any]]:
    """Each field's agreement over the planned reads as first submitted: values with 95 % intervals over patients."""
    document = agreement_of(project, Conditions()).document or {"fields": []}
    return [_row(field) for field in document["fields"]]


def _row(field: dict[str, Any]) -> dict[str, Any]:
    given = {one["statistic"]: one for one in field["statistics"]}
    found: dict[str, Any] = {"field": field["path"], "cases": field["n"], "primary": field["primary"]}
    for name, choices in STATISTICS.items():
        one = next((given[choice] for choice in choices if choice in given), None)
        found[name] = one and {key: one[key] for key in ("statistic", "value", "ci95", "reason")}
    return found


def designs(project: Project) -> dict[str, Any]:
    """What other designs would have needed on these reads."""
    return what_if_of(project, {}).document or {"designs": []}


def agreement_lines(rows: list[dict[str, Any]]) -> list[str]:
    """The agreement as people read it."""
    head = f"  {'field':<20}{'cases':>6}{'same, %':>22}{'under protocol, %':>22}{'alpha':>24}{'AC1, AC2':>22}"
    told = [
        f"  {row['field']:<20}{row['cases']:>6}{_told(row['raw'], 100):>22}{_told(row['under_protocol'], 100):>22}"
        f"{_named(row['alpha']):>24}{_told(row['gwet']):>22}"
        for row in rows
    ]
    return [
        "Agreement of the planned reads as first submitted, with 95 % intervals over patients",
        head,
        *told,
    ]


def design_lines(found: dict[str, Any]) -> list[str]:
    """The designs as people read them."""
    return [
        "What other designs would have needed on these reads",
        *(f"  {_design(one)}" for one in found["designs"]),
    ]


def _design(one: dict[str, Any]) -> str:
    reads, up = one["reads_per_case"], one["arbitrated"]
    if reads["value"] is None or up["value"] is None:
        return str(one["sentence"])
    return (
        f"{one['design']['name']:<14}{_told(reads):>22} reads per case{_told(up, 100):>24} % arbitration, "
        f"tried on {one['cases']} cases"
    )


def _named(one: dict[str, Any] | None) -> str:
    mean = "IoU " if one and one["statistic"] == "mean_iou" else ""
    return f"{mean}{_told(one)}"


def _told(one: dict[str, Any] | None, times: int = 1) -> str:
    if one is None:
        return "-"
    if one["value"] is None:
        return UNDEFINED
    decimals, ends = (1 if times == 100 else 2), one["ci95"]
    between = f" [{times * ends[0]:.{decimals}f}, {times * ends[1]:.{decimals}f}]" if ends else ""
    return f"{times * one['value']:.{decimals}f}{between}"
