"""What is undefined is None with a reason; what is unanimous gets an exact interval; patients are drawn whole."""

from typing import Any

import pytest

from workflow.agreement import icc
from workflow.agreement.bland_altman import bland_altman, repeatability
from workflow.agreement.cohen import cohen_kappa
from workflow.agreement.fleiss import fleiss_kappa
from workflow.agreement.gwet import gwet_ac1, gwet_ac2
from workflow.agreement.icc import NAMES, intraclass
from workflow.agreement.krippendorff import krippendorff_alpha
from workflow.agreement.pabak import pabak
from workflow.agreement.percent import observed_agreement, specific_agreement
from workflow.agreement.resampling import Resampling
from workflow.agreement.results import Estimate
from workflow.agreement.tables import Table
from workflow.agreement.weights import weight_matrix

ALIKE = Table.of([["no", "no"]] * 30)
PERFECT = Table.of([["no", "no"]] * 20 + [["yes", "yes"]] * 10)


def all_of(table: Table, how: Resampling | None = None) -> list[Estimate]:
    how = how or Resampling(draws=50)
    return [
        cohen_kappa(table, how=how),
        fleiss_kappa(table, how=how),
        gwet_ac1(table, how),
        pabak(table, how=how),
        krippendorff_alpha(table, "nominal", how),
    ]


def test_reads_that_are_all_alike_leave_nothing_to_correct() -> None:
    for found in all_of(ALIKE):
        assert found.value is None
        assert found.interval is None
        assert (
            found.reason == "Every read gives the same value: there is nothing that chance could not explain."
        )


def test_a_declared_scale_gives_ac1_a_value_where_all_reads_are_alike() -> None:
    table = Table.of([["no", "no"]] * 30, ("no", "yes"))
    assert gwet_ac1(table).value == 1
    assert pabak(table).value == 1
    assert cohen_kappa(table).value is None


@pytest.mark.parametrize(
    "rows", [[], [[1, None], [None, 2]], [[None, None]]], ids=["empty", "alone", "blank"]
)
def test_without_a_case_of_two_reads_there_is_no_value(rows: list[Any]) -> None:
    found = [*all_of(Table.of(rows)), observed_agreement(Table.of(rows)), gwet_ac2(Table.of(rows), "linear")]
    assert {one.value for one in found} == {None}
    assert all(one.reason for one in found)
    assert specific_agreement(Table.of(rows)) == () or rows


def test_unanimous_cases_do_not_prove_perfection() -> None:
    percent = observed_agreement(PERFECT)
    assert percent.value == 1
    assert percent.interval is not None
    # Clopper & Pearson: the lower bound with n successes of n is (α/2)^(1/n).
    assert percent.interval.low == pytest.approx(0.025 ** (1 / 30))
    assert percent.interval.high == 1
    assert "Clopper" in percent.interval.method
    for found in all_of(PERFECT):
        assert found.value == 1
        assert found.se is None
        assert found.interval is not None
        assert 0 < found.interval.low < percent.interval.low


