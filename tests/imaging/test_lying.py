"""The order in which frames lie: along the normal where every one says where it is, else as the files are numbered."""

from typing import Any

from imaging.lying import in_order
from tests.imaging.test_grid import AXIAL, TILTED, slices


def test_slices_lie_along_the_normal_whatever_their_files_order() -> None:
    for directions in (AXIAL, TILTED):
        assert in_order(slices(5.0, 0.0, 2.5, directions=directions)) == [(1, 1), (2, 1), (0, 1)]


def test_frames_of_one_file_lie_where_each_says() -> None:
    places = [["0", "0", str(along)] for along in (2, 1, 3)]
    film: dict[str, Any] = {"orientation": AXIAL, "frame_positions": places, "frames": 3}
    assert in_order([film]) == [(0, 2), (0, 1), (0, 3)]


def test_one_that_does_not_say_where_it_lies_leaves_all_as_they_are_numbered() -> None:
    facts = slices(5.0, 0.0)
    assert in_order([*facts, {"frames": 2}]) == [(0, 1), (1, 1), (2, 1), (2, 2)]
    assert in_order([{"frames": 2}]) == [(0, 1), (0, 2)]
    assert in_order([]) == []
