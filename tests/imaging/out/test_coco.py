"""COCO read by pycocotools: the same pixels, boxes and points."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from pycocotools.coco import COCO

from imaging.out.coco import annotations, category, picture
from imaging.out.frames import Stack
from imaging.out.labels import Choice, Concept, Drawing
from imaging.out.places import placed
from tests.imaging.out.drawn import masks, outlines
from tests.imaging.out.scans import drawing, multi_frame, oblique_ct, stack
from tests.imaging.out.written import pictures, pixels

# pycocotools 2.0 is older than numpy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
CT = stack(*oblique_ct(4, 14, 18))
MR = stack(multi_frame(4, 14, 18))


def read_back(drawn: Drawing, on: Stack) -> tuple[COCO, list[dict[str, Any]]]:
    """What pycocotools makes of one drawing; every frame is a picture of its own."""
    covered = pixels(drawn, on) if drawn.region else {}
    told = annotations(drawn, placed(drawn.mark, [on]), covered)
    marked = [one | {"id": n, "image_id": i, "category_id": 1} for n, (i, one) in enumerate(told, 1)]
    made = COCO()
    images = [picture(frame, on, i, "c") for i, frame in enumerate(on.frames)]
    made.dataset = {"images": images, "annotations": marked, "categories": [category(drawn, 1)]}
    made.createIndex()
    return made, marked


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mark=masks())
def test_a_mask_decodes_to_the_same_pixels(mark: dict[str, Any], tmp_path: Path) -> None:
    drawn = drawing(mark)
    for on in (CT, MR):
        made, marked = read_back(drawn, on)
        assert {one["image_id"] for one in marked} == pictures(drawn, on).keys()
        for one in marked:
            expected = pictures(drawn, on)[one["image_id"]]
            np.testing.assert_array_equal(made.annToMask(one), expected)
            rows, columns = np.argwhere(expected).T
            left, top = columns.min(), rows.min()
            assert one["bbox"] == [left, top, columns.max() - left + 1, rows.max() - top + 1]
            assert one["area"] == expected.sum()


@settings(max_examples=40, deadline=None)
@given(ring=outlines())
def test_an_outline_decodes_to_the_pixels_that_it_covers(ring: list[list[int]]) -> None:
    drawn = drawing({"kind": "polygon", "on": {"slices": [1, 2]}, "points": ring})
    made, marked = read_back(drawn, CT)
    for one in marked:
        np.testing.assert_array_equal(made.annToMask(one), pictures(drawn, CT)[one["image_id"]])
        assert one["outline"]["points"] == ring


def test_boxes_points_and_lines_are_told_in_pixels() -> None:
    where = Concept("99CONSILIUM", "where", "Where?")
    both = tuple(Choice("where", where, Concept("99CONSILIUM", one, one)) for one in ("left", "right"))
    mark = {"kind": "box", "on": {"slices": [0, 1]}, "min": [1250, 2000], "max": [6000, 9500]}
    box = drawing(mark, choices=both)
    made, marked = read_back(box, CT)
    assert [one["bbox"] for one in marked] == [[1.25, 2.0, 4.75, 7.5]] * 2
    assert made.annToMask(marked[0]).shape == (14, 18)
    assert marked[0]["answers"] == {"where": ["left", "right"]}
    line = drawing({"kind": "length", "on": {"frame": 2}, "from": [1500, 1000], "to": [2000, 3000]})
    made, (one,) = read_back(line, MR)
    assert one["keypoints"] == [1.5, 1.0, 2, 2.0, 3.0, 2]
    assert made.loadCats([1])[0]["keypoints"] == ["from", "to"]
    assert made.loadImgs(one["image_id"])[0]["frame"] == 2
