"""Every published coefficient of categories comes out to its printed decimals."""

import json
from typing import Any

import pytest

from tests.workflow.agreement.published import VECTORS, check, examples
from workflow.agreement.cohen import cohen_kappa
from workflow.agreement.distances import jaccard
from workflow.agreement.fleiss import fleiss_kappa, fleiss_null_se, fleiss_per_category
from workflow.agreement.gwet import gwet_ac1, gwet_ac2
from workflow.agreement.krippendorff import krippendorff_alpha
from workflow.agreement.pabak import pabak
from workflow.agreement.percent import observed_agreement
from workflow.agreement.resampling import Resampling
from workflow.agreement.results import Estimate
from workflow.agreement.tables import Table
from workflow.agreement.weights import from_disagreement

QUICK = Resampling(draws=20)
Example = dict[str, Any]


def named(example: Example) -> str:
    return str(example["id"])


def coefficient(table: Table, name: str) -> Estimate:
    """A coefficient by its name in the files, such as gwet_ac2_linear."""
    if name in ("po", "P_bar"):
        return observed_agreement(table, QUICK)
    for prefix, weighted in (("fleiss_", fleiss_kappa), ("gwet_ac2_", gwet_ac2)):
        if name.startswith(prefix):
            return weighted(table, name.removeprefix(prefix), QUICK)
    if name.startswith("alpha_"):
        level: Any = name.removeprefix("alpha_")
        return krippendorff_alpha(table, level, QUICK)
    plain = {
        "fleiss": fleiss_kappa,
        "scott_pi": fleiss_kappa,
        "kappa": cohen_kappa,
        "brennan_prediger": pabak,
    }
    return gwet_ac1(table, QUICK) if name == "gwet_ac1" else plain[name](table, how=QUICK)


@pytest.mark.parametrize("example", examples("krippendorff_alpha") + examples("gwet_multirater"), ids=named)
def test_tables_of_many_readers_give_the_published_values(example: Example) -> None:
    for name, expected in example["expected"].items():
        check(coefficient(Table.of(example["data"]), name).value, expected)


@pytest.mark.parametrize("example", examples("kappa_paradox_gwet_2x2"), ids=named)
def test_the_paradoxes_of_kappa_come_out_as_published(example: Example) -> None:
    table = Table.of_contingency(example["table"], ("yes", "no"))
    for name, expected in example["expected"].items():
        check(coefficient(table, name).value, expected)


@pytest.mark.parametrize("example", examples("cohen_kappa"), ids=named)
def test_two_readers_give_the_published_kappa_and_standard_error(example: Example) -> None:
    table = Table.of_contingency(example["table"], range(len(example["table"])))
    apart, expected = example["disagreement_weights"], example["expected"]
    found = cohen_kappa(table, "identity" if apart is None else from_disagreement(apart), QUICK)
    check(found.value, expected["kappa"])
    check(found.se, expected["se_large_sample"])
    assert (found.observed, found.expected) == pytest.approx((expected["po"], expected["pe"]), abs=1e-11)


@pytest.mark.parametrize("example", examples("cohen_kappa"), ids=named)
def test_named_weights_are_those_written_out(example: Example) -> None:
    if example["weights"] in ("linear", "quadratic"):
        table = Table.of_contingency(example["table"], range(len(example["table"])))
        written = cohen_kappa(table, from_disagreement(example["disagreement_weights"]), QUICK)
        assert cohen_kappa(table, example["weights"], QUICK).value == pytest.approx(written.value, abs=1e-12)


def test_kappa_of_cohen_1968_takes_weights_that_are_not_symmetric() -> None:
    # Agresti's pathologists, plain: κ .493 with standard error .057 (Agresti 1992).
    example = next(one for one in examples("cohen_kappa") if one["id"].startswith("agresti"))
    plain = cohen_kappa(Table.of_contingency(example["table"], range(4)), how=QUICK)
    assert (round(plain.value or 0, 3), round(plain.se or 0, 3)) == (0.493, 0.057)
    table = Table.of_contingency([[20, 5], [10, 15]], (0, 1))
    costly = cohen_kappa(table, from_disagreement([[0, 1], [3, 0]]), QUICK)
    # By hand: Σ v p_o = (5 + 30) / 50, Σ v p_e = .6·0 + (.5·.4·1 + .5·.6·3) = 1.1, so κ = 1 − .7 / 1.1.
    assert costly.value == pytest.approx(1 - 0.7 / 1.1)


