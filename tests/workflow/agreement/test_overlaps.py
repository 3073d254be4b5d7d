"""Masks of several readers: pairwise overlap and distance, by size, with empty ones by the written rule."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.agreement.overlaps import MaskCase, overlaps
from workflow.agreement.resampling import Resampling
from workflow.consensus.areas import dice, iou
from workflow.consensus.drawn import Drawn, drawn_from
from workflow.consensus.spacing import Scale, scale_from
from workflow.consensus.surfaces import surfaces

ONE = Decimal(1)
QUICK = Resampling(draws=50)
HALF_MM = scale_from([{"x": "0.5", "y": "0.5"}])


def square(at: int, side: int, scale: Scale = HALF_MM) -> Drawn:
    """A square of so many pixels a side, in row and column `at`; an empty mask for a side of 0."""
    runs = [n for row in range(at, at + side) for n in (row * 64 + at, side)]
    slices = [{"slice": 0, "runs": runs}] if side else []
    return drawn_from({"kind": "mask", "on": {}, "rows": 64, "columns": 64, "slices": slices}, scale)


def test_a_case_counts_once_with_the_mean_over_its_pairs() -> None:
    three, two = (square(2, 10), square(3, 10), square(4, 10)), (square(20, 30), square(20, 30))
    [found] = overlaps([MaskCase("p", three), MaskCase("q", two)], tolerance=ONE, how=QUICK)
    pairs = [(0, 1), (0, 2), (1, 2)]
    mean = sum(float(dice(three[a], three[b])) for a, b in pairs) / 3
    far = [surfaces(three[a].voxels, three[b].voxels, (1, 0.5, 0.5)).hd95 for a, b in pairs]
    assert found.dice.value == pytest.approx((mean + 1) / 2)
    assert found.iou.value == pytest.approx(
        (sum(float(iou(three[a], three[b])) for a, b in pairs) / 3 + 1) / 2
    )
    assert found.hd95.value == pytest.approx(sum(far) / 3 / 2)
    assert (found.cases, found.pairs, found.dice.n) == (2, 4, 2)
    assert found.dice.interval is not None


def test_bands_part_the_cases_by_the_median_size() -> None:
    small = [MaskCase(n, (square(2, 4), square(3, 4))) for n in range(3)]
    large = [MaskCase(9 + n, (square(2, 40), square(3, 40))) for n in range(2)]
    every, below, above = overlaps([*small, *large], tolerance=ONE, limits=[100.0], how=QUICK)
    assert (every.cases, below.cases, above.cases) == (5, 3, 2)
    assert (below.above, below.below, above.above, above.below) == (None, 100, 100, None)
    assert below.dice.value is not None
    assert above.dice.value is not None
    assert below.dice.value < above.dice.value
    assert below.hd95.value == pytest.approx(above.hd95.value, abs=0.3)


def test_empty_masks_follow_the_written_rule_and_are_counted() -> None:
    both, one = MaskCase("p", (square(0, 0), square(0, 0))), MaskCase("q", (square(0, 0), square(3, 5)))
    [found] = overlaps([both, one], tolerance=ONE, how=QUICK)
    assert (found.dice.value, found.dice.n) == (0.5, 2)
    assert (found.nsd.value, found.nsd.n, found.nsd.missing) == (0, 1, 1)
    assert found.hd95.value is None
    assert found.hd95.missing == 2
    assert found.hd95.reason == "No pair of masks has a distance: one is empty, or no spacing is known."


def test_without_a_spacing_there_is_no_distance_in_mm_but_one_in_pixels() -> None:
    cases = [MaskCase("p", (square(2, 9, Scale()), square(3, 9, Scale())))]
    [in_mm], [in_px] = (overlaps(cases, tolerance=ONE, unit=unit, how=QUICK) for unit in ("mm", "px"))  # type: ignore[arg-type]
    assert (in_mm.hd95.value, in_mm.dice.value) == (None, in_px.dice.value)
    assert in_px.hd95.value is not None
    assert in_px.dice.interval_reason == "Only one patient: there is nothing to resample."


def test_single_masks_are_no_pairs() -> None:
    [found] = overlaps([MaskCase("p", (square(2, 9),))], tolerance=ONE)
    assert (found.cases, found.dice.reason) == (0, "No case has two reads.")


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=4),
    st.randoms(use_true_random=False),
)
@settings(max_examples=40, deadline=None)
def test_readers_in_any_order_give_the_same(places: Any, random: Any) -> None:
    masks = [square(at, side) for at, side in places]
    turned = random.sample(masks, len(masks))
    [one], [other] = (overlaps([MaskCase("p", tuple(m))], tolerance=ONE, how=QUICK) for m in (masks, turned))
    for name in ("dice", "iou", "hd95", "nsd"):
        a, b = getattr(one, name).value, getattr(other, name).value
        assert (a is None) == (b is None)
        assert a is None or np.isclose(a, b, rtol=0, atol=1e-12)
