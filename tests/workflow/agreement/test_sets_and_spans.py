"""Sets of labels under MASI, and spans under Krippendorff's α for unitizing."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflow.agreement.published import VECTORS, check
from workflow.agreement.distances import masi
from workflow.agreement.krippendorff import krippendorff_alpha
from workflow.agreement.resampling import Resampling
from workflow.agreement.tables import Table
from workflow.agreement.unitizing import ALL_GAPS, NOT_TWO, alpha_u, framewise

FILE = json.loads((VECTORS / "sets_and_spans.json").read_text())
[PAPER] = FILE["spans"]
QUICK = Resampling(draws=20)


def exchanged(a: frozenset[str], b: frozenset[str]) -> float:
    """MASI with the 2/3 and the 1/3 of the paper exchanged, as the file has it."""
    return 0.0 if a == b else 1 - len(a & b) / len(a | b) * (1 / 3 if a <= b or b <= a else 2 / 3)


@pytest.mark.parametrize(
    ("a", "b", "distance"),
    [("ab", "ab", 0), ("ab", "a", 2 / 3), ("ab", "bc", 8 / 9), ("a", "b", 1), ("", "", 0), ("", "a", 1)],
)
def test_masi_is_that_of_the_paper(a: str, b: str, distance: float) -> None:
    assert masi(frozenset(a), frozenset(b)) == pytest.approx(distance)
    assert masi(frozenset(b), frozenset(a)) == pytest.approx(distance)


def test_the_file_has_two_thirds_and_one_third_of_masi_exchanged() -> None:
    for pair in FILE["multilabel"]["masi_pairs"]:
        a, b = frozenset(pair["a"]), frozenset(pair["b"])
        assert exchanged(a, b) == pytest.approx(pair["masi"], abs=1e-11)
        assert (masi(a, b) == pytest.approx(pair["masi"], abs=1e-11)) == (not a & b or a == b)
    table = Table.of([[frozenset(read) for read in case] for case in FILE["multilabel"]["sets"]])
    check(krippendorff_alpha(table, exchanged, QUICK).value, FILE["multilabel"]["alpha_masi"])
    assert krippendorff_alpha(table, masi, QUICK).value == pytest.approx(0.27308, abs=5e-6)


def test_unitizing_gives_krippendorffs_example() -> None:
    found, expected = alpha_u(PAPER["raters"], PAPER["begin"], PAPER["length"]), PAPER["expected"]
    observed, chance = dict(found.observed), dict(found.expected)
    assert found.value == pytest.approx(expected["alpha_u"]["value"], abs=1e-11)
    check(dict(found.per_category)["c"], expected["alpha_c"])
    assert dict(found.per_category)["k"] == expected["alpha_k"]
    rounded = expected["Do_c"], expected["De_c"], expected["De_k"]
    assert (observed["c"], chance["c"], chance["k"]) == pytest.approx(rounded, abs=5.0001e-5)
    # The paper's .8591 comes from its own rounded parts.
    assert round(1 - rounded[0] / (rounded[1] + rounded[2]), 4) == expected["alpha_u"]["published"]


def test_spans_without_two_readers_or_a_mark_have_no_value() -> None:
    assert alpha_u([{"c": [(0, 5)]}], 0, 10).reason == NOT_TWO
    assert alpha_u([{"c": []}, {}], 0, 10).reason == ALL_GAPS


@pytest.mark.parametrize("units", [[(0, 5), (4, 2)], [(-1, 3)], [(8, 3)], [(2, 0)]])
def test_spans_outside_or_on_each_other_are_refused(units: Any) -> None:
    with pytest.raises(ValueError, match="within the recording"):
        alpha_u([{"c": units}, {}], 0, 10)


@st.composite
def recordings(draw: st.DrawFn) -> list[dict[str, list[tuple[int, int]]]]:
    ends = st.lists(st.integers(0, 40), min_size=2, max_size=6, unique=True).map(sorted)
    each = [draw(ends) for _ in range(3)]
    return [{"c": [(a, b - a) for a, b in list(pairwise(one))[::2]]} for one in each]


@given(recordings(), st.randoms(use_true_random=False), st.integers(-50, 50))
@settings(max_examples=60, deadline=None)
def test_neither_the_order_of_readers_nor_a_common_shift_changes_the_unitizing(
    readers: Any, random: Any, shift: int
) -> None:
    found = alpha_u(readers, 0, 45).value
    moved = [{"c": [(start + shift, length) for start, length in one["c"]]} for one in readers]
    random.shuffle(moved)
    assert alpha_u(moved, shift, 45).value == pytest.approx(found)
    assert alpha_u([readers[0], readers[0]], 0, 45).value == 1


def test_frame_by_frame_spans_are_sets_of_labels() -> None:
    rows = framewise([{"a": [(2, 3)], "b": [(4, 1)]}, {"a": [(2, 2)]}], 2, 4)
    a, both, none = frozenset("a"), frozenset("ab"), frozenset[str]()
    assert rows == [(a, a), (a, a), (both, none), (none, none)]
    paper = framewise(PAPER["raters"], PAPER["begin"], PAPER["length"])
    assert len(paper) == PAPER["length"]
    same = sum(one == other for one, other in paper)
    # Only c differs: 220–225, 295–300, 355–370, 375–400 and 400–420.
    assert same == PAPER["length"] - (5 + 5 + 15 + 25 + 20)
