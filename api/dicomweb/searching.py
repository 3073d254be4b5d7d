"""Searches behind a door: studies, series and images that match, a page of them, with what is counted of each.

What the tables hold narrows the search first; whatever else is asked for is matched against the headers, as they
are shown to this person.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, QuerySet

from imaging.web.templates import filled
from workflow.errors import NotFound
from workflow.images.serving import IN_ORDER, header_template, instances_of
from workflow.models import Instance, Series, Study

from .asking import Query
from .doors import Door
from .levels import Attributes, attribute, tag, tags, told
from .matching import matches

_AT_ONCE: Final = 500
IN_TABLES: Final = {
    "studies": {"0020000D": "uid__in", "00080061": "series__modality__in"},
    "series": {"0020000D": "study__uid__in", "0020000E": "uid__in", "00080060": "modality__in"},
    "instances": {
        "0020000D": "series__study__uid__in",
        "0020000E": "series__uid__in",
        "00080018": "uid__in",
        "00080060": "series__modality__in",
    },
}


@dataclass(frozen=True, slots=True)
class Within:
    """Where a search looks: everywhere behind the door, in a study, or in one of its series; UIDs as shown."""

    study: str = ""
    series: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A row of a search before it is told: its image that speaks for it, and what was counted."""

    instance: Instance
    counted: Attributes


def search(
    door: Door, level: str, query: Query, within: Within, address: Callable[..., str], skip: int = 0
) -> Iterator[Attributes]:
    """What matches, in order, each as it is told, without the first `skip`.

    `address` gives the URL of a study, a series, an image by their UIDs as shown.
    """
    wide = not (within.series or (level == "series" and within.study))
    in_tables = all(
        not key.value or (query.values(key.way[0]) and key.way[0] in IN_TABLES[level]) for key in query.keys
    )
    rows = _rows(door, level, query, within, skip if in_tables else 0)
    found = (
        attributes
        for row in rows
        if matches(attributes := _attributes(door, level, row, address), query.keys)
    )
    for attributes in islice(found, 0 if in_tables else skip, None):
        narrowed = told(level, attributes, query.wanted | tags(_OWN), query.everything, wide)
        yield dict(sorted(narrowed.items()))


def _attributes(door: Door, level: str, found: Found, address: Callable[..., str]) -> Attributes:
    return shown(door, found.instance, address) | found.counted | _where(door, level, found.instance, address)


_OWN: Final = frozenset(
    (
        *("InstanceAvailability", "ModalitiesInStudy", "RetrieveURL", "NumberOfStudyRelatedSeries"),
        *("NumberOfStudyRelatedInstances", "NumberOfSeriesRelatedInstances"),
    )
)


def shown(door: Door, instance: Instance, address: Callable[..., str]) -> Attributes:
    """The header of an image as it is shown behind the door; of one whose file is gone, what it is alone."""
    uids = door.uids_of(instance)
    try:
        template = header_template(instance.project_id, instance.pk)
    except NotFound:
        named = zip(("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"), uids, strict=True)
        return {tag(keyword): attribute("UI", uid) for keyword, uid in named}
    made: Attributes = json.loads(filled(template, door.guise, address(*uids)))
    return made


def _where(door: Door, level: str, instance: Instance, address: Callable[..., str]) -> Attributes:
    depth = ("studies", "series", "instances").index(level) + 1
    return {
        tag("InstanceAvailability"): attribute("CS", "ONLINE"),
        tag("RetrieveURL"): attribute("UR", address(*door.uids_of(instance)[:depth])),
    }


def _rows(door: Door, level: str, query: Query, within: Within, skip: int) -> Iterator[Found]:
    conditions = _conditions(door, level, query, within)
    match level:
        case "studies":
            yield from _studies(door, conditions, skip)
        case "series":
            yield from _series(door, conditions, skip)
        case _:
            for instance in instances_of(door.series, **conditions)[skip:].iterator(_AT_ONCE):
                yield Found(instance, {})


def _conditions(door: Door, level: str, query: Query, within: Within) -> dict[str, list[str]]:
    """What the tables can answer; UIDs by their stored names."""
    found: dict[str, list[str]] = {}
    for key, column in IN_TABLES[level].items():
        values = query.values(key)
        if values:
            found[column] = _stored(door, values) if column.endswith("uid__in") else values
    for key, uid in (("0020000D", within.study), ("0020000E", within.series)):
        if uid:
            column = IN_TABLES[level][key]
            inside = _stored(door, [uid])
            found[column] = [one for one in found.get(column, inside) if one in inside]
    return found


def _stored(door: Door, uids: Iterable[str]) -> list[str]:
    return [stored for uid in uids if (stored := door.stored(uid)) is not None]


def _studies(door: Door, conditions: dict[str, Any], skip: int) -> Iterator[Found]:
    modalities = conditions.pop("series__modality__in", None)
    series = door.series.filter(modality__in=modalities) if modalities else door.series
    rows = Study.objects.filter(pk__in=series.order_by().values("study"), **conditions)
    for some in _pages(rows.order_by("created_at", "uid"), skip):
        yield from _counted_studies(door, [study.pk for study in some])


def _counted_studies(door: Door, studies: list[UUID]) -> Iterator[Found]:
    inside = door.series.filter(study__in=studies)
    counts: dict[UUID, list[tuple[str, int]]] = defaultdict(list)
    counted = inside.annotate(images=Count("instances")).filter(images__gt=0)
    for study, modality, images in counted.values_list("study", "modality", "images"):
        counts[study].append((modality, images))
    speaking = _first_of(inside, "series__study__created_at", "series__study__uid")
    for instance in speaking:
        series = counts[instance.series.study_id]
        yield Found(
            instance,
            {
                tag("ModalitiesInStudy"): attribute("CS", *sorted({one for one, _ in series if one})),
                tag("NumberOfStudyRelatedSeries"): attribute("IS", len(series)),
                tag("NumberOfStudyRelatedInstances"): attribute("IS", sum(images for _, images in series)),
            },
        )


def _series(door: Door, conditions: dict[str, Any], skip: int) -> Iterator[Found]:
    rows = door.series.filter(**conditions).annotate(images=Count("instances")).filter(images__gt=0)
    for some in _pages(rows.order_by("study__created_at", "study__uid", "uid"), skip):
        counts = {series.pk: series.images for series in some}
        inside = Series.objects.filter(pk__in=counts)
        for instance in _first_of(inside, *IN_ORDER[:3]):
            number = tag("NumberOfSeriesRelatedInstances")
            yield Found(instance, {number: attribute("IS", counts[instance.series_id])})


def _first_of(series: QuerySet[Series], *by: str) -> QuerySet[Instance]:
    """The first image of each study or series, in their order."""
    return instances_of(series).order_by(*by, *IN_ORDER[len(by) :]).distinct(*by)


def _pages(rows: QuerySet[Any], at: int) -> Iterator[list[Any]]:
    while some := list(rows[at : at + _AT_ONCE]):
        yield some
        at += len(some)
        if len(some) < _AT_ONCE:
            return