def test_fleiss_1971_comes_out_with_its_categories_and_its_test() -> None:
    (example,) = examples("fleiss_kappa")
    table, expected = Table.of_counts(example["counts"], example["categories"]), example["expected"]
    found = fleiss_kappa(table, how=QUICK)
    check(found.value, expected["kappa"])
    assert found.observed == pytest.approx(expected["P_bar"]["value"])
    assert found.expected == pytest.approx(expected["P_e"]["value"])
    each = [one.value for one in fleiss_per_category(table, QUICK)]
    assert each == pytest.approx(expected["kappa_per_category"]["value"], abs=1e-11)
    assert fleiss_null_se(table) == pytest.approx(
        expected["se_under_H0"]["fleiss_nee_landis_1979_formula"], abs=1e-12
    )
    for name in ("gwet_ac1", "alpha_nominal"):
        check(coefficient(table, name).value, expected[name])


def test_gwets_standard_errors_and_intervals_are_the_published_ones() -> None:
    # Gwet's four raters (2014; also printed with his own software): SE and 95 % interval, cut at 1.
    table = Table.of(examples("gwet_multirater")[0]["data"])
    printed = {"gwet_ac1": (0.14295, 0.461), "fleiss": (0.15302, 0.424), "brennan_prediger": (0.14472, 0.454)}
    for name, (se, low) in printed.items():
        found = coefficient(table, name)
        assert found.se is not None
        assert found.analytic is not None
        assert (round(found.se, 5), round(found.analytic.low, 3), found.analytic.high) == (se, low, 1)


@pytest.mark.parametrize(("name", "of"), [("alpha_nominal", "alpha_nominal"), ("fleiss", "fleiss")])
def test_the_bootstrap_of_zapf_2016_comes_out_digit_for_digit(name: str, of: str) -> None:
    example = examples("gwet_multirater")[2]
    table, how = Table.of(example["data"]), Resampling(draws=1000, seed=1)
    found = (
        krippendorff_alpha(table, "nominal", how) if of == "alpha_nominal" else fleiss_kappa(table, how=how)
    )
    assert found.interval is not None
    expected = example[f"bootstrap_ci95_{name}_units_1000_seed1"]
    assert [found.interval.low, found.interval.high] == pytest.approx(expected, abs=1e-11)


def test_the_bootstrap_of_hayes_and_krippendorff_draws_cases_not_pairs() -> None:
    example = examples("krippendorff_alpha")[-1]
    noted = json.loads((VECTORS / "krippendorff_alpha.json").read_text())["bootstrap_note"]
    table, how = Table.of(example["data"]), Resampling(draws=2000, seed=1)
    found = krippendorff_alpha(table, "ordinal", how).interval
    assert found is not None
    assert [found.low, found.high] == pytest.approx(
        noted["unit_resampling_percentile_ci95_2000_seed1"], abs=1e-11
    )


def test_sets_give_the_published_alphas() -> None:
    example = json.loads((VECTORS / "sets_and_spans.json").read_text())["multilabel"]
    table = Table.of([[frozenset(read) for read in case] for case in example["sets"]])
    check(krippendorff_alpha(table, jaccard, QUICK).value, example["alpha_jaccard"])

    def steps(a: frozenset[str], b: frozenset[str]) -> float:
        return 0 if a == b else 1 / 3 if a <= b or b <= a else 2 / 3 if a & b else 1

    check(krippendorff_alpha(table, steps, QUICK).value, example["alpha_set_distance_0_1/3_2/3_1"])


def test_pabak_of_two_readers_and_two_classes_is_twice_the_agreement_less_one() -> None:
    found = pabak(Table.of_contingency([[80, 10], [5, 5]], ("yes", "no")), how=QUICK)
    assert found.value == pytest.approx(2 * 0.85 - 1)
    assert found.observed == pytest.approx(0.85)
