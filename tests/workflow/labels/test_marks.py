"""Marks: where they lie, and the geometry of the simple kinds."""

from typing import Any

import pytest

from tests.workflow.labels.examples import (
    BOX,
    BOX_3D,
    DRAWN,
    ELLIPSE,
    LENGTH,
    POINT,
    SPAN,
    nodule,
    read_faults,
    read_with,
    read_with_findings,
)

BOUND = 10_000_000_000


@pytest.mark.parametrize("key", DRAWN)
@pytest.mark.parametrize("mark", [None, [], "here", 5, True])
def test_a_mark_is_an_object(key: str, mark: Any) -> None:
    read = read_with()
    read["fields"][key] = mark
    assert read_faults(read) == [(f"/fields/{key}", "wrong_kind")]


@pytest.mark.parametrize("key", DRAWN)
def test_a_mark_of_another_kind_is_refused(key: str) -> None:
    other = {"kind": "point" if key != "carina" else "box"}
    assert read_faults(read_with(**{key: other})) == [(f"/fields/{key}/kind", "wrong_mark_kind")]


@pytest.mark.parametrize("key", DRAWN)
def test_every_missing_and_unknown_member_is_named(key: str) -> None:
    bare = {"kind": DRAWN[key]["kind"], "colour": "red"}
    missing = sorted(DRAWN[key].keys() - {"kind", "holes"})
    faults = [(f"/fields/{key}/{name}", "missing") for name in missing]
    assert read_faults(read_with(**{key: bare})) == [*faults, (f"/fields/{key}/colour", "unknown_member")]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (5, [("", "wrong_kind")]),
        ({"patient": "x"}, [("/patient", "unknown_member")]),
        ({"series": "1.2.x", "sop": 5}, [("/series", "bad_uid"), ("/sop", "bad_uid")]),
        ({"series": "1" * 65}, [("/series", "bad_uid")]),
        ({"frame": 0}, [("/frame", "bad_frame")]),
        ({"frame": True}, [("/frame", "bad_frame")]),
        ({"slices": [2, 1]}, [("/slices", "range_not_rising")]),
        ({"slices": [-1, 1]}, [("/slices", "bad_range")]),
        ({"slices": [1]}, [("/slices", "bad_range")]),
        ({"slices": 1}, [("/slices", "bad_range")]),
        ({"series": "1.2.840.10008", "sop": "2.25.1", "frame": 1, "slices": [0, 0]}, []),
    ],
)
def test_where_a_mark_lies(on: Any, expected: list[tuple[str, str]]) -> None:
    faults = read_faults(read_with(carina={**POINT, "on": on}))
    assert faults == [(f"/fields/carina/on{path}", code) for path, code in expected]


@pytest.mark.parametrize(
    "at", [[0], [0, 0, 0], [-1, 0], [0, BOUND + 1], ["0", 0], [True, 0], {"x": 0}, None, 5]
)
def test_a_point_is_two_whole_numbers_inside_the_bound(at: Any) -> None:
    assert read_faults(read_with(carina={**POINT, "at": at})) == [("/fields/carina/at", "bad_point")]


def test_a_coordinate_with_a_decimal_point_is_refused_where_it_stands() -> None:
    faults = read_faults(read_with(carina={**POINT, "at": [1.5, 0]}))
    assert ("/fields/carina/at/0", "float_refused") in faults


@pytest.mark.parametrize("at", [[0, 0], [BOUND, BOUND]])
def test_the_bounds_themselves_are_inside(at: list[int]) -> None:
    assert read_faults(read_with(carina={**POINT, "at": at})) == []


def test_a_length_needs_two_different_ends() -> None:
    assert read_faults(read_with(heart={**LENGTH, "to": [0, 0]})) == [("/fields/heart", "no_length")]
    assert read_faults(read_with(heart={**LENGTH, "from": 5, "to": [0]})) == [
        ("/fields/heart/from", "bad_point"),
        ("/fields/heart/to", "bad_point"),
    ]


@pytest.mark.parametrize("corner", [[4000, 0], [0, 4000], [5000, 5000]])
def test_a_box_has_a_width_and_a_height(corner: list[int]) -> None:
    assert read_faults(read_with(region={**BOX, "min": corner})) == [
        ("/fields/region", "box_min_not_below_max")
    ]


def test_a_flat_box_names_no_slices() -> None:
    flat = {**BOX, "on": {"slices": [1, 2]}}
    assert read_faults(read_with(region=flat)) == [("/fields/region/on/slices", "slices_refused")]


def test_a_box_through_slices_names_them() -> None:
    read = read_with_findings(nodule(mark={**BOX_3D, "on": {"series": "1.2"}}))
    assert read_faults(read) == [("/findings/0/mark/on/slices", "missing")]


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"center": [1]}, "/center", "bad_point"),
        ({"radii": [0, 5]}, "/radii", "bad_radii"),
        ({"radii": [5]}, "/radii", "bad_radii"),
        ({"radii": [5, -1]}, "/radii", "bad_radii"),
        ({"angle_mdeg": 180000}, "/angle_mdeg", "bad_angle"),
        ({"angle_mdeg": -1}, "/angle_mdeg", "bad_angle"),
        ({"angle_mdeg": "5"}, "/angle_mdeg", "bad_angle"),
    ],
)
def test_an_ellipse_has_radii_and_an_angle(change: dict[str, Any], path: str, code: str) -> None:
    assert read_faults(read_with(lens={**ELLIPSE, **change})) == [(f"/fields/lens{path}", code)]


@pytest.mark.parametrize(
    ("frames", "code"), [([0, 5], "bad_range"), ([5, 4], "range_not_rising"), ([1, 2, 3], "bad_range")]
)
def test_a_span_counts_frames_from_one(frames: list[int], code: str) -> None:
    assert read_faults(read_with(beat={**SPAN, "frames": frames})) == [("/fields/beat/frames", code)]


def test_several_faults_of_one_mark_come_at_once() -> None:
    mark = {"kind": "ellipse", "on": {"frame": 0}, "center": [1], "radii": 5, "colour": 1}
    assert read_faults(read_with(lens=mark)) == [
        ("/fields/lens/angle_mdeg", "missing"),
        ("/fields/lens/colour", "unknown_member"),
        ("/fields/lens/on/frame", "bad_frame"),
        ("/fields/lens/center", "bad_point"),
        ("/fields/lens/radii", "bad_radii"),
    ]
