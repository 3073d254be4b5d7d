"""The value of one field, kind by kind."""

from typing import Any

import pytest

from tests.workflow.labels.examples import PARSED, read_faults, read_with
from workflow.labels.faults import LabelsInvalid
from workflow.labels.validation import validate

NOTHING: list[Any] = [{}, {"not_assessable": False}, {"not_assessable": True, "x": 1}]


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("quality", "liquid", "unknown_category"),
        ("quality", "3", "unknown_category"),
        ("quality", True, "wrong_kind"),
        ("quality", ["solid"], "wrong_kind"),
        ("grade", 6, "unknown_category"),
        ("grade", "2", "unknown_category"),
        ("grade", True, "wrong_kind"),
        ("grade", 2.0, "float_refused"),
        ("contrast", 1, "wrong_kind"),
        ("contrast", "yes", "wrong_kind"),
        ("delay", 30, "wrong_kind"),
        ("delay", 30.5, "float_refused"),
        ("delay", "30,5", "wrong_kind"),
        ("delay", "1e2", "wrong_kind"),
        ("delay", "+3", "wrong_kind"),
        ("delay", "007", "wrong_kind"),
        ("delay", ".5", "wrong_kind"),
        ("delay", "5.", "wrong_kind"),
        ("delay", " 5", "wrong_kind"),
        ("delay", "5\n", "wrong_kind"),
        ("delay", "٣", "wrong_kind"),
        ("delay", "NaN", "wrong_kind"),
        ("delay", "-0.1", "out_of_range"),
        ("delay", "120.6", "out_of_range"),
        ("delay", "5.25", "too_many_decimals"),
        ("signs", "edema", "wrong_kind"),
        ("signs", ["edema", "effusion", "fracture"], "too_many_values"),
        ("remark", 5, "wrong_kind"),
        ("remark", "x" * 21, "text_too_long"),
        ("remark", "  ", "empty_text"),
        ("remark", "a\x00b", "bad_text"),
        ("carina", "here", "wrong_kind"),
        ("contrast", {"not_assessable": True}, "not_assessable_refused"),
        *(("grade", value, "wrong_kind") for value in NOTHING),
    ],
)
def test_a_bad_value_is_refused(key: str, value: Any, code: str) -> None:
    assert read_faults(read_with(**{key: value})) == [(f"/fields/{key}", code)]


def test_each_bad_member_of_a_multi_field_is_named() -> None:
    assert read_faults(read_with(signs=["edema", "cough", "edema", 1])) == [
        ("/fields/signs/1", "unknown_category"),
        ("/fields/signs/2", "duplicate_value"),
        ("/fields/signs/3", "unknown_category"),
        ("/fields/signs", "too_many_values"),
    ]


@pytest.mark.parametrize(
    ("key", "value", "normal"),
    [
        ("delay", "12", "12.0"),
        ("delay", "0", "0.0"),
        ("delay", "-0.0", "0.0"),
        ("delay", "120.5", "120.5"),
        ("signs", ["fracture", "edema"], ["edema", "fracture"]),
        ("signs", [], []),
        ("grade", {"not_assessable": True}, {"not_assessable": True}),
        ("carina", {"not_assessable": True}, {"not_assessable": True}),
        ("remark", "Größe µm", "Größe µm"),
        ("quality", 3, 3),
    ],
)
def test_a_good_value_gets_its_one_normal_form(key: str, value: Any, normal: Any) -> None:
    assert validate(PARSED, read_with(**{key: value}))["fields"][key] == normal


def test_several_bad_answers_come_at_once() -> None:
    assert read_faults(read_with(quality="liquid", grade=9, delay="500", remark="x" * 21)) == [
        ("/fields/quality", "unknown_category"),
        ("/fields/grade", "unknown_category"),
        ("/fields/delay", "out_of_range"),
        ("/fields/remark", "text_too_long"),
    ]


def test_a_message_says_what_would_be_right() -> None:
    with pytest.raises(LabelsInvalid) as caught:
        validate(PARSED, read_with(delay="500"))
    assert caught.value.faults[0].message == '"Delay" must be between 0 and 120.5 s.'
