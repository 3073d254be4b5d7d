"""Readers beside each other as a heat map, and what readers mix up: tables whose cells open their cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse

from workflow.models import Project
from workflow.queries import members_of, name_of

from .rows import percent

STEPS: Final = 10
MOST_MIXED: Final = 12  # pairs of answers of a field that are listed


@dataclass(frozen=True, slots=True)
class HeatCell:
    """How often two readers say the same: share, pairs of reads, shade 0 to 9, and where their cases are."""

    about: str
    share: str
    n: int
    step: int
    url: str


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A field's readers in the order of their names, and a row of cells for each; None where two share no case."""

    label: str
    names: list[str]
    rows: list[tuple[str, list[HeatCell | None]]]


@dataclass(frozen=True, slots=True)
class Mixed:
    """A field's unequal answers: how many pairs of reads said the same, and the pairs of answers that were mixed up."""

    label: str
    same: int
    pairs: list[tuple[str, int, str]]
    more: int


def heat_maps(project: Project, document: Mapping[str, Any], *, opens: bool) -> list[HeatMap]:
    """A map of each field that two readers answered; `opens`: whether its cells lead to cases. One query."""
    members = {member.actor_id: member for member in members_of(project)}
    names = {actor: name_of(member) for actor, member in members.items()}

    def url(field: Mapping[str, Any], pair: list[str]) -> str:
        if not opens or not all(actor in members for actor in pair):
            return ""
        both = ",".join(str(members[actor].pk) for actor in pair)
        query = urlencode({"readers": both, "answered": field["key"]}, safe=",")
        return f"{reverse('project_cases', args=[project.slug])}?{query}"

    return [_map(field, names, url) for field in document["fields"] if field["readers"]]


def _map(field: Mapping[str, Any], names: Mapping[str, str], url: Any) -> HeatMap:
    cells: dict[tuple[str, str], HeatCell] = {}
    for one in field["readers"]:
        a, b = one["readers"]
        share, said = one["alike"] / one["pairs"], sorted((names.get(a, a), names.get(b, b)))
        about = f"{said[0]} and {said[1]}: {percent(share)} of {one['pairs']}"
        cell = HeatCell(
            about, percent(share), one["pairs"], min(STEPS - 1, int(STEPS * share)), url(field, [a, b])
        )
        cells[a, b] = cells[b, a] = cell
    order = sorted(
        {reader for pair in cells for reader in pair}, key=lambda reader: names.get(reader, reader)
    )
    rows = [(names.get(row, row), [cells.get((row, other)) for other in order]) for row in order]
    return HeatMap(field["label"], [names.get(reader, reader) for reader in order], rows)


def mixed_up(project: Project, document: Mapping[str, Any], *, opens: bool) -> list[Mixed]:
    """What readers mix up, field by field, the most frequent first."""
    cases = reverse("project_cases", args=[project.slug])
    return [
        Mixed(
            field["label"],
            field["same"],
            [
                (
                    " and ".join(one["answers"]),
                    one["n"],
                    f"{cases}?{urlencode({'cell': one['cell']})}" if opens else "",
                )
                for one in field["mixed"][:MOST_MIXED]
            ],
            max(len(field["mixed"]) - MOST_MIXED, 0),
        )
        for field in document["fields"]
        if field["same"] or field["mixed"]
    ]


def bins_of(project: Project, document: Mapping[str, Any], *, opens: bool) -> list[tuple[str, int, str]]:
    """The bars of the histogram that have cases, each with where these are."""
    cases = reverse("project_cases", args=[project.slug])
    return [
        (
            "all equal" if one["low"] >= 1 else f"{100 * one['low']:.0f}–{100 * one['high']:.0f} %",
            one["n"],
            f"{cases}?{urlencode({'cell': one['cell']})}" if opens else "",
        )
        for one in document["alike"]
        if one["n"]
    ]
