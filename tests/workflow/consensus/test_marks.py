"""Each kind of mark as a field: what agrees, what stands for the reads, and what nobody may decide."""

from fractions import Fraction

import pytest

from tests.workflow.consensus.marks import (
    COMPARATORS,
    SPACING,
    ellipse,
    length,
    mask,
    point,
    polygon,
    rule,
    span,
)
from workflow.consensus.answers import FieldRead, decoded
from workflow.consensus.fields import decide_field
from workflow.consensus.rules import rule_for
from workflow.consensus.spacing import Scale, scale_from, scale_of, spacing_faults
from workflow.protocol.fieldrules import field_rule_from
from workflow.protocol.sections import Reads

TWO_PLUS_ONE = Reads("2+1", 2, 3)
SENIOR = Reads("2+senior", 2, 2)
THREE = Reads("majority", 3, 3)
HALF_MM = scale_from(SPACING)
PX = {"comparator": {"distance": {"within": "3", "unit": "px"}}}


def decide(kind, values, stated=None, reads=TWO_PLUS_ONE, scale=HALF_MM):
    found = rule_for(kind, field_rule_from(stated or rule(kind)), reads)
    given = [FieldRead(f"r{n}", decoded(kind, value, scale)) for n, value in enumerate(values)]
    return decide_field(kind, found, given)


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("point", [point(0), point(6000)], point(3000)),
        ("point", [point(0), point(6001)], None),
        ("point", [point(0), point(0, sop="1.9")], None),
        ("point", [point(0), point(20_000), point(1)], point(1)),
        ("length", [length(0), length(0, 12_000)], length(0, 11_000)),
        ("length", [length(0), length(0, 12_400)], None),
        ("length", [length(0), length(4001)], None),
        ("length", [length(0), {**length(0), "from": [10_000, 0], "to": [0, 0]}], length(0)),
        ("length", [length(0, 2000), length(0, 0, up=2000)], None),
        ("ellipse", [ellipse(9000), ellipse(9000)], ellipse(9000)),
        ("ellipse", [ellipse(9000), ellipse(9501)], ellipse(9251)),
        ("ellipse", [ellipse(9000, angle=10_000), ellipse(9000, angle=170_000)], "turned"),
        ("ellipse", [ellipse(9000), ellipse(15_000)], None),
        ("polygon", [polygon(0), polygon(2000)], "shared"),
        ("polygon", [polygon(0), polygon(2001)], None),
        ("polygon", [polygon(0), polygon(90_000)], None),
        ("polygon", [polygon(0, slices=[3, 4]), polygon(0, slices=[3, 4])], polygon(0, slices=[3, 4])),
        ("polygon", [polygon(0, slices=[3, 4]), polygon(0, slices=[3, 5])], None),
        ("mask", [mask(0), mask(0)], mask(0)),
        ("mask", [mask(0, 9), mask(0, 10)], mask(0, 10)),
        ("mask", [mask(0), mask(4)], None),
        ("mask", [mask(0), mask(30)], None),
        ("span", [span(10), span(13)], span(12)),
        ("span", [span(10), span(14)], None),
        ("span", [span(10), span(11), span(12)], span(11)),
    ],
)
def test_marks_agree_within_their_bounds_and_one_mark_stands_for_them(kind, values, expected):
    decision = decide(kind, values)
    if expected is None:
        assert (decision.state, decision.value) == ("request_read", None)
    elif expected == "shared":
        points = decision.value.mark["points"]
        assert sorted(points) == [[2000, 0], [2000, 10_000], [10_000, 0], [10_000, 10_000]]
    elif expected == "turned":
        # Of two ellipses turned by as much to either side the mean lies straight, and is a little rounder.
        mark = decision.value.mark
        assert mark["angle_mdeg"] == 0
        assert 3000 < mark["radii"][1] < mark["radii"][0] < 5000
    else:
        assert (decision.state, decision.value.mark) == ("accept", expected)
    assert decision.detail == (
        {} if expected is None else {"held": 2 + (decision.held == 3), "of": len(values)}
    )


