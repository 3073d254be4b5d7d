"""Faults of shape in a label schema: what the JSON Schema file refuses."""

import copy
from typing import Any

import pytest

from tests.workflow.labels.examples import SCHEMA, field_faults, schema_faults

CATEGORIES = [{"value": 1, "label": "One"}, {"value": 2, "label": "Two"}]


def varied(**members: Any) -> dict[str, Any]:
    return copy.deepcopy(SCHEMA) | members


@pytest.mark.parametrize("document", [None, [], "text", 5, True])
def test_a_schema_must_be_an_object(document: Any) -> None:
    assert schema_faults(document) == [("", "wrong_type")]


def test_an_empty_object_lacks_its_schema_id_and_fields() -> None:
    assert sorted(schema_faults({})) == [("/fields", "missing"), ("/schema", "missing")]


def test_another_schema_id_is_refused() -> None:
    assert schema_faults(varied(schema="consilium/label-schema/v2")) == [("/schema", "not_allowed")]


def test_unknown_members_are_named_one_by_one() -> None:
    assert schema_faults(varied(colour="red", size=1)) == [
        ("/colour", "unknown_member"),
        ("/size", "unknown_member"),
    ]


@pytest.mark.parametrize("key", ["", "1st", "two words", "größe", "a" * 65, "line\n", 7])
def test_a_key_is_an_ascii_identifier(key: Any) -> None:
    field = {"key": key, "kind": "boolean", "label": "Yes?"}
    assert field_faults(field) == [("/key", "wrong_type" if key == 7 else "bad_form")]


def test_an_unknown_kind_is_refused() -> None:
    assert field_faults({"key": "a", "kind": "slider", "label": "A"}) == [("/kind", "not_allowed")]


def test_a_blank_label_is_refused() -> None:
    assert field_faults({"key": "a", "kind": "boolean", "label": "  "}) == [("/label", "bad_form")]


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        ("nominal", ["/categories"]),
        ("ordinal", ["/categories"]),
        ("multi", ["/categories"]),
        ("number", ["/decimals", "/unit"]),
        ("text", ["/max_length"]),
    ],
)
def test_each_kind_needs_its_own_options(kind: str, missing: list[str]) -> None:
    faults = field_faults({"key": "a", "kind": kind, "label": "A"})
    assert sorted(faults) == [(path, "missing") for path in missing]


@pytest.mark.parametrize("option", ["categories", "unit", "max_length", "slices", "holes", "min"])
def test_an_option_of_another_kind_is_refused(option: str) -> None:
    field = {"key": "a", "kind": "boolean", "label": "A", option: True}
    assert field_faults(field) == [(f"/{option}", "unknown_member")]


def test_ordinal_values_are_whole_numbers() -> None:
    categories = [{"value": "low", "label": "Low"}, {"value": 2, "label": "High"}]
    field = {"key": "a", "kind": "ordinal", "label": "A", "categories": categories}
    assert field_faults(field) == [("/categories/0/value", "wrong_type")]


def test_a_choice_needs_two_categories() -> None:
    field = {"key": "a", "kind": "nominal", "label": "A", "categories": CATEGORIES[:1]}
    assert field_faults(field) == [("/categories", "too_few")]


def test_bounds_are_decimal_strings() -> None:
    field = {"key": "a", "kind": "number", "label": "A", "unit": "mm", "decimals": 1, "min": 1, "max": "1e3"}
    assert sorted(field_faults(field)) == [("/max", "bad_form"), ("/min", "wrong_type")]


def test_a_condition_asks_exactly_one_thing() -> None:
    field = {"key": "a", "kind": "boolean", "label": "A"}
    both = {"field": "b", "is": [True], "present": True}
    assert field_faults({**field, "when": {"field": "b"}}) == [("/when", "too_few")]
    assert field_faults({**field, "when": [both]}) == [("/when/0", "too_many")]


def test_only_rules_may_ask_for_absence() -> None:
    field = {"key": "a", "kind": "boolean", "label": "A", "when": {"field": "b", "absent": True}}
    assert field_faults(field) == [("/when/absent", "unknown_member")]


def test_slices_belong_to_boxes_and_holes_to_polygons() -> None:
    types = [
        {"key": "a", "label": "A", "mark": {"kind": "point", "slices": True}},
        {"key": "b", "label": "B", "mark": {"kind": "box", "holes": True}},
    ]
    assert schema_faults(varied(findings={"types": types}, rules=[])) == [
        ("/findings/types/0/mark/kind", "not_allowed"),
        ("/findings/types/1/mark/kind", "not_allowed"),
    ]


def test_a_coded_term_has_scheme_value_and_meaning() -> None:
    field = {"key": "a", "kind": "boolean", "label": "A", "code": {"scheme": "SCT", "value": "1"}}
    assert field_faults(field) == [("/code/meaning", "missing")]


def test_floats_are_refused_wherever_they_stand() -> None:
    assert schema_faults(varied(findings={"max": 2.0, "types": SCHEMA["findings"]["types"]})) == [
        ("/findings/max", "float_refused")
    ]


def test_text_that_is_no_unicode_is_a_fault_and_not_a_crash() -> None:
    field = {"key": "a", "kind": "boolean", "label": "\ud800"}
    assert field_faults(field) == [("/label", "bad_text")]
