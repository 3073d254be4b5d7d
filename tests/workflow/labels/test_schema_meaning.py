"""Faults of meaning in a label schema: what no JSON Schema can say."""

import copy
from typing import Any

import pytest

from tests.workflow.labels.examples import LANDMARK, NODULE, RULE, SCALE, SCHEMA, field_faults, schema_faults
from workflow.labels.schema import LabelSchema

WIDTH = {"key": "wide", "kind": "number", "label": "W", "unit": "mm", "decimals": 0, "max": "9"}
YES = {"key": "yes", "kind": "boolean", "label": "Yes?"}
CHOICE = {"key": "choice", "kind": "ordinal", "label": "Choice", "categories": SCALE}


def faults_of_fields(*fields: dict[str, Any]) -> list[tuple[str, str]]:
    return schema_faults({"schema": "consilium/label-schema/v1", "fields": list(fields)})


def varied(**members: Any) -> dict[str, Any]:
    return copy.deepcopy(SCHEMA) | members


def test_two_fields_may_not_share_a_key() -> None:
    assert faults_of_fields(YES, CHOICE, YES) == [("/fields/2/key", "duplicate_key")]


def test_two_types_of_finding_may_not_share_a_key() -> None:
    document = varied(findings={"types": [NODULE, LANDMARK, NODULE]})
    assert schema_faults(document) == [("/findings/types/2/key", "duplicate_key")]


def test_the_fields_of_a_finding_type_are_checked_too() -> None:
    kind = {**NODULE, "fields": [YES, YES]}
    document = varied(findings={"types": [kind]}, rules=[])
    assert schema_faults(document) == [("/findings/types/0/fields/1/key", "duplicate_key")]


def test_a_case_and_a_finding_may_use_the_same_key() -> None:
    kind = {**NODULE, "fields": [YES]}
    assert schema_faults(varied(fields=[YES], findings={"types": [kind]}, rules=[])) == []


def test_one_and_the_text_one_may_not_both_be_categories() -> None:
    categories = [{"value": 1, "label": "A"}, {"value": "1", "label": "B"}]
    field = {"key": "a", "kind": "nominal", "label": "A", "categories": categories}
    assert field_faults(field) == [("/categories/1/value", "duplicate_value")]


def test_two_categories_may_not_look_the_same() -> None:
    categories = [{"value": 1, "label": "A"}, {"value": 2, "label": "A"}]
    field = {"key": "a", "kind": "nominal", "label": "A", "categories": categories}
    assert field_faults(field) == [("/categories/1/label", "duplicate_label")]


def test_ordinal_values_rise() -> None:
    field = {**CHOICE, "categories": [SCALE[2], SCALE[0], SCALE[1]]}
    assert field_faults(field) == [("/categories/1/value", "not_rising")]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"min": "5", "max": "5"}, [("/min", "min_not_below_max")]),
        ({"min": "-1", "max": "-2"}, [("/min", "min_not_below_max")]),
        ({"min": "0.25"}, [("/min", "too_many_decimals")]),
        ({"min": "-0.5", "max": "0.5"}, []),
    ],
)
def test_the_bounds_of_a_number(options: dict[str, str], expected: list[tuple[str, str]]) -> None:
    field = {"key": "a", "kind": "number", "label": "A", "unit": "mm", "decimals": 1, **options}
    assert field_faults(field) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"min": 2, "max": 1}, [("/min", "min_above_max")]),
        ({"max": 6}, [("/max", "out_of_range")]),
        ({"min": 6}, [("/min", "min_above_max")]),
        ({"min": 5, "max": 5}, []),
    ],
)
def test_the_bounds_of_a_multi_field(options: dict[str, int], expected: list[tuple[str, str]]) -> None:
    field = {"key": "a", "kind": "multi", "label": "A", "categories": SCALE, **options}
    assert field_faults(field) == expected


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ({"field": "nowhere", "present": True}, "unknown_field"),
        ({"field": "last", "present": True}, "condition_not_earlier"),
        ({"field": "asked", "present": True}, "condition_not_earlier"),
        ({"field": "yes", "is": [1]}, "unknown_value"),
        ({"field": "choice", "is": [2, 9]}, "unknown_value"),
        ({"field": "choice", "is": [True]}, "unknown_value"),
        ({"field": "note", "is": ["x"]}, "condition_not_comparable"),
    ],
)
def test_a_condition_asks_an_earlier_field_for_a_value_that_it_can_have(
    condition: dict[str, Any], code: str
) -> None:
    note = {"key": "note", "kind": "text", "label": "Note", "max_length": 9}
    asked = {"key": "asked", "kind": "boolean", "label": "Asked?", "when": condition}
    last = {"key": "last", "kind": "boolean", "label": "Last?"}
    assert faults_of_fields(YES, CHOICE, note, asked, last) == [("/fields/3/when", code)]


