"""Outlines as pixels: those whose centre lies inside, none counted twice."""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from imaging.out.raster import painted, runs_down, runs_of_rings
from tests.imaging.out.drawn import outlines

ROWS, COLUMNS = 14, 18


def covered(*rings: list[list[int]], pixel: int = 1000) -> set[tuple[int, int]]:
    runs = runs_of_rings(rings, ROWS, COLUMNS, pixel)
    return {(int(row), int(column)) for row, column in np.argwhere(painted(runs, ROWS, COLUMNS))}


@given(outlines())
def test_a_pixel_is_covered_if_its_centre_lies_inside(ring: list[list[int]]) -> None:
    outline = shapely.Polygon(ring)
    here = covered(ring)
    for row in range(ROWS):
        for column in range(COLUMNS):
            centre = shapely.Point(column * 1000 + 500, row * 1000 + 500)
            if not outline.boundary.intersects(centre):
                assert ((row, column) in here) == bool(outline.contains(centre))


@given(outlines(), st.integers(-2, 15_000))
def test_parts_of_an_outline_cover_it_together_and_share_nothing(ring: list[list[int]], at: int) -> None:
    outline = shapely.Polygon(ring)
    left = shapely.intersection(outline, shapely.box(-1000, -1000, at, 99_000), grid_size=1)
    right = shapely.intersection(outline, shapely.box(at, -1000, 99_000, 99_000), grid_size=1)
    if any(not isinstance(part, shapely.Polygon) or part.is_empty for part in (left, right)):
        return
    # The cut may move a crossing by half a thousandth of a pixel: only whole sides are shared exactly.
    halves = [covered([[int(x), int(y)] for x, y in part.exterior.coords[:-1]]) for part in (left, right)]
    assert not halves[0] & halves[1]


def test_pixels_on_the_left_and_upper_side_are_in_and_on_the_others_out() -> None:
    square = [[500, 500], [2500, 500], [2500, 2500], [500, 2500]]
    assert covered(square) == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert covered([[x * 1000, y * 1000] for x, y in square], pixel=1_000_000) == covered(square)


def test_a_hole_is_no_part_of_the_outline_and_what_lies_beyond_the_image_neither() -> None:
    ring = [[-5000, 0], [99_000, 0], [99_000, 99_000], [-5000, 99_000]]
    hole = [[0, 0], [1000, 0], [1000, 1000], [0, 1000]]
    assert len(covered(ring)) == ROWS * COLUMNS
    assert covered(ring) - covered(ring, hole) == {(0, 0)}
    assert not covered([[600, 600], [900, 600], [700, 900]])


def test_runs_that_touch_over_the_end_of_a_row_are_one() -> None:
    assert runs_of_rings([[[0, 0], [18_000, 0], [18_000, 2000], [0, 2000]]], ROWS, COLUMNS) == [0, 36]


def test_runs_are_counted_down_the_columns_for_coco() -> None:
    assert runs_down([0, 1, 4, 2], 2, 3) == [0, 1, 2, 1, 1, 1]
    assert runs_down([1, 2], 2, 2) == [1, 2, 1]
