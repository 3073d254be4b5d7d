"""The independent computation of paths against cases worked by hand, and its totals over the study."""

from collections import Counter

import pytest

from demo.lidc import cases
from tests.demo.by_hand import expected_path, raw_nodules

RAW = raw_nodules()

# Grades are malignancy by reader, "no" where a reader left no mark; boxes in voxels, rows x columns x slices.
WORKED_BY_HAND = {
    # 4 v 3: within one grade, but on both sides of the cut-off at 4.
    "LIDC-IDRI-0010/21/3": "arbitrated after 2: cut-off",
    # 1, 1. 8x10x6 = 480 and 10x12x4 = 480 share 8x10x4 = 320 of 640: exactly half is enough.
    "LIDC-IDRI-0160/161/1": "agreed after 2",
    # no, no, and two marks by readers who are not asked.
    "LIDC-IDRI-0010/21/2": "agreed after 2",
    # 2, 3. 10x12x2 = 240 lies inside 12x15x3 = 540: 0.44. The third, 3, 11x14x3 = 462, in the first: 0.86.
    "LIDC-IDRI-0016/27/4": "agreed after 3",
    # no, 3, 3. 8x8x3 = 192 lies inside 9x9x3 = 243: 0.79.
    "LIDC-IDRI-0012/23/1": "agreed after 3",
    # 3, 3. 14x11x7 = 1078 lies inside 16x15x13 = 3120: 0.35. The third, asked for the box, says 4.
    "LIDC-IDRI-0164/165/11": "arbitrated after 3: cut-off",
    # 4, no, 3.
    "LIDC-IDRI-0752/903/2": "arbitrated after 3: cut-off",
    # no, 3, 3. 8x8x1 = 64 lies inside 8x9x2 = 144: 0.44.
    "LIDC-IDRI-0012/23/11": "arbitrated after 3: box",
    # no, 3, 1. 20x18x3 = 1080 and 20x20x4 = 1600 share 17x18x3 = 918 of 1762: 0.52.
    "LIDC-IDRI-0024/35/3": "arbitrated after 3: malignancy",
    # 1, 3, no. 8x9x6 = 432 lies inside 12x14x6 = 1008: 0.43.
    "LIDC-IDRI-0898/757/1": "arbitrated after 3: malignancy and box",
}

TOTALS = {
    "rating": {
        "agreed after 2": 110,
        "agreed after 3": 17,
        "arbitrated after 2: cut-off": 40,
        "arbitrated after 3: cut-off": 9,
    },
    "detection": {
        "agreed after 2": 30,
        "agreed after 3": 22,
        "arbitrated after 2: cut-off": 2,
        "arbitrated after 3: cut-off": 1,
        "arbitrated after 3: box": 3,
        "arbitrated after 3: malignancy": 1,
        "arbitrated after 3: malignancy and box": 1,
    },
}


@pytest.mark.parametrize("nodule", WORKED_BY_HAND)
def test_the_computed_path_is_the_one_worked_by_hand(nodule: str) -> None:
    assert expected_path(RAW[nodule]) == WORKED_BY_HAND[nodule]


@pytest.mark.parametrize("question", TOTALS)
def test_the_whole_study_divides_by_path_as_counted(question: str) -> None:
    of_this_kind = [case for case in cases() if case.strata["question"] == question]
    assert Counter(expected_path(RAW[case.external_ref]) for case in of_this_kind) == TOTALS[question]


def test_the_first_eight_cases_already_show_each_way_through_the_tiers() -> None:
    ways = {expected_path(RAW[case.external_ref]).split(":")[0] for case in cases(8)}
    assert ways == {"agreed after 2", "agreed after 3", "arbitrated after 2"}
    assert expected_path(RAW[cases(1)[0].external_ref]).startswith("arbitrated")
