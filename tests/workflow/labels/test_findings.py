"""Findings: their ids, types, number, and marks against each other."""

from typing import Any

import pytest

from tests.workflow.labels.examples import (
    BOX_3D,
    NODULE,
    PARSED,
    POINT,
    READ,
    nodule,
    read_faults,
    read_with,
    read_with_findings,
)
from workflow.labels.schema import LabelSchema
from workflow.labels.validation import validate

ONLY_NODULES = LabelSchema.parse(
    {"schema": "consilium/label-schema/v1", "fields": [], "findings": {"min": 1, "types": [NODULE]}}
)
NO_FINDINGS = LabelSchema.parse(
    {
        "schema": "consilium/label-schema/v1",
        "fields": [{"key": "yes", "kind": "boolean", "label": "Yes?", "required": False}],
    }
)


def box(left: int, slices: list[int] | None = None, **on: Any) -> dict[str, Any]:
    place = {"series": "1.2", "slices": slices or [3, 6], **on}
    return {"kind": "box", "on": place, "min": [left, 0], "max": [left + 4000, 4000]}


def point(name: str, x: int) -> dict[str, Any]:
    return {"id": name, "type": "landmark", "mark": {**POINT, "at": [x, 0]}}


def test_the_only_type_is_filled_in() -> None:
    read = {
        "schema": "consilium/read/v1",
        "findings": [{"id": "a", "mark": BOX_3D, "fields": {"calcification": 1}}],
    }
    assert validate(ONLY_NODULES, read)["findings"][0]["type"] == "nodule"


def test_the_type_must_be_said_when_there_are_several() -> None:
    assert read_faults(read_with_findings({"id": "a", "mark": POINT})) == [("/findings/0/type", "missing")]


@pytest.mark.parametrize("kind", ["mass", 5, None, ["nodule"]])
def test_an_unknown_type_is_refused(kind: Any) -> None:
    read = read_with_findings({"id": "a", "type": kind, "mark": POINT})
    assert read_faults(read) == [("/findings/0/type", "unknown_type")]


def test_missing_and_unknown_members_of_a_finding_are_named() -> None:
    assert read_faults(read_with_findings({"type": "landmark", "colour": "red"}, 5)) == [
        ("/findings/0/id", "missing"),
        ("/findings/0/mark", "missing"),
        ("/findings/0/colour", "unknown_member"),
        ("/findings/1", "wrong_kind"),
    ]


@pytest.mark.parametrize("name", ["", "a b", "-a", "ä", "a" * 65, 5, None])
def test_an_id_is_a_short_ascii_name(name: Any) -> None:
    assert read_faults(read_with_findings({**point("a", 1), "id": name})) == [("/findings/0/id", "bad_id")]


def test_two_findings_may_not_share_an_id() -> None:
    read = read_with_findings(point("a", 1), point("b", 2), point("a", 3))
    assert read_faults(read) == [("/findings/2/id", "duplicate_id")]


def test_the_number_of_findings_is_bounded() -> None:
    read = read_with_findings(*(point(f"p{i}", i) for i in range(5)))
    assert read_faults(read) == [("/findings", "too_many_findings")]
    assert read_faults({"schema": "consilium/read/v1"}, ONLY_NODULES) == [("/findings", "too_few_findings")]


def test_a_schema_without_findings_refuses_them() -> None:
    read = {"schema": "consilium/read/v1", "findings": [nodule()]}
    assert read_faults(read, NO_FINDINGS) == [("/findings", "findings_refused")]
    assert read_faults({**read, "findings": []}, NO_FINDINGS) == []


def test_the_same_mark_twice_is_refused() -> None:
    read = read_with_findings(point("a", 1), point("b", 2), point("c", 1))
    assert read_faults(read) == [("/findings/2/mark", "duplicate_mark")]


def test_the_same_mark_may_carry_findings_of_two_types() -> None:
    both = [{**NODULE, "key": "nodule"}, {**NODULE, "key": "scar"}]
    document = {"schema": "consilium/label-schema/v1", "fields": [], "findings": {"types": both}}
    read = {"schema": "consilium/read/v1", "findings": [nodule("a"), {**nodule("b"), "type": "scar"}]}
    assert read_faults(read, LabelSchema.parse(document)) == []


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (box(0), [("/findings/1/mark", "duplicate_mark")]),
        (box(1000), [("/findings/1/mark", "overlapping_marks")]),
        (box(2000), []),
        (box(0, [3, 7]), [("/findings/1/mark", "overlapping_marks")]),
        (box(0, [5, 8]), []),
        (box(0, [7, 9]), []),
        (box(0, series="1.3"), []),
    ],
)
def test_two_marks_of_a_type_may_overlap_only_so_far(
    other: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert read_faults(read_with_findings(nodule("a", box(0)), nodule("b", other))) == expected


def test_an_overlap_at_the_bound_is_allowed() -> None:
    larger = {**box(0), "max": [8000, 4000]}
    assert read_faults(read_with_findings(nodule("a", box(0)), nodule("b", larger))) == []


def test_faults_in_several_findings_come_at_once() -> None:
    bad_box = {**BOX_3D, "min": [4000, 0]}
    read = read_with(grade=7) | {
        "findings": [
            nodule("a", calcification=9),
            nodule("a", bad_box, odd=1),
            {**point("p", 1), "type": "x"},
        ]
    }
    assert read_faults(read) == [
        ("/fields/grade", "unknown_category"),
        ("/findings/0/fields/calcification", "unknown_category"),
        ("/findings/1/mark", "box_min_not_below_max"),
        ("/findings/1/fields/odd", "unknown_field"),
        ("/findings/2/type", "unknown_type"),
        ("/findings/1/id", "duplicate_id"),
    ]


def test_findings_keep_their_order() -> None:
    normal = validate(PARSED, {**READ, "findings": READ["findings"][::-1]})
    assert [finding["id"] for finding in normal["findings"]] == ["f2", "f1"]
