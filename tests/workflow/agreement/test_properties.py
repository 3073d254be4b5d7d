"""What must hold for every table: nobody's order matters, nominal names do not, and a seed is a seed."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.agreement.cohen import cohen_kappa
from workflow.agreement.distances import LEVELS
from workflow.agreement.fleiss import fleiss_kappa
from workflow.agreement.gwet import gwet_ac1, gwet_ac2
from workflow.agreement.krippendorff import krippendorff_alpha
from workflow.agreement.ordering import ordered
from workflow.agreement.pabak import pabak
from workflow.agreement.percent import observed_agreement
from workflow.agreement.resampling import Resampling
from workflow.agreement.results import Estimate
from workflow.agreement.tables import Table

Rows = list[tuple[int | None, ...]]
READ = st.one_of(st.none(), st.integers(1, 4))
TABLES: st.SearchStrategy[Rows] = st.integers(2, 4).flatmap(
    lambda readers: st.lists(st.tuples(*[READ] * readers), min_size=1, max_size=14)
)
QUICK = Resampling(draws=5)
NOMINAL: list[Callable[[Table, Resampling], Estimate]] = [
    observed_agreement,
    gwet_ac1,
    lambda table, how: fleiss_kappa(table, how=how),
    lambda table, how: pabak(table, how=how),
    lambda table, how: cohen_kappa(table, how=how),
    lambda table, how: krippendorff_alpha(table, "nominal", how),
]
ORDERED: list[Callable[[Table, Resampling], Estimate]] = [
    lambda table, how: gwet_ac2(table, "quadratic", how),
    lambda table, how: fleiss_kappa(table, "linear", how),
    *(lambda table, how, level=level: krippendorff_alpha(table, level, how) for level in LEVELS[1:]),  # type: ignore[misc]
]
SCALE = (1, 2, 3, 4)


def values(table: Table, statistics: list[Callable[[Table, Resampling], Estimate]]) -> list[Any]:
    return [pytest.approx(one(table, QUICK).value, abs=1e-9) for one in statistics]


def ends(found: Estimate) -> list[float]:
    return [found.interval.low, found.interval.high] if found.interval else []


@given(rows=TABLES, random=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_cases_and_readers_changes_nothing(rows: Rows, random: Any) -> None:
    order = random.sample(range(len(rows[0])), len(rows[0]))
    shuffled = [tuple(row[reader] for reader in order) for row in random.sample(rows, len(rows))]
    given_, turned = Table.of(rows, SCALE), Table.of(shuffled, SCALE)
    assert [one(given_, QUICK).value for one in NOMINAL + ORDERED] == values(turned, NOMINAL + ORDERED)


@given(rows=TABLES, random=st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_in_one_order_not_even_the_intervals_change(rows: Rows, random: Any) -> None:
    order = random.sample(range(len(rows[0])), len(rows[0]))
    shuffled = [tuple(row[reader] for reader in order) for row in random.sample(rows, len(rows))]
    (a, _), (b, _) = ordered(Table.of(rows, SCALE)), ordered(Table.of(shuffled, SCALE))
    for one in NOMINAL + ORDERED:
        assert ends(one(a, QUICK)) == pytest.approx(ends(one(b, QUICK)), abs=1e-9)


@given(rows=TABLES, names=st.permutations(SCALE))
@settings(max_examples=60, deadline=None)
def test_nominal_names_mean_nothing(rows: Rows, names: list[int]) -> None:
    renamed = [tuple(read and names[read - 1] for read in row) for row in rows]
    given_, turned = Table.of(rows, SCALE), Table.of(renamed, SCALE)
    assert [one(given_, QUICK).value for one in NOMINAL] == values(turned, NOMINAL)


@given(rows=TABLES, read=st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_a_unanimous_case_never_lowers_percent_agreement(rows: Rows, read: int) -> None:
    before = observed_agreement(Table.of(rows), QUICK).value
    after = observed_agreement(Table.of([*rows, (read,) * len(rows[0])]), QUICK).value
    assert after is not None
    assert before is None or after >= before - 1e-12


@given(rows=TABLES, factor=st.integers(1, 9), shift=st.integers(-5, 5))
@settings(max_examples=40, deadline=None)
def test_units_and_zero_points_do_not_change_alpha(rows: Rows, factor: int, shift: int) -> None:
    moved = [tuple(read and factor * read + 100 + shift for read in row) for row in rows]
    scaled = [tuple(read and factor * read for read in row) for row in rows]
    for level, other in (("interval", moved), ("ordinal", moved), ("ratio", scaled)):
        a, b = (krippendorff_alpha(Table.of(one), level, QUICK).value for one in (rows, other))  # type: ignore[arg-type]
        assert a == pytest.approx(b, abs=1e-9)


@given(rows=TABLES, seed=st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_a_seed_gives_the_same_interval_again(rows: Rows, seed: int) -> None:
    table, how = Table.of(rows), Resampling(draws=10, seed=seed)
    for one in NOMINAL + ORDERED:
        assert one(table, how) == one(table, how)


@given(rows=TABLES)
@settings(max_examples=60, deadline=None)
def test_every_result_is_a_value_or_a_reason(rows: Rows) -> None:
    for one in NOMINAL + ORDERED:
        found = one(Table.of(rows), QUICK)
        assert (found.value is None) == (found.reason is not None)
        assert found.value is None or -1e9 < found.value <= 1 + 1e-12
        assert found.missing == sum(row.count(None) for row in rows)
        if found.value is not None:
            assert (found.interval is None) == (found.interval_reason is not None)


@given(random=st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_many_categories_are_counted_like_few(random: Any) -> None:
    few = [tuple(random.choice((None, *range(1, 21))) for _ in range(3)) for _ in range(30)]
    few += [(1, 1, 1), (2, 2, None)]
    for level in LEVELS:
        a = krippendorff_alpha(Table.of(few, range(1, 21)), level, QUICK)
        b = krippendorff_alpha(Table.of(few, range(1, 101)), level, QUICK)  # too many to count as a matrix
        assert a.value == pytest.approx(b.value, abs=1e-9)
        assert a.interval is not None
        assert b.interval is not None
        assert (a.interval.low, a.interval.high) == pytest.approx((b.interval.low, b.interval.high), abs=1e-9)
