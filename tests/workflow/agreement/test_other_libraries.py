"""Where statsmodels and scikit-learn compute the same, so do we."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa
from statsmodels.stats.inter_rater import fleiss_kappa as their_fleiss

from workflow.agreement.cohen import cohen_kappa
from workflow.agreement.exact import clopper_pearson
from workflow.agreement.fleiss import fleiss_kappa, fleiss_null_se
from workflow.agreement.resampling import Resampling
from workflow.agreement.tables import Table

QUICK = Resampling(draws=2)
PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=40)
EXACT = {"abs": 1e-9, "rel": 1e-9}


@given(pairs=PAIRS, weights=st.sampled_from(["identity", "linear", "quadratic"]))
@settings(max_examples=60, deadline=None)
def test_cohens_kappa_is_that_of_scikit_learn_and_statsmodels(
    pairs: list[tuple[int, int]], weights: str
) -> None:
    found = cohen_kappa(Table.of(pairs, range(4)), weights, QUICK)
    assume(found.value is not None)
    named: Any = None if weights == "identity" else weights
    a, b = zip(*pairs, strict=True)
    assert found.value == pytest.approx(cohen_kappa_score(a, b, labels=range(4), weights=named), **EXACT)
    cells = np.zeros((4, 4))
    np.add.at(cells, (list(a), list(b)), 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        theirs = cohens_kappa(cells, wt=named)
    assert found.value == pytest.approx(theirs.kappa, **EXACT)
    if found.se is not None and theirs.var_kappa > 1e-12:
        assert found.se == pytest.approx(theirs.std_kappa, **EXACT)
        assert found.analytic is not None
        assert found.analytic.low == pytest.approx(theirs.kappa_low, **EXACT)


@given(rows=st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=2, max_size=30))
@settings(max_examples=60, deadline=None)
def test_fleiss_kappa_is_that_of_statsmodels(rows: list[list[int]]) -> None:
    found = fleiss_kappa(Table.of(rows), how=QUICK)
    assume(found.value is not None)
    counts, _ = aggregate_raters(np.array(rows))
    assert found.value == pytest.approx(their_fleiss(counts), **EXACT)


def test_the_null_variance_is_none_where_cases_differ_in_reads() -> None:
    assert fleiss_null_se(Table.of([[1, 2, None], [1, 1, 2]])) is None
    assert fleiss_null_se(Table.of([[1, 1], [1, 1]])) is None


@pytest.mark.parametrize(("k", "n"), [(0, 59), (59, 59), (3, 40), (1, 1)])
def test_exact_intervals_are_those_of_statsmodels(k: int, n: int) -> None:
    from statsmodels.stats.proportion import proportion_confint

    ours = clopper_pearson(k, n)
    assert (ours.low, ours.high) == pytest.approx(proportion_confint(k, n, method="beta"), abs=1e-12)
