"""Marks to compare: one builder per kind, all movable by whole pixels, and a schema that asks for each kind."""

from typing import Any

PIXEL = 1000
ON = {"series": "1.2.3"}


def point(x: int, y: int = 0, **on: Any) -> dict[str, Any]:
    """A point, in thousandths of a pixel."""
    return {"kind": "point", "on": {**ON, **on}, "at": [x, y]}


def length(x: int, long: int = 10_000, y: int = 0, up: int = 0) -> dict[str, Any]:
    """A line from (x, y), `long` to the right and `up`."""
    return {"kind": "length", "on": ON, "from": [x, y], "to": [x + long, y + up]}


def ellipse(x: int, radii: tuple[int, int] = (5000, 3000), angle: int = 0, y: int = 9000) -> dict[str, Any]:
    """An ellipse about (x, y)."""
    return {"kind": "ellipse", "on": ON, "center": [x, y], "radii": list(radii), "angle_mdeg": angle}


def polygon(x: int, side: int = 10_000, y: int = 0, **on: Any) -> dict[str, Any]:
    """A square."""
    points = [[x, y], [x + side, y], [x + side, y + side], [x, y + side]]
    return {"kind": "polygon", "on": {**ON, **on}, "points": points}


def mask(x: int, side: int = 10, y: int = 0, slices: tuple[int, ...] = (4,)) -> dict[str, Any]:
    """A square of whole pixels on an image of 64 by 64, on each of the slices."""
    runs = [number for row in range(y, y + side) for number in (row * 64 + x, side)]
    drawn = [{"slice": one, "runs": runs} for one in slices]
    return {"kind": "mask", "on": ON, "rows": 64, "columns": 64, "slices": drawn}


def span(first: int, frames: int = 10) -> dict[str, Any]:
    """A span of so many frames."""
    return {"kind": "span", "on": ON, "frames": [first, first + frames - 1]}


KINDS = ("point", "length", "ellipse", "polygon", "mask", "span")
COMPARATORS: dict[str, dict[str, Any]] = {
    "point": {"distance": {"within": "3", "unit": "mm", "match_within": "6"}},
    "length": {"length": {"abs": "1", "rel": "0.1", "ends": "2", "match_within": "5", "unit": "mm"}},
    "ellipse": {"iou": {"at_least": "0.5"}},
    "polygon": {"dice": {"at_least": "0.8", "match_at": "0.3"}},
    "mask": {"mask": {"dice": "0.7", "hd95": "3", "nsd": "0.5", "tolerance": "2", "unit": "mm"}},
    "span": {"span_iou": {"at_least": "0.5"}},
}
AGGREGATES = {"polygon": "intersection", "mask": "union"}
SPACING = [{"x": "0.5", "y": "0.5", "z": "2.5"}]


def rule(kind: str, **more: Any) -> dict[str, Any]:
    """The rule of a field or finding of this kind."""
    aggregate = {"aggregate": AGGREGATES[kind]} if kind in AGGREGATES else {}
    return {"comparator": COMPARATORS[kind], **aggregate, **more}


def schema(required: tuple[str, ...] = ()) -> dict[str, Any]:
    """A label schema with a field and a type of finding of each kind."""
    return {
        "schema": "consilium/label-schema/v1",
        "fields": [
            {"key": f"the_{kind}", "kind": kind, "label": kind, "required": kind in required}
            for kind in KINDS
        ],
        "findings": {
            "max": 9,
            "types": [{"key": kind, "label": kind, "mark": {"kind": kind}} for kind in KINDS],
        },
    }


def protocol(kind: str, rule_of_reads: str = "2+1", count: int = 2, **more: Any) -> dict[str, Any]:
    """A protocol that compares a field and findings of this kind."""
    return {
        "schema": "consilium/protocol/v1",
        "reads": {"rule": rule_of_reads, "count": count},
        "safety_contact": {"none_because": "A test has no patients."},
        "fields": {f"the_{kind}": rule(kind, **more)},
        "findings": {kind: rule(kind, **more)},
    }


def content(*findings: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A read: findings are marks, fields by kind."""
    return {
        "schema": "consilium/read/v1",
        "fields": {f"the_{kind}": mark for kind, mark in fields.items()},
        "findings": [
            {"id": f"n{i}", "type": mark["kind"], "mark": mark, "fields": {}}
            for i, mark in enumerate(findings)
        ],
    }
