"""Masks: runs that rise, never touch, and stay inside the image."""

from typing import Any

import pytest

from tests.workflow.labels.examples import MASK, PARSED, read_faults, read_with
from workflow.labels.validation import validate


def faults_of(**members: Any) -> list[tuple[str, str]]:
    faults = read_faults(read_with(lung={**MASK, **members}))
    return [(path.removeprefix("/fields/lung"), code) for path, code in faults]


def faults_of_runs(runs: Any) -> list[tuple[str, str]]:
    faults = faults_of(slices=[{"slice": 0, "runs": runs}])
    return [(path.removeprefix("/slices/0/runs"), code) for path, code in faults]


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ([0, 20], []),
        ([0, 1, 2, 1], []),
        ([], [("", "bad_runs")]),
        ([1], [("", "bad_runs")]),
        ("all", [("", "bad_runs")]),
        ([0, 21], [("/0", "run_outside")]),
        ([20, 1], [("/0", "run_outside")]),
        ([-1, 1], [("/0", "run_outside")]),
        ([0, 0], [("/0", "run_outside")]),
        (["0", 1], [("/0", "run_outside")]),
        ([0, 2, 2, 1], [("/2", "runs_not_rising")]),
        ([5, 2, 0, 1], [("/2", "runs_not_rising")]),
        ([0, 5, 3, 1], [("/2", "runs_not_rising")]),
    ],
)
def test_runs_rise_with_gaps_inside_the_image(runs: Any, expected: list[tuple[str, str]]) -> None:
    assert faults_of_runs(runs) == expected


@pytest.mark.parametrize(
    ("slices", "expected"),
    [
        ([], [("/slices", "empty_mask")]),
        (5, [("/slices", "empty_mask")]),
        ([5], [("/slices/0", "wrong_kind")]),
        (
            [{"slice": -1, "run": []}],
            [
                ("/slices/0/runs", "missing"),
                ("/slices/0/run", "unknown_member"),
                ("/slices/0/slice", "bad_slice"),
            ],
        ),
        ([{"slice": 1, "runs": [0, 1]}] * 2, [("/slices/1/slice", "slices_not_rising")]),
    ],
)
def test_slices_rise_and_hold_something(slices: Any, expected: list[tuple[str, str]]) -> None:
    assert faults_of(slices=slices) == expected


@pytest.mark.parametrize("size", [0, -1, 100_001, "5", None])
def test_an_image_has_a_size(size: Any) -> None:
    assert faults_of(rows=size, columns=size) == [("/rows", "bad_size"), ("/columns", "bad_size")]


def test_the_slices_of_the_place_repeat_those_of_the_mask_and_are_left_out() -> None:
    mask = {**MASK, "on": {"slices": [2, 3]}}
    assert validate(PARSED, read_with(lung=mask))["fields"]["lung"]["on"] == {}
    assert faults_of(on={"slices": [2, 4]}) == [("/on/slices", "slices_disagree")]