def test_a_unanimous_patient_counts_once_however_many_cases_they_have() -> None:
    how = Resampling(patients=tuple(case // 3 for case in range(30)))
    found = observed_agreement(PERFECT, how).interval
    assert found is not None
    assert found.low == pytest.approx(0.025 ** (1 / 10))
    assert found.method.endswith("over 10 patients")


def test_total_disagreement_gets_an_exact_interval_too() -> None:
    found = observed_agreement(Table.of([[1, 2]] * 12)).interval
    assert found is not None
    assert (found.low, found.high) == pytest.approx((0, 1 - 0.025 ** (1 / 12)))


def test_cases_of_one_patient_widen_the_interval() -> None:
    rows = [[1, 1], [1, 2], [2, 2], [2, 1]] * 5
    apart = observed_agreement(Table.of(rows * 6)).interval
    together = observed_agreement(
        Table.of(rows * 6), Resampling(patients=tuple(one % 2 for one in range(120)))
    ).interval
    assert apart is not None
    assert together is not None
    assert together.high - together.low > 3 * (apart.high - apart.low)
    assert "patients" in together.method


def test_one_patient_is_no_sample() -> None:
    found = observed_agreement(Table.of([[1, 1], [1, 2]]), Resampling(patients=("a", "a")))
    assert found.value == 0.5
    assert found.interval is None
    assert found.interval_reason == "Only one patient: there is nothing to resample."
    with pytest.raises(ValueError, match="one patient for each case"):
        observed_agreement(Table.of([[1, 1], [1, 2]]), Resampling(patients=("a",)))


def test_resamples_without_a_value_are_left_out_and_counted() -> None:
    found = krippendorff_alpha(
        Table.of([["no", "no"]] * 9 + [["no", "yes"]]), "nominal", Resampling(draws=400)
    )
    assert found.interval is not None
    assert (
        100 < found.interval.undefined_draws < 200
    )  # the one dissent is not drawn in about 35 % of resamples


def test_the_interval_covers_as_often_as_it_says() -> None:
    # 200 studies of 60 cases whose readers agree with probability 0.7; the truth lies in 88–99 % of intervals.
    import numpy as np

    random, covered = np.random.default_rng(7), 0
    for _ in range(200):
        rows = [[1, 1 + int(x > 0.7)] for x in random.random(60)]
        found = observed_agreement(Table.of(rows), Resampling(draws=200)).interval
        assert found is not None
        covered += found.low <= 0.7 <= found.high
    assert 176 <= covered <= 198


def test_specific_agreement_is_that_of_cicchetti_and_feinstein() -> None:
    yes, no = specific_agreement(Table.of_contingency([[80, 10], [5, 5]], ("yes", "no")))
    assert (yes.value, no.value) == pytest.approx((2 * 80 / (2 * 80 + 15), 2 * 5 / (2 * 5 + 15)))
    assert yes.prevalence == (("yes", 175 / 200), ("no", 25 / 200))
    assert yes.interval is not None
    assert no.interval is not None
    assert yes.interval.low > no.interval.high


def test_kappa_of_cohen_is_for_two_readers() -> None:
    assert cohen_kappa(Table.of([[1, 1, 2], [2, 2, 1]])).reason == (
        "Cohen's kappa compares two readers: take two, or Fleiss' kappa."
    )


def test_measurements_are_not_categories() -> None:
    found = all_of(Table.of([[case, case + 0.5] for case in range(400)]))
    assert all("nothing of measurements" in (one.reason or "") for one in found[:4])
    assert found[4].value is not None


def test_ratios_of_negative_values_are_undefined() -> None:
    found = krippendorff_alpha(Table.of([[-1, 2], [2, 2]]), "ratio")
    assert (found.value, found.reason) == (None, "Ratios need values of zero or more.")


def test_correlations_without_two_whole_cases_are_none() -> None:
    found = intraclass([[1.0, 2.0], [3.0, None]])
    assert found.dropped == 1
    assert {one.value for one in found.forms} == {None}
    assert {one.missing for one in found.forms} == {1}
    assert intraclass([]).form("ICC(2,1)").reason == intraclass([[1.0], [2.0]]).form("ICC(2,1)").reason


def test_correlations_of_values_that_do_not_vary_are_none_and_of_equal_readers_have_no_interval() -> None:
    assert {one.value for one in intraclass([[5.0, 5.0], [5.0, 5.0]]).forms} == {None}
    for one in intraclass([[1.0, 1.0], [2.0, 2.0], [4.0, 4.0]]).forms:
        assert one.value == pytest.approx(1)
        assert one.interval is None
        assert one.interval_reason
    shifted = intraclass([[1.0, 3.0], [2.0, 4.0], [4.0, 6.0]])
    assert shifted.form("ICC(3,1)").value == pytest.approx(1)
    assert (shifted.form("ICC(2,1)").value or 1) < 0.7
    no_signal = intraclass([[1.0, 2.0], [2.0, 1.0]])
    assert no_signal.form("ICC(1,k)").reason
    assert [one.statistic for one in no_signal.forms] == list(NAMES)


def test_limits_need_two_pairs_that_differ() -> None:
    assert (
        bland_altman([1.0, None], [2.0, 3.0]).reason
        == "Limits of agreement need two cases that both measured."
    )
    same = bland_altman([1.0, 2.0], [2.0, 3.0])
    assert (same.bias, same.sd, same.bias_interval) == (-1, 0, None)
    assert same.reason
    assert repeatability([[1.0]]) is None


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([[1], [1, 2]], "differ in length"),
        ([[float("nan"), 1.0]], "NaN"),
        ([[1, 9]], "not among the categories"),
    ],
)
def test_what_is_no_table_is_refused(rows: list[list[Any]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Table.of(rows, (1, 2) if words.startswith("not") else None)


def test_weights_are_by_name_or_of_the_right_size() -> None:
    assert weight_matrix((1, 2, 4), "linear")[0].tolist() == pytest.approx([1, 2 / 3, 0])
    assert weight_matrix(("low", "mid", "high"), "quadratic")[0].tolist() == [1, 0.75, 0]
    with pytest.raises(ValueError, match="Weights are one of identity, linear"):
        weight_matrix((1, 2), "cubic")
    with pytest.raises(ValueError, match="one row and one column"):
        weight_matrix((1, 2, 3), weight_matrix((1, 2)))


@pytest.mark.parametrize(
    ("rows", "form", "reason"),
    [
        # Judges and error cancel in Satterthwaite's degrees of freedom.
        ([[2.0, 3.0, 4.0], [4.0, 3.0, 2.0]], "ICC(2,1)", icc.NO_DEGREES),
        # The lower end lies at or below -1/(k-1), where the reliability of a mean would be minus infinity.
        ([[3.0, 1.0, 3.0], [1.0, 2.0, 3.0]], "ICC(2,k)", icc.SAME_MEANS),
    ],
)
def test_an_interval_that_cannot_be_is_null_with_its_reason(
    rows: list[list[float]], form: str, reason: str
) -> None:
    found = intraclass(rows).form(form)
    assert (found.interval, found.interval_reason) == (None, reason)
    assert found.value is not None