@pytest.mark.parametrize("kind", ["point", "length", "mask"])
def test_without_a_spacing_nothing_is_measured_in_mm_and_the_senior_is_asked(kind):
    one, other = {
        "point": (point(0), point(1000)),
        "length": (length(0), length(1000)),
        "mask": (mask(0), mask(1)),
    }[kind]
    decision = decide(kind, [one, other], scale=Scale())
    assert (decision.state, decision.reason) == ("escalate", "not measurable: no pixel spacing is known")
    assert decide(kind, [one, one], scale=Scale()).state == "accept"


def test_masks_too_large_to_measure_go_to_the_senior_at_once():
    def huge(pixels):
        drawn = [{"slice": 0, "runs": [0, pixels]}]
        return {"kind": "mask", "on": {}, "rows": 100_000, "columns": 100_000, "slices": drawn}

    decision = decide("mask", [huge(10**10), huge(10**10 - 1)], scale=scale_from([{"x": "1", "y": "1"}]))
    assert (decision.state, decision.reason) == (
        "escalate",
        "not measurable: the masks span too many voxels",
    )


def test_distances_in_pixels_need_no_spacing():
    assert decide("point", [point(0), point(3000)], PX, scale=Scale()).numbers[0].number == 3
    assert decide("point", [point(0), point(3001)], PX, scale=Scale()).state == "request_read"


def test_columns_rows_and_slices_have_each_their_own_spacing():
    uneven = scale_from([{"x": "1", "y": "2", "z": "4"}])
    far = {"comparator": {"distance": {"within": "9", "unit": "mm"}}}
    assert decide("point", [point(0), point(3000, 2000)], far, scale=uneven).numbers[0].number == 5
    assert decide("length", [length(0), length(0, up=-9000)], scale=uneven).numbers[0].measures == (
        ("ends", 18),
    )
    for other, apart in ((mask(3), 3), (mask(0, y=3), 6), (mask(0, slices=(5,)), 4)):
        [pair] = decide("mask", [mask(0), other], scale=uneven).numbers
        assert dict(pair.measures)["hd95"] == apart


def test_masks_through_slices_need_the_spacing_between_them():
    deep = [mask(0, slices=(4, 5, 6)), mask(1, slices=(4, 5, 6))]
    assert decide("mask", deep).state == "accept"
    flat = scale_from([{"x": "0.5", "y": "0.5"}])
    assert decide("mask", deep, scale=flat).reason == "not measurable: no pixel spacing is known"


def test_masks_that_overlap_enough_may_still_lie_too_far_apart():
    spiked = mask(0, 20)
    spiked["slices"][0]["runs"][1] = 60
    [pair] = decide("mask", [mask(0, 20), spiked]).numbers
    assert pair.number > Fraction(7, 10)
    assert dict(pair.measures)["hd95"] > 3
    assert not pair.agree


def test_a_majority_of_two_masks_is_left_open_and_a_third_read_closes_it():
    majority = rule("mask", aggregate="majority")
    two = [mask(0), mask(1)]
    assert decide("mask", two, majority).reason == "majority leaves it open"
    assert decide("mask", two, majority).state == "request_read"
    assert decide("mask", two, majority, SENIOR).state == "escalate"
    three = decide("mask", [*two, mask(2)], majority)
    assert (three.state, three.value.mark) == ("accept", mask(1))


def test_a_majority_of_three_outlines_is_what_two_of_them_cover():
    majority = rule("polygon", aggregate="majority")
    settled = decide("polygon", [polygon(0), polygon(1000), polygon(2000)], majority)
    assert sorted(settled.value.mark["points"]) == sorted(polygon(1000)["points"])
    assert decide("polygon", [polygon(0), polygon(1000)], majority).state == "request_read"


