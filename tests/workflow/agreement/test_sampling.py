"""The joint error of readers who agree: what a blind sample bounds, and what nothing else does."""

from itertools import product
from math import comb
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from workflow.agreement.sampling import NO_CASES, NOT_BLIND, NOTHING_READ, Stratum, joint_error, upper_bound


@pytest.mark.parametrize(("n", "below"), [(59, 0.05), (149, 0.02), (299, 0.01)])
def test_no_error_among_so_many_bounds_the_joint_error(n: int, below: float) -> None:
    found = joint_error([Stratum("all", 10_000, n, 0)], blind=True)
    fewer = joint_error([Stratum("all", 10_000, n - 1, 0)], blind=True)
    assert found.upper is not None
    assert fewer.upper is not None
    assert found.upper < below < fewer.upper
    assert found.share == 0


def test_reads_that_were_not_blind_bound_nothing() -> None:
    found = joint_error([Stratum("all", 1000, 299, 0)], blind=False)
    assert (found.upper, found.share, found.strata, found.reason) == (None, None, (), NOT_BLIND)


def test_without_a_case_or_a_sample_there_is_a_reason() -> None:
    assert joint_error([], blind=True).reason == NO_CASES
    assert joint_error([Stratum("a", 9, 0, 0)], blind=True).reason == NOTHING_READ


@pytest.mark.parametrize(("k", "n"), [(0, 10), (1, 40), (7, 60), (60, 60)])
def test_a_stratum_alone_has_the_interval_of_statsmodels(k: int, n: int) -> None:
    found = joint_error([Stratum("all", 1000, n, k)], blind=True)
    assert found.strata[0].interval == pytest.approx(proportion_confint(k, n, 0.05, "beta"), abs=1e-9)
    assert found.upper == pytest.approx(proportion_confint(k, n, 0.10, "beta")[1], abs=1e-9)


def test_a_sampled_case_stands_for_as_many_as_its_stratum_has_for_each() -> None:
    found = joint_error([Stratum("rare", 20, 10, 5), Stratum("common", 980, 10, 1)], blind=True)
    assert [one.weight for one in found.strata] == [98, 2]
    assert found.share == pytest.approx((98 * 1 + 2 * 5) / 1000)


def test_a_stratum_that_nobody_read_counts_as_all_wrong_and_one_read_in_full_as_it_is() -> None:
    found = joint_error([Stratum("read", 50, 50, 5), Stratum("unread", 50, 0, 0)], blind=True)
    assert found.upper == pytest.approx((5 + 50) / 100)
    assert found.share is None
    assert found.share_reason == "Nothing was read in unread."


@pytest.mark.parametrize("shares", [(0.01, 0.2), (0.05, 0.05), (0.002, 0.6)])
def test_the_bound_holds_at_least_as_often_as_it_says(shares: tuple[float, float]) -> None:
    sizes, read = (900, 100), (40, 15)
    truth = sum(size * share for size, share in zip(sizes, shares, strict=True)) / sum(sizes)
    held = 0.0
    for found in product(range(read[0] + 1), range(read[1] + 1)):
        strata = [Stratum(str(h), sizes[h], read[h], found[h]) for h in (0, 1)]
        upper = joint_error(strata, blind=True).upper
        assert upper is not None
        held += (
            (upper >= truth) * _chance(found[0], read[0], shares[0]) * _chance(found[1], read[1], shares[1])
        )
    assert 0.95 <= held <= 1.0000001


@given(st.integers(1, 400), st.integers(0, 400), st.floats(0.5, 0.999))
@settings(max_examples=60, deadline=None)
def test_more_errors_never_lower_the_bound(n: int, k: int, level: float) -> None:
    k = min(k, n - 1)
    few, more = (upper_bound(Stratum("a", 1000, n, errors), level) for errors in (k, k + 1))
    assert few <= more <= 1


@pytest.mark.parametrize("counts", [(5, 6, 0), (5, 3, 4), (5, 3, -1)])
def test_counts_that_cannot_be_are_refused(counts: Any) -> None:
    with pytest.raises(ValueError, match="may not exceed"):
        Stratum("a", *counts)


def test_two_strata_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="same name"):
        joint_error([Stratum("a", 9, 1, 0), Stratum("a", 9, 1, 0)], blind=True)


def _chance(k: int, n: int, share: float) -> float:
    return comb(n, k) * share**k * (1 - share) ** (n - k)
