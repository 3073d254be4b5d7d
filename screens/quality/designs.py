"""What other designs would have needed on a project's own reads: a panel of the protocol editor, and a page."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from screens.access import acting_in_project, acting_on_agreement
from screens.staffed import screen
from workflow.errors import DomainError
from workflow.measuring.designs import what_if_of
from workflow.permissions import Kind, Verb

from .rows import NAMES, left_out_words

FIGURES: Final = (
    ("reads_per_case", "Reads per case", "number"),
    ("escalated", "Left open by the reads", "share"),
    ("arbitrated", "Arbitration, with the sample", "share"),
    ("hours", "Hours, all tiers", "number"),
    ("agreement_final", "Same as the arbiter", "share"),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a design: the value and its interval in words, or why there is none."""

    label: str
    value: str
    between: str
    reason: str


@dataclass(frozen=True, slots=True)
class DesignRow:
    """One design."""

    name: str
    sentence: str
    figures: list[Figure]
    nothing: str = ""  # why nothing at all is known of it


@screen()
def what_if(request: HttpRequest, slug: str, number: str = "") -> HttpResponse:
    """The designs under the rules of a protocol version, a draft too, or of the one in force."""
    acting_in_project(request, slug, Verb.SEE, Kind.OVERVIEW)
    project = acting_on_agreement(request, slug).person().project
    conditions: dict[str, Any] = {"protocol": int(number)} if number else {}
    context: dict[str, Any] = {"project": project, "here": "versions", "labels": [f[1] for f in FIGURES]}
    try:
        kept = what_if_of(project, conditions)
    except DomainError as error:
        context["refusal"] = error
    else:
        document = kept.document or {}
        context |= {
            "kept": kept,
            "document": document,
            "left_out": left_out_words(document.get("left_out", {})),
            "rows": [_row(one) for one in document.get("designs", ())],
            "widths": [_width(one) for one in document.get("precision", ())],
        }
    return render(request, "quality/what_if.html", context)


def _row(one: dict[str, Any]) -> DesignRow:
    figures = [_figure(label, one[name], kind) for name, label, kind in FIGURES]
    reasons = {figure.reason for figure in figures}
    nothing = reasons.pop() if len(reasons) == 1 and not any(figure.value for figure in figures) else ""
    return DesignRow(one["design"]["name"], one["sentence"], figures, nothing)


def _figure(label: str, figure: dict[str, Any], kind: str) -> Figure:
    def told(value: float) -> str:
        return f"{100 * value:.0f} %" if kind == "share" else f"{value:.2f}"

    value, ends = figure["value"], figure["ci95"]
    between = f"{told(ends[0])} to {told(ends[1])}" if ends else ""
    return Figure(label, "" if value is None else told(value), between, figure["reason"] or "")


def _width(one: dict[str, Any]) -> tuple[str, str, list[str]]:
    said = [_needed(each) for each in one["widths"]]
    return one["label"], NAMES.get(one["statistic"], one["statistic"]), said


def _needed(one: dict[str, Any]) -> str:
    if one["needed"] is None:
        return f"{one['wanted']}: {one['reason']}"
    return f"{one['wanted']}: {one['needed']} cases read twice, {one['further']} more than now"
