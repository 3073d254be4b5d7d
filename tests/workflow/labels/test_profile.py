"""The bare JSON: floats, big integers, odd names and texts, depth and size."""

from typing import Any

import pytest

from tests.workflow.labels.examples import MASK, READ, read_faults, read_with
from workflow.labels.faults import MOST_FAULTS, FaultList
from workflow.labels.profile import MAX_DEPTH, check_profile


def faults_of(document: Any) -> list[tuple[str, str]]:
    faults = FaultList()
    check_profile(document, faults)
    return [(fault.path, fault.code) for fault in faults.listed()]


def nested(depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (1.0, "float_refused"),
        (float("nan"), "float_refused"),
        (2**53, "integer_too_large"),
        (-(2**53), "integer_too_large"),
        pytest.param(10**5000, "integer_too_large", id="longer than Python writes out"),
        ("\ud800", "bad_text"),
        ("a\x00", "bad_text"),
        ("\x1b[0m", "bad_text"),
        (b"bytes", "not_json"),
        ((1, 2), "not_json"),
        ({1, 2}, "not_json"),
    ],
)
def test_what_cannot_be_stored_is_named_with_its_place(value: Any, code: str) -> None:
    assert faults_of({"a": [0, {"b": value}]}) == [("/a/1/b", code)]


def test_what_can_be_stored_has_no_fault() -> None:
    assert faults_of({"a": [None, True, 2**53 - 1, -(2**53 - 1), "tab\tand\nline", "Größe 🫁", []]}) == []


def test_names_are_ascii_text() -> None:
    assert faults_of({"größe": 1, "a\nb": 2, 5: 3}) == [
        ("/gr\\xf6\\xdfe", "key_not_ascii"),
        ("/5", "not_json"),
    ]


def test_a_float_among_many_integers_is_found() -> None:
    assert faults_of([1, 2, 3.5, 4]) == [("/2", "float_refused")]


def test_nesting_has_an_end() -> None:
    assert faults_of(nested(MAX_DEPTH)) == []
    assert [code for _, code in faults_of(nested(MAX_DEPTH + 1))] == ["too_deep"]
    assert [code for _, code in read_faults(read_with(carina=nested(100_000)))] == ["too_deep"]


def test_a_read_larger_than_eight_mebibytes_is_refused() -> None:
    text = {**READ, "flags": ["x" * (8 * 1024 * 1024)]}
    assert read_faults(text) == [("", "too_large")]
    runs = [number for start in range(1_000_000, 2_900_000, 2) for number in (start, 1)]
    mask = {**MASK, "rows": 4000, "columns": 4000, "slices": [{"slice": 0, "runs": runs}]}
    assert read_faults(read_with(lung=mask)) == [("", "too_large")]


def test_faults_of_bare_json_and_of_meaning_come_together() -> None:
    assert read_faults(read_with(grade=2.5, quality="liquid", delay=10**30)) == [
        ("/fields/grade", "float_refused"),
        ("/fields/delay", "integer_too_large"),
        ("/fields/quality", "unknown_category"),
    ]


def test_a_flood_of_faults_is_cut_and_says_so() -> None:
    flood = read_faults({**READ, "fields": {f"x{i}": 1 for i in range(MOST_FAULTS + 50)}})
    assert len(flood) == MOST_FAULTS + 1
    assert flood[-1] == ("", "more_faults")
