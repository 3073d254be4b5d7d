"""Soft labels: how many of the reads that were compared said what, and how many marked each pixel."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imaging.out.labels import Mark
from imaging.out.places import NotPlaced, Placed, covered, placed
from imaging.out.raster import painted
from workflow.labels.schema_parts import CATEGORICAL, Kind

from .coded import Coder, region_of
from .gathering import Content, Labelled

Counts = dict[int, NDArray[np.uint8]]  # by index of the frame: how many readers marked each pixel


def shares(case: Labelled, coder: Coder) -> dict[str, Any]:
    """For each field with choices: `of` how many reads, and the share of each answer that was given."""
    reads, found = [content for _, content in case.inputs], {}
    for field in coder.schema.fields:
        if reads and (field.kind in CATEGORICAL or field.kind is Kind.BOOLEAN):
            said = Counter(one for read in reads for one in _said(read.get("fields", {}), field.key))
            found[field.key] = {
                "of": len(reads),
                "shares": {answer: round(times / len(reads), 6) for answer, times in sorted(said.items())},
            }
    return found


def counts(case: Labelled, path: str, where: Placed) -> Counts:
    """How many of the compared reads marked each pixel of the frames of a drawing, and of those around it."""
    told: Counts = {}
    for read, content in case.inputs:
        own: dict[int, NDArray[np.uint8]] = {}
        for mark in marks_at(case, path, read, content):
            for index, picture in _painted(mark, where):
                own[index] = np.maximum(own[index], picture) if index in own else picture
        for index, picture in own.items():
            told[index] = told[index] + picture if index in told else picture
    return told


def marks_at(case: Labelled, path: str, read: str, content: Content) -> list[Mark]:
    """A read's marks that are the drawing at a path of the label."""
    kind, name, *rest = path.split("/")
    if kind == "fields":
        return _marks(content.get("fields", {}).get(name))
    ours = set(case.joined.get(name, {}).get(read, []))
    found = [one for one in content.get("findings", []) if one["id"] in ours]
    if rest:
        return [mark for one in found for mark in _marks(one.get("fields", {}).get(rest[-1]))]
    return [one["mark"] for one in found]


def _marks(value: Any) -> list[Mark]:
    return [value] if isinstance(value, dict) and "kind" in value else []


def _said(fields: Content, key: str) -> list[str]:
    value = fields.get(key)
    if isinstance(value, list):
        return [str(one) for one in value]
    if isinstance(value, dict):
        return ["not_assessable"]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [] if value is None else [str(value)]


def _painted(mark: Mark, where: Placed) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """A read's mark as pictures, if it lies in the same series."""
    region = region_of(mark)
    try:
        there = placed(mark, [where.stack])
        runs = covered(region, mark, there) if region else {}
    except NotPlaced:
        return
    for index, some in runs.items():
        frame = where.stack.frames[index]
        yield index, painted(some, frame.rows, frame.columns)