def test_an_outline_that_falls_apart_goes_up():
    loose = {"comparator": {"iou": {"at_least": "0.2"}}, "aggregate": "intersection"}
    bar = {**polygon(0), "points": [[0, 0], [30_000, 0], [30_000, 10_000], [0, 10_000]]}
    bridge = [[0, 0], [9000, 0], [9000, 20_000], [21_000, 20_000], [21_000, 0], [30_000, 0]]
    arch = {**polygon(0), "points": [*bridge, [30_000, 30_000], [0, 30_000]]}
    decision = decide("polygon", [bar, arch], loose, SENIOR)
    assert (decision.state, decision.reason) == ("escalate", "intersection leaves it open")


def test_staple_needs_three_reads_and_gives_their_probable_mask():
    stated = rule("mask", aggregate="staple")
    assert decide("mask", [mask(0), mask(1)], stated).state == "request_read"
    settled = decide("mask", [mask(0), mask(0), mask(1)], stated, THREE)
    assert (settled.state, settled.held) == ("accept", 3)
    assert settled.value.mark == mask(0)


def test_grades_report_both_medians_whichever_is_declared():
    grades = {"comparator": {"ordinal": {"within": 1}}}
    for declared, value in (("low", 3), ("high", 4)):
        decision = decide("ordinal", [3, 4], {**grades, "median": declared})
        assert (decision.value, decision.detail["medians"]) == (value, {"low": 3, "high": 4})


@pytest.mark.parametrize(
    ("bounds", "state"),
    [
        ({"abs": "1", "rel": "0.01", "repeatability": "2.5"}, "accept"),
        ({"repeatability": "2.4"}, "request_read"),
    ],
)
def test_measurements_agree_within_their_repeatability(bounds, state):
    assert decide("number", ["20.0", "22.5"], {"comparator": {"number": bounds}}).state == state


def test_boxes_tell_how_many_reads_their_mean_is_made_of():
    def box(x):
        return {"kind": "box", "on": {}, "min": [x, 0], "max": [x + 1000, 1000]}

    decision = decide("box", [box(0), box(9000), box(10)], {"comparator": {"box_iou": {"at_least": "0.5"}}})
    assert decision.detail == {"held": 2, "of": 3}


@pytest.mark.parametrize("kind", sorted(COMPARATORS))
def test_a_mark_that_only_one_could_assess_goes_up(kind):
    mark = {"point": point, "length": length, "ellipse": ellipse}.get(kind)
    drawn = mark(0) if mark else {"polygon": polygon, "mask": mask, "span": span}[kind](1)
    decision = decide(kind, [drawn, {"not_assessable": True}])
    assert (decision.state, decision.reason) == ("escalate", "assessability disputed")
    assert decide(kind, [drawn, None]).state == "request_read"
    assert decide(kind, [None, None]).state == "accept"


def test_the_spacing_of_a_series_goes_before_the_spacing_of_the_case():
    scale = scale_of({"spacing": [{"x": "1", "y": "1"}, {"series": "1.2.3", "x": "0.1", "y": "0.1"}]})
    assert scale.of({"series": "1.2.3"}).x == Fraction(1, 10)
    assert scale.of({"series": "9"}).x == scale.of({}).x == 1
    assert scale_of({"spacing": "1 mm"}).of({}) is None


@pytest.mark.parametrize(
    ("given", "paths"),
    [
        ([], []),
        ("1 mm", [""]),
        ([{"x": "0.5"}], ["/0"]),
        ([{"x": "0.5", "y": "0", "z": 3}], ["/0/y", "/0/z"]),
        ([{"x": "1", "y": "1"}, {"x": "2", "y": "2"}], [""]),
        ([{"x": "1", "y": "1", "series": 5}], ["/0/series"]),
    ],
)
def test_a_spacing_with_faults_is_refused_with_their_places(given, paths):
    assert [path for path, _ in spacing_faults(given)] == paths
