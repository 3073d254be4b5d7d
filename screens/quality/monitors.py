"""The watch: agreement window by window with its alarms, and readers beside each other, for staff."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from screens.access import acting_in_project, acting_on_agreement
from screens.staffed import screen
from workflow.errors import DomainError
from workflow.measuring.monitors import monitors_of
from workflow.models import Project
from workflow.permissions import Verb
from workflow.queries import everybody

from .intervals import Interval, interval_of
from .page import PLACES
from .rows import left_out_words, percent

ALARMS = {
    "too_low": "Agreement is too low",
    "more_alike_than_before": "More agreement than before: is blinding lost, or are reads copied?",
    "pair_too_alike": "Two readers agree more than others do: are reads copied?",
    "too_alike": "Too much agreement for what readers say of its parts",
    "identical_marks": "Two readers drew the very same mark",
    "reads_too_quick": "Reads that are too quick",
}
Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """An alarm in words."""

    heading: str
    where: str
    words: str


@dataclass(frozen=True, slots=True)
class WindowRow:
    """One window of a field."""

    name: str
    cases: int
    raw: str
    alpha: str
    between: str
    picture: Interval | None


@dataclass(frozen=True, slots=True)
class ReaderRow:
    """One reader beside the others; never ranked."""

    name: str
    index: str
    overturned: str


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two readers on one field; `step` 0 to 9 shades the share of equal answers."""

    readers: str
    n: int
    share: str
    step: int
    alpha: str


@screen()
def monitors(request: HttpRequest, slug: str, place: str) -> HttpResponse:
    """What is watched, as last computed."""
    layout, door = PLACES[place]
    acting_in_project(request, slug, Verb.SEE, door)
    project = acting_on_agreement(request, slug).person().project
    context: dict[str, Any] = {"layout": layout, "place": place, "project": project, "here": "quality"}
    try:
        kept = monitors_of(project)
    except DomainError as error:
        context["refusal"] = error
    else:
        context |= {"kept": kept, **(_shown(project, kept.document) if kept.document else {})}
    return render(request, "quality/monitors.html", context)


def _shown(project: Project, document: dict[str, Any]) -> dict[str, Any]:
    names, labels = everybody(project), document["labels"]
    return {
        "document": document,
        "left_out": left_out_words(document.get("left_out", {})),
        "alarms": [alarm_row(one, names, labels) for one in document["alarms"]],
        "group_alarms": [alarm_row(a, names, labels) for one in document["subgroups"] for a in one["alarms"]],
        "fields": [(labels[one["field"]], one["reason"], _windows(one)) for one in document["series"]],
        "readers": _readers(document, names),
        "pairs": [
            (labels[one["path"]], [_pair(pair, names) for pair in one["pairs"]]) for one in document["pairs"]
        ],
    }


def alarm_row(alarm: dict[str, Any], names: Names, labels: Names) -> AlarmRow:
    """An alarm in words, its readers by name."""
    about = " and ".join(names.get(part, part) for part in alarm["about"].split(" and "))
    where = ", ".join(filter(None, (labels.get(alarm["field"], alarm["field"]), alarm["subgroup"], about)))
    return AlarmRow(ALARMS.get(alarm["kind"], alarm["kind"]), where, alarm["words"])


def _windows(one: dict[str, Any]) -> list[WindowRow]:
    rolling = [one["rolling"]] if one["rolling"] else []
    return [_window(each) for each in (*one["windows"], *rolling)]


def _window(one: dict[str, Any]) -> WindowRow:
    alpha, ends = one["krippendorff_alpha"], one["krippendorff_alpha"]["ci95"]
    return WindowRow(
        name=f"Window {one['look']}" if one["look"] else "The newest cases",
        cases=one["cases"],
        raw=percent(one["percent_agreement"]["value"]),
        alpha="undefined" if alpha["value"] is None else f"{alpha['value']:.2f}",
        between=f"{ends[0]:.2f} to {ends[1]:.2f}" if ends else "",
        picture=interval_of(alpha),
    )


def _readers(document: dict[str, Any], names: Names) -> list[ReaderRow]:
    overturned = {one["reader"]: _share(one) for one in document["overturned"]}
    rows = [
        ReaderRow(names.get(one["reader"], one["reader"]), _share(one), overturned.get(one["reader"], ""))
        for one in document["disagreement_index"]
    ]
    return sorted(rows, key=lambda row: row.name)


def _share(one: dict[str, Any]) -> str:
    if one["value"] is None:
        return "none yet"
    low, high = one["ci95"]
    return f"{one['found']} of {one['of']}, {percent(one['value'])} ({percent(low)} to {percent(high)})"


def _pair(one: dict[str, Any], names: Names) -> PairRow:
    share, alpha = one["percent"]["value"], one["alpha"]["value"]
    return PairRow(
        readers=" and ".join(sorted(names.get(reader, reader) for reader in one["readers"])),
        n=one["n"],
        share=percent(share),
        step=min(9, int(10 * share)),
        alpha="undefined" if alpha is None else f"{alpha:.2f}",
    )
