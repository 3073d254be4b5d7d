"""Polygons: simple outlines with an area, holes inside."""

from typing import Any

import pytest

from tests.workflow.labels.examples import FIELDS, PARSED, POLYGON, SQUARE, read_faults, read_with
from workflow.labels.schema import LabelSchema
from workflow.labels.validation import validate

BOUND = 10_000_000_000
SMALL = [[1000, 1000], [2000, 1000], [1000, 2000]]


def faults_of(**members: Any) -> list[tuple[str, str]]:
    faults = read_faults(read_with(lobe={**POLYGON, "holes": [], **members}))
    return [(path.removeprefix("/fields/lobe"), code) for path, code in faults]


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        (SQUARE, []),
        (SQUARE[::-1], []),
        (SQUARE[:2], [("/points", "bad_outline")]),
        ("round", [("/points", "bad_outline")]),
        ([[0, 0], [1, 1]] * 10_001, [("/points", "bad_outline")]),
        ([[0, 0], [5, 0], [-5, 5], "x"], [("/points/2", "bad_point"), ("/points/3", "bad_point")]),
        ([[0, 0], [5, 0], [9, 0]], [("/points", "no_area")]),
        ([[0, 0], [9, 9], [9, 0], [0, 8]], [("/points", "outline_crosses_itself")]),
        ([[0, 0], [9, 9], [9, 0], [0, 9]], [("/points", "no_area")]),
        ([*SQUARE, [0, 0]], [("/points/4", "repeated_point")]),
        ([SQUARE[0], *SQUARE], [("/points/0", "repeated_point")]),
        (
            [[0, 0], [0, 0], [0, 0]],
            [*((f"/points/{i}", "repeated_point") for i in range(3)), ("/points", "no_area")],
        ),
        ([[0, 0], [9, 0], [9, 9], [5, 0], [0, 9]], [("/points", "outline_crosses_itself")]),
        ([[0, 0], [BOUND, 0], [BOUND, 1]], []),
        (
            [[0, 0], [BOUND, BOUND], [BOUND - 1, BOUND - 1], [BOUND, BOUND - 1]],
            [("/points", "outline_crosses_itself")],
        ),
    ],
)
def test_an_outline_is_simple_and_has_an_area(points: Any, expected: list[tuple[str, str]]) -> None:
    assert faults_of(points=points) == expected


@pytest.mark.parametrize(
    ("holes", "expected"),
    [
        ([SMALL], []),
        ([[[x + 20000, y] for x, y in SMALL]], [("/holes", "bad_holes")]),
        ([[[x - 1000, y] for x, y in SMALL]], [("/holes", "bad_holes")]),
        ([SMALL, SMALL], [("/holes", "bad_holes")]),
        ([[[8000, 8000], [10000, 8000], [8000, 8500]]], [("/holes", "bad_holes")]),
        ([SMALL[:2], 5], [("/holes/0", "bad_outline"), ("/holes/1", "bad_outline")]),
        ([[[0, 0], [9, 9], [9, 0], [0, 8]]], [("/holes/0", "outline_crosses_itself")]),
        (5, [("/holes", "bad_holes")]),
        ([SMALL] * 201, [("/holes", "bad_holes")]),
    ],
)
def test_holes_are_simple_and_lie_inside(holes: Any, expected: list[tuple[str, str]]) -> None:
    assert faults_of(holes=holes) == expected


def test_faults_of_outline_and_holes_come_at_once() -> None:
    assert faults_of(points=[[0, 0]], holes=[[[0, 0], [5, 0], [9, 0]]]) == [
        ("/points", "bad_outline"),
        ("/holes/0", "no_area"),
    ]


def test_no_holes_are_left_out_of_the_normal_form() -> None:
    normal = validate(PARSED, read_with(lobe={**POLYGON, "holes": []}))
    assert "holes" not in normal["fields"]["lobe"]


def test_holes_are_refused_where_the_schema_allows_none() -> None:
    lobe = next(field for field in FIELDS if field["key"] == "lobe")
    field = {key: value for key, value in lobe.items() if key != "holes"}
    schema = LabelSchema.parse({"schema": "consilium/label-schema/v1", "fields": [field]})
    read = {"schema": "consilium/read/v1", "fields": {"lobe": POLYGON}}
    assert read_faults(read, schema) == [("/fields/lobe/holes", "holes_refused")]