def test_a_cycle_of_conditions_is_refused() -> None:
    one = {"key": "one", "kind": "boolean", "label": "1", "when": {"field": "two", "present": True}}
    two = {"key": "two", "kind": "boolean", "label": "2", "when": {"field": "one", "present": True}}
    assert faults_of_fields(one, two) == [("/fields/0/when", "condition_not_earlier")]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({**RULE, "when": {"field": "calcification", "is": [9]}}, [("/rules/0/when", "unknown_value")]),
        ({**RULE, "then": {"field": "nowhere", "absent": True}}, [("/rules/0", "unknown_field")]),
        ({**RULE, "then": {"field": "contrast", "absent": True}}, [("/rules/0", "fields_apart")]),
        ({**RULE, "then": {"field": "pattern", "is": ["x"]}}, [("/rules/0/then", "unknown_value")]),
    ],
)
def test_a_rule_speaks_of_fields_that_stand_together(
    rule: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert schema_faults(varied(rules=[rule])) == expected


def test_overlap_can_be_bounded_for_areas_only_and_below_one() -> None:
    types = [{**LANDMARK, "overlap": {"max_iou": "1"}}]
    assert schema_faults(varied(findings={"types": types}, rules=[])) == [
        ("/findings/types/0/overlap", "overlap_not_measured"),
        ("/findings/types/0/overlap/max_iou", "out_of_range"),
    ]


@pytest.mark.parametrize("counts", [{"min": 3, "max": 2}, {"min": 101}])
def test_the_least_number_of_findings_is_not_above_the_greatest(counts: dict[str, int]) -> None:
    document = varied(findings={**counts, "types": [NODULE]})
    assert schema_faults(document) == [("/findings/min", "min_above_max")]


def test_a_schema_asks_for_something() -> None:
    assert faults_of_fields() == [("/fields", "nothing_to_answer")]


def test_faults_of_json_shape_and_meaning_come_all_at_once() -> None:
    broken = {"key": "broken", "kind": "text", "label": "Broken", "max_length": 1.5}
    shapeless = {"key": "shapeless", "kind": "slider", "label": "Shapeless"}
    asked = {"key": "asked", "kind": "boolean", "label": "A", "when": {"field": "broken", "present": True}}
    backwards = {**CHOICE, "categories": [SCALE[1], SCALE[0]]}
    assert faults_of_fields(broken, shapeless, asked, backwards, YES, YES) == [
        ("/fields/0/max_length", "float_refused"),
        ("/fields/1/kind", "not_allowed"),
        ("/fields/5/key", "duplicate_key"),
        ("/fields/3/categories/1/value", "not_rising"),
    ]


def test_the_parsed_schema_finds_its_parts_by_key() -> None:
    schema = LabelSchema.parse(SCHEMA)
    delay, nodule = schema.field("delay"), schema.finding_type("nodule")
    assert delay is not None
    assert (str(delay.minimum), str(delay.maximum), delay.unit) == ("0", "120.5", "s")
    assert nodule is not None
    assert schema.rules_for(nodule.fields) == schema.rules
    assert schema.rules_for(schema.fields) == ()
    assert schema.field("nowhere") is schema.finding_type("nowhere") is None


def test_equal_documents_give_equal_schemas() -> None:
    assert LabelSchema.parse(SCHEMA) == LabelSchema.parse(copy.deepcopy(SCHEMA))
    assert hash(LabelSchema.parse(SCHEMA)) == hash(LabelSchema.parse(copy.deepcopy(SCHEMA)))


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ({**YES, "normal": False}, None),
        ({**CHOICE, "normal": 1}, None),
        ({**CHOICE, "normal": 9}, "unknown_category"),
        ({**CHOICE, "normal": "1"}, "wrong_type"),
        ({**WIDTH, "normal": "10"}, "out_of_range"),
        ({"key": "place", "kind": "point", "label": "Place", "normal": True}, "unknown_member"),
    ],
)  # fmt: skip
def test_what_is_normal_is_an_answer_of_the_field(field: dict[str, Any], code: str | None) -> None:
    assert faults_of_fields(field) == ([("/fields/0/normal", code)] if code else [])


def test_of_a_finding_nothing_is_normal() -> None:
    kind = {**NODULE, "fields": [{**YES, "normal": False}]}
    found = schema_faults(varied(findings={"types": [kind]}, rules=[]))
    assert found == [("/findings/types/0/fields/0/normal", "normal_of_a_finding")]
