"""Agreement on where something is."""

import json
from fractions import Fraction

import pytest

from tests.workflow.agreement.published import VECTORS
from workflow.agreement.detections import f1_at_iou, froc
from workflow.consensus.boxes import Box

EXAMPLE = json.loads((VECTORS / "boxes.json").read_text(), parse_float=Fraction)["matching"]


def box(corners: list[int]) -> Box:
    return Box((), tuple(corners[:2]), tuple(corners[2:]))


A, B = ([box(one) for one in EXAMPLE[side]] for side in "ab")
FAR = box([900, 900, 910, 910])


@pytest.mark.parametrize("threshold", EXAMPLE["by_threshold"])
def test_f1_at_an_overlap_is_as_stated(threshold: str) -> None:
    found, expected = f1_at_iou([(A, B)], Fraction(threshold)), EXAMPLE["by_threshold"][threshold]
    assert found.f1.value == pytest.approx(float(expected["f1"]), abs=1e-11)
    assert (found.matched, found.only_first, found.only_second) == (
        len(expected["pairs"]),
        len(expected["only_a"]),
        len(expected["only_b"]),
    )
    assert found.mean_iou == pytest.approx(
        float(sum(pair[2] for pair in expected["pairs"]) / len(expected["pairs"])), abs=1e-11
    )


def test_f1_is_pooled_over_cases_with_an_interval() -> None:
    found = f1_at_iou([(A, B), (A, A), ([], []), ([FAR], [])], Fraction(1, 2))
    assert found.f1.value == pytest.approx(2 * 6 / (7 + 6 + 0 + 1))
    assert found.f1.interval is not None
    assert found.f1.interval.low < found.f1.value < found.f1.interval.high


def test_perfect_marks_get_an_exact_interval_and_no_marks_no_value() -> None:
    found = f1_at_iou([(A, A)] * 10 + [([], [])], Fraction(1, 2)).f1.interval
    assert found is not None
    assert found.low == pytest.approx(0.025 ** (1 / 10))
    assert (
        f1_at_iou([([], [])], Fraction(1, 2)).f1.reason == "Nobody marked anything: there is nothing to find."
    )


def test_the_froc_counts_lesions_once_and_false_marks_by_threshold() -> None:
    lesions = [box([0, 0, 10, 10]), box([40, 40, 50, 50])]
    marks = [(box([0, 0, 10, 10]), 0.9), (box([1, 0, 11, 10]), 0.8), (FAR, 0.5), (box([40, 40, 50, 50]), 0.2)]
    points = froc([(marks, lesions), ([(FAR, 0.8)], [])], Fraction(1, 2))
    assert [(one.threshold, one.hits, one.false_marks) for one in points] == [
        (0.9, 1, 0),
        (0.8, 1, 1),
        (0.5, 1, 2),
        (0.2, 2, 2),
    ]
    assert (points[-1].sensitivity, points[-1].false_per_case) == (1, 1)
    assert froc([([(FAR, 1.0)], [])], Fraction(1, 2))[0].sensitivity is None
