"""Shrout & Fleiss, Bland & Altman and Dawid & Skene come out as published."""

from typing import Any

import numpy as np
import pytest

from tests.workflow.agreement.published import check, examples
from workflow.agreement.bland_altman import bland_altman, repeatability, within_sd
from workflow.agreement.dawid_skene import dawid_skene
from workflow.agreement.icc import intraclass

(JUDGES,) = examples("icc_shrout_fleiss1979")
METERS = examples("bland_altman1986")[0]
DOCTORS = examples("dawid_skene1979")[0]
READS = [list(patient.values()) for patient in DOCTORS["reads"].values()]


def forms() -> list[tuple[str, dict[str, Any]]]:
    return [(f"ICC({name[3]},{name[4:] or '1'})", one) for name, one in JUDGES["expected"].items()]


@pytest.mark.parametrize(("name", "expected"), forms())
def test_the_six_intraclass_correlations_and_their_intervals(name: str, expected: dict[str, Any]) -> None:
    found = intraclass(JUDGES["data"]).form(name)
    check(found.value, expected)
    assert found.interval is not None
    assert [found.interval.low, found.interval.high] == pytest.approx(expected["ci95"]["refimpl"], abs=1e-10)


def test_the_mean_squares_of_shrout_and_fleiss() -> None:
    found = intraclass(JUDGES["data"]).mean_squares
    assert found is not None
    expected = JUDGES["mean_squares"]["computed"]
    letters = [expected[name] for name in ("BMS", "WMS", "JMS", "EMS")]
    assert [found.bms, found.wms, found.jms, found.ems] == pytest.approx(letters, abs=1e-11)


def test_the_limits_of_agreement_of_1986_with_their_intervals() -> None:
    data, expected = METERS["data"], METERS["expected"]
    found = bland_altman(data["wright_1"], data["mini_1"], multiplier=2)
    check(found.bias, expected["bias"])
    check(found.sd, expected["sd"])
    # The paper rounds the standard deviation to 38.8 before it doubles it.
    assert found.lower == pytest.approx(expected["lower_loa_2sd"]["value"], abs=1e-11)
    assert found.upper == pytest.approx(expected["upper_loa_2sd"]["value"], abs=1e-11)
    for made, name in (
        (found.bias_interval, "bias_ci95"),
        (found.lower_interval, "lower_loa_ci95"),
        (found.upper_interval, "upper_loa_ci95"),
    ):
        assert made is not None
        assert [made.low, made.high] == pytest.approx(expected[name]["refimpl"], abs=1e-10)
        assert [made.low, made.high] == pytest.approx(expected[name]["published"], abs=0.2)


def test_the_limits_at_1_96_standard_deviations() -> None:
    found = bland_altman(METERS["data"]["wright_1"], METERS["data"]["mini_1"])
    assert [found.lower, found.upper] == pytest.approx(METERS["expected"]["loa_196"], abs=1e-11)
    assert found.sd is not None
    assert found.upper is not None
    assert found.upper_interval is not None
    # 1999, p. 142: the standard error of a limit is 1.71 s / √n; t(16) is 2.1199.
    assert found.upper_interval.high - found.upper == pytest.approx(
        2.1199 * 1.71 * found.sd / 17**0.5, rel=1e-3
    )


def test_the_coefficients_of_repeatability_of_1986() -> None:
    data, expected = METERS["data"], METERS["expected"]["coefficient_of_repeatability"]["computed"]
    for meter in ("wright", "mini"):
        twice = list(zip(data[f"{meter}_1"], data[f"{meter}_2"], strict=True))
        assert repeatability(twice, multiplier=2) == pytest.approx(expected[meter], abs=1e-11)
        assert within_sd(twice) == pytest.approx(expected[meter] / 2 / 2**0.5, abs=1e-11)


def test_dawid_and_skene_without_smoothing_is_the_paper() -> None:
    found, expected = dawid_skene(READS, DOCTORS["classes"], smoothing=0), DOCTORS["expected"]
    assert found.converged
    assert found.marginals == pytest.approx(expected["class_marginals"]["value"], abs=1e-8)
    assert np.round(found.marginals, 2).tolist() == expected["class_marginals"]["published"]
    rates = np.array(found.error_rates, float)
    assert np.abs(rates - expected["error_rates"]["value"]).max() < 1e-8
    # One of the hundred printed rates ends in another digit: its rounding depends on when one stops.
    assert np.abs(rates - expected["error_rates"]["published"]).max() < 0.0051
    assert np.abs(np.array(found.posterior) - expected["posterior"]).max() < 1e-8
    assert found.log_likelihood == pytest.approx(expected["log_likelihood"]["value"], abs=1e-9)
    likely = [found.classes[int(np.argmax(one))] for one in found.posterior]
    assert likely == expected["map_labels"]


def test_smoothing_leaves_no_rate_at_zero_and_no_order_of_readers_matters() -> None:
    found = dawid_skene(READS, DOCTORS["classes"])
    assert min(rate for reader in found.error_rates for row in reader if row for rate in row) > 0
    turned = dawid_skene([case[::-1] for case in READS], DOCTORS["classes"])
    assert np.abs(np.array(turned.posterior) - found.posterior).max() < 1e-9
    assert turned.error_rates[::-1] == pytest.approx(np.array(found.error_rates), abs=1e-9)


def test_accepted_labels_that_the_readers_speak_against_are_found() -> None:
    found = dawid_skene(READS, DOCTORS["classes"], smoothing=0)
    accepted = list(DOCTORS["expected"]["map_labels"])
    assert found.doubtful(accepted, below=0.9) == ()
    accepted[0] = 4
    assert found.doubtful(accepted, below=0.96) == (0, 34)


def test_cases_and_readers_without_reads_are_no_fault() -> None:
    found = dawid_skene([[["a"], []], [[], []], [["b"], []]], ("a", "b", "c"), smoothing=0)
    assert found.missing == 4
    assert found.error_rates[1] == (None, None, None)
    assert sum(found.posterior[1]) == pytest.approx(1)
    assert dawid_skene([[[], []]], ("a", "b")).reason == "There is no read to learn from."
    with pytest.raises(ValueError, match="not among the classes"):
        dawid_skene([[["x"]]], ("a", "b"))
