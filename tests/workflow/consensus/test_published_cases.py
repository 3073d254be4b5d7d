"""The engine gives every decision of the shared case file, and its boxes the published overlaps."""

import json
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from workflow.consensus.boxes import Box, iou
from workflow.consensus.casefile import decide
from workflow.consensus.matching import f1, matched

ROOT = Path(__file__).parents[3]
VECTORS = ROOT / "tests" / "vectors"
CASES = json.loads((VECTORS / "consensus_policy_cases.json").read_text(), parse_float=Decimal)["cases"]
BOXES = json.loads((VECTORS / "boxes.json").read_text(), parse_float=Fraction)
MILLIONTH = Fraction(1, 10**6)


def box(corners):
    half = len(corners) // 2
    return Box((), tuple(corners[:half]), tuple(corners[half:]))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_case_is_decided_as_stated(case):
    decision, expected = decide(case), case["expected"]
    assert (decision.state, decision.reason) == (expected["state"], expected["reason"])
    if "pairwise_agreement" in expected:
        assert abs(decision.pairwise_agreement - Fraction(expected["pairwise_agreement"])) < MILLIONTH
    if "dropped" in expected:
        assert decision.detail["dropped"] == expected["dropped"]


def test_fused_boxes_tell_how_many_sets_hold_each():
    near, far = [0, 0, 10, 10], [50, 50, 60, 60]
    policy = {"quorum": 3, "max_reads": 3, "rule": "majority", "comparator": {"iou": 1, "min_f1": 1}}
    sets = [[far, near], [near, far], [near]]
    decision = decide({"kind": "boxes", "policy": policy, "reads": [{"value": one} for one in sets]})
    assert decision.state == "accept"
    assert decision.detail == {"held": [3, 2], "of": 3}


def test_the_command_prints_id_state_value_and_reason_of_each_case():
    path = VECTORS / "consensus_policy_cases.json"
    command = [sys.executable, "-m", "workflow.consensus", str(path)]
    printed = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    cases = json.loads(path.read_text())["cases"]
    assert [list(one) for one in printed] == [["id", "state", "value", "reason"]] * len(cases)
    assert [one["value"] for one in printed] == [case["expected"].get("value") for case in cases]


def test_the_command_refuses_what_is_not_a_case_file(tmp_path):
    path = tmp_path / "cases.json"
    path.write_text('{"cases": [{"id": "x"}]}')
    ended = subprocess.run(
        [sys.executable, "-m", "workflow.consensus", str(path)], cwd=ROOT, capture_output=True
    )
    assert ended.returncode == 2
    assert b"Not a file of decision cases" in ended.stderr


@pytest.mark.parametrize("pair", [*BOXES["iou_2d"], *BOXES["iou_3d"]])
def test_overlaps_are_the_published_ones(pair):
    expected = pair["iou"]["value"] if isinstance(pair["iou"], dict) else pair["iou"]
    assert abs(iou(box(pair["a"]), box(pair["b"])) - expected) < MILLIONTH


@pytest.mark.parametrize("threshold", ["0.1", "0.3", "0.5", "0.7"])
def test_matching_is_the_published_one(threshold):
    a, b = ([box(corners) for corners in BOXES["matching"][side]] for side in "ab")
    expected = BOXES["matching"]["by_threshold"][threshold]
    assert sorted(matched(a, b, Fraction(threshold))) == [tuple(pair[:2]) for pair in expected["pairs"]]
    assert abs(f1(a, b, Fraction(threshold)) - expected["f1"]) < MILLIONTH


def test_matching_does_better_than_greed():
    example = BOXES["greedy_loses_pair"]
    a, b = ([box(corners) for corners in example[side]] for side in "ab")
    found = matched(a, b, Fraction(example["threshold"]))
    assert sorted(found) == sorted(tuple(pair[:2]) for pair in example["hungarian"][0])
