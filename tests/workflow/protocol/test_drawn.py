"""The comparators of marks in a protocol: completed, kept as they are, and refused with a clear fault."""

import pytest

from workflow.protocol.faults import ProtocolError
from workflow.protocol.protocol import Protocol

MINIMAL = {
    "schema": "consilium/protocol/v1",
    "reads": {"rule": "2+1", "count": 2},
    "safety_contact": {"acknowledge_within": "24h"},
}
SURFACE = {"dice": "0.8", "hd95": "5", "unit": "mm"}


def parsed(**sections):
    return Protocol.parse({**MINIMAL, **sections})


def faults_of(**sections):
    with pytest.raises(ProtocolError) as caught:
        parsed(**sections)
    return {(fault.path, fault.code) for fault in caught.value.faults}


@pytest.mark.parametrize(
    ("given", "completed"),
    [
        ({"distance": {"within": "3", "unit": "mm"}}, {"match_within": "3"}),
        ({"length": {"rel": "0.1", "ends": "5", "unit": "px"}}, {"match_within": "5"}),
        ({"iou": {"at_least": "0.5"}}, {"match_at": "0.1"}),
        ({"dice": {"at_least": "0.80"}}, {"match_at": "0.1"}),
        ({"span_iou": {"at_least": "0.5", "match_at": "0.2"}}, {}),
        ({"mask": SURFACE}, {"match_at": "0.1"}),
        ({"number": {"repeatability": "2.5"}}, {}),
    ],
)
def test_a_comparator_is_completed_and_parses_to_itself(given, completed):
    protocol = parsed(fields={"x": {"comparator": given}}, findings={"x": {"comparator": given}})
    [(name, bounds)] = given.items()
    document = protocol.document()
    assert document["fields"]["x"]["comparator"] == {name: {**bounds, **completed}}
    assert document["findings"]["x"]["comparator"] == {name: {**bounds, **completed}}
    assert Protocol.parse(document) == protocol


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"distance": {"within": "3"}}, "/distance", "required"),
        ({"distance": {"within": "3", "unit": "cm"}}, "/distance/unit", "enum"),
        (
            {"distance": {"within": "3", "unit": "px", "match_within": "2"}},
            "/distance/match_within",
            "match_below_within",
        ),
        ({"length": {"ends": "3", "unit": "px"}}, "/length", "anyOf"),
        ({"dice": {"at_least": "0.5", "match_at": "0.6"}}, "/dice/match_at", "match_above_at_least"),
        ({"mask": {"dice": "0.8", "unit": "mm"}}, "/mask", "anyOf"),
        ({"mask": {**SURFACE, "match_at": "0.9"}}, "/mask/match_at", "match_above_at_least"),
    ],
)
def test_a_comparator_with_a_fault_is_told_where(given, path, code):
    assert faults_of(fields={"x": {"comparator": given}}) == {(f"/fields/x/comparator{path}", code)}


def test_nsd_needs_its_tolerance():
    given = {"mask": {"dice": "0.8", "nsd": "0.9", "unit": "mm"}}
    [(path, _)] = faults_of(fields={"x": {"comparator": given}})
    assert path == "/fields/x/comparator/mask"


def test_staple_never_decides_a_critical_field_nor_speaks_of_two_reads():
    staple = {"comparator": {"mask": SURFACE}, "aggregate": "staple"}
    assert faults_of(fields={"x": {**staple, "unanimous": True}}) == {
        ("/fields/x/aggregate", "critical_weighted")
    }
    two = {"rule": "2+senior", "count": 2}
    assert faults_of(reads=two, fields={"x": staple}, findings={"y": staple}) == {
        ("/fields/x/aggregate", "staple_needs_three"),
        ("/findings/y/aggregate", "staple_needs_three"),
    }


def test_a_finding_says_once_how_its_marks_are_compared_and_always_which_stands():
    given = {"comparator": {"iou": {"at_least": "0.5"}}, "match_at": "0.1", "aggregate": "none"}
    assert faults_of(findings={"x": given}) == {
        ("/findings/x/comparator", "comparator_twice"),
        ("/findings/x/aggregate", "aggregate_missing"),
    }
