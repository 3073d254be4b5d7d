"""What differs clinically between two reads."""

from typing import Any

import pytest

from tests.workflow.labels.examples import BOX_3D, PARSED, READ, nodule, read_with, read_with_findings
from workflow.labels.differences import clinical_differences
from workflow.labels.validation import validate


def differences(a: dict[str, Any], b: dict[str, Any]) -> list[str]:
    one, other = validate(PARSED, a), validate(PARSED, b)
    assert clinical_differences(one, other) == clinical_differences(other, one)
    return clinical_differences(one, other)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (READ, []),
        (read_with(grade=3), ["/fields/grade"]),
        (read_with(remark="new", carina=None), ["/fields/carina", "/fields/remark"]),
        (read_with(contrast=False, delay=None), ["/fields/contrast", "/fields/delay"]),
        (read_with(delay="30"), []),
        ({**READ, "findings": READ["findings"][::-1]}, []),
        ({**READ, "findings": READ["findings"][:1]}, ["/findings/f2"]),
        ({**READ, "findings": []}, ["/findings/f1", "/findings/f2"]),
        ({key: value for key, value in READ.items() if key not in {"confidence", "flags"}}, []),
    ],
)
def test_the_paths_that_differ_from_the_example(other: dict[str, Any], expected: list[str]) -> None:
    assert differences(READ, other) == expected


def test_findings_are_compared_part_by_part_under_their_id() -> None:
    beside = {**BOX_3D, "min": [5000, 0], "max": [6000, 4000]}
    moved = {**beside, "max": [6001, 4000]}
    a = read_with_findings(nodule("a"), nodule("b", beside))
    b = read_with_findings(nodule("b", moved, pattern="solid"), nodule("a", None, calcification=3))
    assert differences(a, b) == [
        "/findings/a/fields/calcification",
        "/findings/b/fields/pattern",
        "/findings/b/mark",
    ]


def test_one_and_true_are_different_values() -> None:
    one = {"schema": "consilium/read/v1", "fields": {"a": 1}, "findings": []}
    assert clinical_differences(one, {**one, "fields": {"a": True}}) == ["/fields/a"]
