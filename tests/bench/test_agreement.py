"""The baselines of `bench agreement` compute the same as what they stand beside."""

import random

import numpy as np
import pytest
import SimpleITK

from bench import masks
from bench.loops import _alpha, _coincidences, alpha_by_counting, alpha_by_pairs
from workflow.agreement.distances import Level
from workflow.agreement.krippendorff import krippendorff_alpha
from workflow.agreement.tables import Table
from workflow.consensus.drawn import drawn_from
from workflow.consensus.spacing import Scale


@pytest.mark.parametrize("level", ["nominal", "ordinal"])
def test_the_loops_give_the_same_alpha(level: Level) -> None:
    chance = random.Random(3)
    rows = [tuple(chance.randint(1, 5) for _ in range(4)) for _ in range(60)]
    ours = krippendorff_alpha(Table.of(rows), level)
    assert ours.value == pytest.approx(_alpha(_coincidences(rows), level), abs=1e-12)
    assert ours.interval is not None
    for loop in (alpha_by_pairs, alpha_by_counting):
        inside = sum(ours.interval.low <= value <= ours.interval.high for value in loop(rows, level, 200))
        assert 170 <= inside <= 199


def test_simpleitk_measures_the_same_masks_alike() -> None:
    made = masks._masks(SimpleITK, (10, 40, 40))
    drawn = [drawn_from(mark, Scale()) for mark in made.marks]
    for images in (made.images, made.cropped):
        assert float(masks._dice(drawn)) == pytest.approx(masks._itk_dice(SimpleITK, images), abs=1e-8)
        assert masks._hd95(drawn) == pytest.approx(masks._itk_hd95(SimpleITK, images), abs=1e-5)
    probable = SimpleITK.GetArrayFromImage(masks._itk_staple(SimpleITK, made.cropped)) > 0.5
    assert probable.sum() == np.asarray(masks._staple(drawn)).sum()
