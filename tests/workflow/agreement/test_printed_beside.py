"""The other numbers that papers print beside their coefficients, and those of other implementations."""

import json
from collections import Counter
from fractions import Fraction
from itertools import chain

import numpy as np
import pytest

from tests.workflow.agreement.published import VECTORS, examples
from workflow.agreement.bland_altman import bland_altman, within_sd
from workflow.agreement.dawid_skene import dawid_skene
from workflow.agreement.fleiss import fleiss_per_category
from workflow.agreement.icc import intraclass
from workflow.agreement.resampling import Resampling
from workflow.agreement.tables import Table
from workflow.consensus.voxels import held_by

(JUDGES,), (METERS,) = examples("icc_shrout_fleiss1979"), examples("bland_altman1986")
(DEPRESSION,), (DOCTORS,) = examples("fleiss_kappa"), examples("dawid_skene1979")


def test_the_mean_squares_and_intervals_of_the_judges_are_those_of_every_tool() -> None:
    found = intraclass(JUDGES["data"])
    assert found.mean_squares is not None
    for name, printed in JUDGES["mean_squares"]["published"].items():
        # The paper prints 6.26 and 32.49 for 6.2639 and 32.4861.
        assert getattr(found.mean_squares, name.lower()) == pytest.approx(printed, abs=0.005)
    for name, expected in JUDGES["expected"].items():
        made = found.form(f"ICC({name[3]},{name[4:] or '1'})").interval
        assert made is not None
        assert [made.low, made.high] == pytest.approx(expected["ci95"]["R psych 2.2.9"], abs=1e-9)
        assert [made.low, made.high] == pytest.approx(expected["ci95"]["pingouin 0.7.0"], abs=0.005)


def test_the_limits_of_1986_come_from_its_rounded_standard_deviation() -> None:
    data, expected = METERS["data"], METERS["expected"]
    found = bland_altman(data["wright_1"], data["mini_1"], multiplier=2)
    assert found.bias is not None
    assert found.sd is not None
    bias, sd = round(found.bias, 1), round(found.sd, 1)
    limits = [expected[f"{end}_loa_2sd"]["published"] for end in ("lower", "upper")]
    assert [bias - 2 * sd, bias + 2 * sd] == pytest.approx(limits, abs=1e-9)
    assert found.bias_interval is not None
    theirs = expected["bias_ci95"]["R t.test"]
    assert [found.bias_interval.low, found.bias_interval.high] == pytest.approx(theirs, abs=1e-10)
    for meter, printed in expected["coefficient_of_repeatability"]["published"].items():
        within = within_sd(list(zip(data[f"{meter}_1"], data[f"{meter}_2"], strict=True)))
        assert within is not None
        # The paper rounds the within-subject deviation twice: √2 · 2 · s, s² = Σ d² / 2n.
        assert 2 * round(within * 2**0.5, 1) == pytest.approx(printed, abs=1e-9)


def test_fleiss_prints_three_decimals_of_what_comes_out() -> None:
    table, expected = Table.of_counts(DEPRESSION["counts"], DEPRESSION["categories"]), DEPRESSION["expected"]
    each = [one.value for one in fleiss_per_category(table, Resampling(draws=20))]
    assert each == pytest.approx(expected["kappa_per_category"]["published"], abs=5.0001e-4)
    shares = [number / 180 for _, number in table.marginals]
    # The paper's .2201 comes from its shares of three decimals.
    assert round(sum(round(share, 3) ** 2 for share in shares), 4) == expected["P_e"]["published"]
    # The variance of 1971, which is wrong, is given nowhere: √(2 / (N m (m − 1))) · √(P_e − (2m − 3) P_e² + …).
    squares, cubes = (sum(share**power for share in shares) for power in (2, 3))
    wrong = 2 / (30 * 6 * 5) * (squares - 9 * squares**2 + 8 * cubes) / (1 - squares) ** 2
    assert wrong**0.5 == pytest.approx(expected["se_under_H0"]["refimpl_1971_formula"], abs=1e-11)
    assert round(wrong**0.5, 3) == expected["se_under_H0"]["published_1971"]


def test_dawid_and_skene_agree_with_two_further_implementations() -> None:
    reads, expected = [list(one.values()) for one in DOCTORS["reads"].values()], DOCTORS["expected"]
    found = dawid_skene(reads, DOCTORS["classes"], smoothing=0)
    assert found.marginals == pytest.approx(expected["class_marginals"]["crowd-kit"], abs=1e-8)
    assert found.log_likelihood == pytest.approx(expected["log_likelihood"]["third_party_log"], abs=2e-6)
    most = [Counter(chain(*patient)).most_common() for patient in reads]
    modes = [sorted(label for label, n in one if n == one[0][1]) for one in most]
    assert modes == expected["majority_all_seven_reads"]


def test_a_strict_majority_of_the_masks_of_staple_is_as_stated() -> None:
    [vector] = json.loads((VECTORS / "staple.json").read_text())["vectors"]
    held = held_by(np.array(vector["masks"], dtype=bool), "majority")
    assert held is not None
    assert held.astype(int).tolist() == vector["expected"]["majority_strict"]


def test_fused_boxes_of_ensemble_boxes_are_ours_to_single_precision() -> None:
    example = json.loads((VECTORS / "boxes.json").read_text(), parse_float=Fraction)["wbf"]
    theirs = example["ensemble_boxes_1.0.9"]
    for (score, box, _), other, likely in zip(
        example["expected"], theirs["boxes"], theirs["scores"], strict=True
    ):
        assert list(map(float, box)) == pytest.approx(
            list(map(float, other)), abs=float(example["max_abs_diff"])
        )
        assert float(score) == pytest.approx(float(likely), abs=1e-8)
