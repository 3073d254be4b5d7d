"""Which answers must be there, which must not, and the rules between answers."""

from typing import Any

import pytest

from tests.workflow.labels.examples import SCALE, nodule, read_faults, read_with, read_with_findings
from workflow.labels.schema import LabelSchema

NOT_ASSESSABLE = {"not_assessable": True}


def test_a_required_answer_may_not_be_missing() -> None:
    assert read_faults(read_with(quality=None, signs=None)) == [
        ("/fields/quality", "missing_field"),
        ("/fields/signs", "missing_field"),
    ]


def test_not_assessable_is_an_answer_where_it_is_allowed() -> None:
    assert read_faults(read_with(grade=NOT_ASSESSABLE)) == []


def test_an_unknown_field_is_refused_and_its_path_escaped() -> None:
    assert read_faults(read_with(**{"a/b~c": 1})) == [("/fields/a~1b~0c", "unknown_field")]


def test_a_field_whose_condition_holds_is_required() -> None:
    assert read_faults(read_with(delay=None)) == [("/fields/delay", "missing_field")]


def test_a_field_whose_condition_does_not_hold_must_be_absent() -> None:
    assert read_faults(read_with(contrast=False)) == [("/fields/delay", "not_applicable")]
    assert read_faults(read_with(contrast=False, delay=None)) == []


@pytest.mark.parametrize("contrast", ["yes", None])
def test_a_fault_in_a_field_raises_no_second_fault_in_those_that_depend_on_it(contrast: Any) -> None:
    code = "wrong_kind" if contrast else "missing_field"
    assert read_faults(read_with(contrast=contrast)) == [("/fields/contrast", code)]
    assert read_faults(read_with(contrast=contrast, delay=None)) == [("/fields/contrast", code)]


def test_a_broken_rule_says_its_own_message_at_the_field_it_is_about() -> None:
    read = read_with_findings(nodule(calcification=5, pattern="solid"))
    assert read_faults(read) == [("/findings/0/fields/pattern", "rule_broken")]
    assert read_faults(read_with_findings(nodule(calcification=5))) == []


def test_a_rule_waits_until_its_fields_are_right() -> None:
    read = read_with_findings(nodule(calcification=5, pattern="odd"))
    assert read_faults(read) == [("/findings/0/fields/pattern", "unknown_category")]


def graded(**options: Any) -> dict[str, Any]:
    return {"kind": "ordinal", "label": "Grade", "categories": SCALE, "required": False, **options}


CHAIN = LabelSchema.parse(
    {
        "schema": "consilium/label-schema/v1",
        "fields": [
            graded(key="a", not_assessable=True),
            {**graded(key="b", when={"field": "a", "present": True}), "required": True},
            graded(key="c", when=[{"field": "a", "is": [1, 2]}, {"field": "b", "is": [3]}]),
            {**graded(key="many"), "kind": "multi"},
            graded(key="d", when={"field": "many", "is": [4]}),
        ],
        "rules": [
            {"when": {"field": "a", "is": [5]}, "then": {"field": "many", "present": True}, "message": "1."},
            {"when": {"field": "a", "is": [4]}, "then": {"field": "b", "is": [4, 5]}, "message": "2."},
        ],
    }
)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, []),
        ({"a": 1}, [("/fields/b", "missing_field")]),
        ({"a": NOT_ASSESSABLE}, []),
        ({"a": NOT_ASSESSABLE, "b": 1}, [("/fields/b", "not_applicable")]),
        ({"a": 1, "b": 3, "c": 1}, []),
        ({"a": 3, "b": 3, "c": 1}, [("/fields/c", "not_applicable")]),
        ({"a": 1, "b": 2, "c": 1}, [("/fields/c", "not_applicable")]),
        ({"b": 3, "c": 1}, [("/fields/b", "not_applicable"), ("/fields/c", "not_applicable")]),
        ({"a": 9, "b": 3, "c": 1}, [("/fields/a", "unknown_category")]),
        ({"many": [2, 4], "d": 1}, []),
        ({"many": [2], "d": 1}, [("/fields/d", "not_applicable")]),
        ({"a": 5, "b": 1}, [("/fields/many", "rule_broken")]),
        ({"a": 5, "b": 1, "many": []}, []),
        ({"a": 4, "b": 4}, []),
        ({"a": 4, "b": 3}, [("/fields/b", "rule_broken")]),
    ],
)
def test_conditions_and_rules_in_a_chain(answers: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert read_faults({"schema": "consilium/read/v1", "fields": answers}, CHAIN) == expected
