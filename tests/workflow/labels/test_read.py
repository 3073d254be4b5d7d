"""The read around its answers: schema id, confidence, flags, what is filled in."""

from typing import Any

import pytest

from tests.workflow.labels.examples import PARSED, READ, read_faults
from workflow.labels.schema import LabelSchema
from workflow.labels.validation import validate

ONE_FIELD = LabelSchema.parse(
    {
        "schema": "consilium/label-schema/v1",
        "fields": [{"key": "yes", "kind": "boolean", "label": "Yes?", "required": False}],
    }
)


@pytest.mark.parametrize("read", [None, [], "text", 5])
def test_a_read_must_be_an_object(read: Any) -> None:
    assert read_faults(read) == [("", "wrong_kind")]


def test_what_may_be_left_out_is_filled_in() -> None:
    expected = {"schema": "consilium/read/v1", "fields": {}, "findings": []}
    assert validate(ONE_FIELD, {"schema": "consilium/read/v1"}) == expected


def test_the_faults_around_the_answers_come_at_once() -> None:
    read = {
        "schema": "consilium/read/v2",
        "fields": [],
        "findings": {},
        "confidence": "sure",
        "flags": ["a", "a", 5],
        "reader": "me",
    }
    assert read_faults(read) == [
        ("/reader", "unknown_member"),
        ("/schema", "wrong_schema"),
        ("/fields", "wrong_kind"),
        ("/findings", "wrong_kind"),
        ("/confidence", "bad_confidence"),
        ("/flags/1", "duplicate_value"),
        ("/flags/2", "bad_flag"),
    ]


def test_the_schema_id_may_not_be_missing() -> None:
    assert read_faults({"fields": READ["fields"]}) == [("/schema", "missing")]


def test_flags_are_a_short_list() -> None:
    assert read_faults({**READ, "flags": ["a"] * 21}) == [("/flags", "bad_flags")]


def test_the_normal_form_shares_nothing_with_what_was_given() -> None:
    normal = validate(PARSED, READ)
    normal["findings"][0]["mark"]["min"][0] = 77
    normal["fields"]["signs"].append("fracture")
    normal["flags"].append("late")
    assert validate(PARSED, READ) != normal
