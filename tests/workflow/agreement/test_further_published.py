"""More published figures, with their data written out: they were not used while the code was written."""

import pytest

from workflow.agreement.bland_altman import bland_altman
from workflow.agreement.cohen import cohen_kappa
from workflow.agreement.fleiss import fleiss_kappa
from workflow.agreement.gwet import gwet_ac1
from workflow.agreement.krippendorff import krippendorff_alpha
from workflow.agreement.tables import Table


def test_alpha_of_krippendorff_2011_example_b() -> None:
    meg, owen = "aabbdcccedda", "babbbccceddd"
    found = krippendorff_alpha(Table.of(list(zip(meg, owen, strict=True))), "nominal")
    assert round(found.value or 0, 3) == 0.692


def test_alpha_of_three_coders_with_gaps() -> None:
    coders = "*****34121133*3", "1*213343*******", "**21344*21133*4"
    rows = [[None if read == "*" else int(read) for read in case] for case in zip(*coders, strict=True)]
    assert round(krippendorff_alpha(Table.of(rows), "nominal").value or 0, 3) == 0.691
    assert round(krippendorff_alpha(Table.of(rows), "interval").value or 0, 3) == 0.811


def test_kappa_of_cohen_1960_page_45() -> None:
    found = cohen_kappa(Table.of_contingency([[88, 14, 18], [10, 40, 10], [2, 6, 12]], (1, 2, 3)))
    assert round(found.value or 0, 3) == 0.492


def test_kappa_of_fleiss_for_fourteen_readers() -> None:
    counts = [
        [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]  # fmt: skip
    assert round(fleiss_kappa(Table.of_counts(counts, range(1, 6))).value or 0, 3) == 0.210


def test_gwets_two_abstractors() -> None:
    table = Table.of_contingency([[13, 0, 0], [0, 20, 7], [0, 4, 56]], ("ectopic", "abnormal", "normal"))
    found = [cohen_kappa(table), fleiss_kappa(table), gwet_ac1(table), krippendorff_alpha(table, "nominal")]
    assert [round(one.value or 0, 4) for one in found] == [0.7964, 0.7962, 0.8493, 0.7973]


def test_the_limits_of_bland_and_altman_1999() -> None:
    # 85 pairs of blood pressures with bias −16.29 and sd 19.61; −54.7 (−61.9 to −47.5), 22.1 (14.9 to 29.3).
    # The paper rounds the limits before it takes their intervals.
    shape = [(-1.0) ** n for n in range(84)] + [0.0]
    found = bland_altman([-16.29 + 19.61 * one for one in shape], [0.0] * 85)
    assert found.lower_interval is not None
    assert found.upper_interval is not None
    printed = [found.lower, found.lower_interval.low, found.lower_interval.high]
    assert printed == pytest.approx([-54.7, -61.9, -47.5], abs=0.1)
    printed = [found.upper, found.upper_interval.low, found.upper_interval.high]
    assert printed == pytest.approx([22.1, 14.9, 29.3], abs=0.1)
