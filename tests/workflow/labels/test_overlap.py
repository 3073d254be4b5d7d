"""Intersection over union, exact, and the sameness of marks."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflow.labels.examples import BOX, LENGTH, MASK, POINT, POLYGON
from tests.workflow.labels.strategies import boxes, masks, polygons
from workflow.labels.overlap import identity, iou, iou_milli

VECTORS = json.loads((Path(__file__).parents[2] / "vectors/boxes.json").read_text())["iou_2d"]


def box(x0: int, y0: int, x1: int, y1: int, **on: Any) -> dict[str, Any]:
    return {"kind": "box", "on": on, "min": [x0, y0], "max": [x1, y1]}


def outline(mark: dict[str, Any]) -> dict[str, Any]:
    (x0, y0), (x1, y1) = mark["min"], mark["max"]
    points = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
    return {"kind": "polygon", "on": mark["on"], "points": points}


def pixels(mark: dict[str, Any]) -> set[tuple[int, int]]:
    return {
        (one["slice"], pixel)
        for one in mark["slices"]
        for start, length in zip(one["runs"][::2], one["runs"][1::2], strict=True)
        for pixel in range(start, start + length)
    }


@pytest.mark.parametrize("vector", [one for one in VECTORS if one["format"] == "x0,y0,x1,y1 continuous"])
def test_boxes_and_their_outlines_give_the_published_iou(vector: dict[str, Any]) -> None:
    a, b = (box(*(round(1000 * side) for side in vector[name])) for name in ("a", "b"))
    expected = pytest.approx(vector["iou"]["value"], abs=1e-9)
    assert float(iou(a, b)) == expected
    assert float(iou(outline(a), outline(b))) == expected


def test_the_iou_of_boxes_is_exact_at_any_size() -> None:
    huge = 10_000_000_000
    assert iou(box(0, 0, huge, huge), box(0, 0, huge, huge - 1)) == Fraction(huge - 1, huge)


def test_slices_count_as_the_third_side_of_a_box() -> None:
    a, b = box(0, 0, 2, 2, slices=[0, 3]), box(0, 0, 2, 2, slices=[2, 5])
    assert iou(a, b) == Fraction(1, 3)
    assert iou(outline(a), outline(b)) == Fraction(1, 3)


def test_holes_are_not_covered() -> None:
    hole = {"kind": "polygon", "on": {}, "points": POLYGON["holes"][0]}
    whole = {"kind": "polygon", "on": {}, "points": POLYGON["points"]}
    assert iou(POLYGON, hole) == 0
    assert iou(POLYGON, whole) == 1 - iou(whole, hole)


@pytest.mark.parametrize(
    "other",
    [
        {**BOX, "on": {"series": "1"}},
        {**BOX, "on": {"frame": 2}},
        {**BOX, "on": {"slices": [0, 0]}},
        outline(BOX),
        MASK,
        POINT,
    ],
)
def test_marks_on_different_images_or_of_different_kinds_share_nothing(other: dict[str, Any]) -> None:
    assert iou(BOX, other) == iou(other, BOX) == 0


def test_masks_of_images_of_different_size_share_nothing() -> None:
    assert iou(MASK, {**MASK, "rows": 5}) == 0


def test_thousandths_are_rounded_down() -> None:
    assert iou_milli(box(0, 0, 3, 1), box(0, 0, 2, 1)) == 666
    assert iou_milli(BOX, BOX) == 1000


def test_points_cover_nothing_but_may_be_the_same() -> None:
    assert iou(POINT, POINT) == 0
    assert identity(POINT) == identity(dict(reversed(POINT.items())))


def test_the_same_line_drawn_backwards_is_the_same() -> None:
    assert identity(LENGTH) == identity({**LENGTH, "from": LENGTH["to"], "to": LENGTH["from"]})


def test_the_same_outline_begun_elsewhere_is_the_same() -> None:
    points = POLYGON["points"]
    turned = {**POLYGON, "points": [*points[2:], *points[:2]][::-1]}
    assert identity(POLYGON) == identity(turned)
    assert identity(POLYGON) != identity({**turned, "holes": []})
    assert identity(POLYGON) != identity({**turned, "on": {"frame": 1}})


@settings(max_examples=60, deadline=None)
@given(st.one_of(*(st.tuples(kind, kind) for kind in (boxes(), polygons(), masks()))))
def test_iou_is_symmetric_between_nothing_and_one(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    a, b = pair
    assert 0 <= iou(a, b) <= 1
    assert float(iou(a, b)) == pytest.approx(float(iou(b, a)), abs=1e-12)
    assert float(iou(a, a)) == pytest.approx(1, abs=1e-12)


@settings(max_examples=100, deadline=None)
@given(masks(), masks())
def test_the_iou_of_masks_counts_pixels(a: dict[str, Any], b: dict[str, Any]) -> None:
    one, other = pixels(a), pixels(b)
    assert iou(a, b) == Fraction(len(one & other), len(one | other))
