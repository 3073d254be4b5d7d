"""The monitor of agreement: what it alarms at, and that it seldom alarms at nothing."""

import json
from collections import Counter
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom, fisher_exact

from workflow.monitoring.levels import FalseAlarms, at_least, more_than_rest
from workflow.monitoring.series import PlannedCase, Series
from workflow.monitoring.watching import TESTS, Settings, watch

READERS = ("ann", "bea", "cem")
FEW = 200  # draws for what the windows show; the alarms draw their own


def cases(n: int, right: float, seed: int, **more: Any) -> tuple[PlannedCase, ...]:
    """Cases of two classes, read by two of three readers who see the truth with chance `right`, else guess."""
    chance, made = np.random.default_rng(seed), []
    for number in range(n):
        truth = int(chance.integers(0, 2))
        pair = [READERS[k] for k in chance.permutation(3)[:2]]
        sees = chance.random(2) < right
        guess = chance.integers(0, 2, 2)
        reads = {who: truth if sees[k] else int(guess[k]) for k, who in enumerate(pair)}
        made.append(PlannedCase(f"{seed}-{number:04}", f"{seed}-{number // 2}", reads, **more))
    return tuple(made)


def series(given: tuple[PlannedCase, ...], field: str = "a", bound: float | None = None) -> Series:
    return Series(field, "nominal", given, bound, categories=(0, 1))


def kinds(found: Any) -> list[str]:
    return sorted({alarm.kind for alarm in found.alarms})


def test_agreement_far_below_the_bound_alarms_with_its_number_and_bound() -> None:
    found = watch([series(cases(150, 0.5, 1), bound=0.667)], Settings(draws=FEW))
    assert kinds(found) == ["too_low"]
    alarm = found.alarms[0]
    assert alarm.number < alarm.bound == 0.667
    assert "below the bound of 0.667" in alarm.words
    assert watch([series(cases(150, 0.5, 1))], Settings(draws=FEW)).alarms == ()


@pytest.mark.parametrize(
    ("coefficient", "level", "name"),
    [
        ("kappa", "ordinal", "κ"),
        ("ac1", "nominal", "AC1"),
        ("ac2", "ordinal", "AC2"),
        ("icc", "interval", "ICC(1,1)"),
    ],
)
def test_the_bound_is_of_the_coefficient_that_the_protocol_names(
    coefficient: Any, level: Any, name: str
) -> None:
    low, high = (
        Series("a", level, cases(150, right, 1), 0.9, categories=(0, 1), coefficient=coefficient)
        for right in (0.5, 1.0)
    )
    found = watch([low], Settings(draws=FEW))
    assert "too_low" in kinds(found)
    assert found.alarms[0].words.startswith(f"{name} is ")
    assert watch([high], Settings(draws=FEW)).alarms == ()


def test_readers_who_begin_to_copy_are_noticed() -> None:
    given = cases(100, 0.7, 2)
    copied = tuple(
        PlannedCase(f"c{n:03}", n, dict.fromkeys(sorted(READERS)[:2], n % 2), ()) for n in range(50)
    )
    found = watch([series(given + copied)], Settings(draws=FEW))
    assert kinds(found) == ["more_alike_than_before"]
    assert found.alarms[0].look == 3


def test_a_pair_that_agrees_far_more_than_other_pairs_is_named() -> None:
    alike = [{"ann": n % 2, "bea": n % 2} for n in range(100)]
    other = [{"cem": n % 2, ("ann", "bea")[n % 2]: (n // 2) % 2} for n in range(100)]
    mixed = tuple(PlannedCase(str(n), n, (alike if n % 2 else other)[n // 2]) for n in range(200))
    found = watch([series(mixed)], Settings(draws=FEW, window=100))
    assert kinds(found) == ["pair_too_alike"]
    assert {alarm.about for alarm in found.alarms} == {"ann and bea"}


def test_a_verdict_that_is_always_shared_beside_a_part_that_is_not_looks_unblinded() -> None:
    chance = np.random.default_rng(3)
    whole = tuple(PlannedCase(f"{n:04}", n, {"ann": n % 2, "bea": n % 2}) for n in range(600))
    part = tuple(
        PlannedCase(f"{n:04}", n, {"ann": int(chance.integers(0, 2)), "bea": int(chance.integers(0, 2))})
        for n in range(600)
    )
    how = Settings(draws=FEW, window=100, parts={"verdict": ["finding"]})
    found = watch([series(whole, "verdict"), series(part, "finding")], how)
    assert kinds(found) == ["too_alike"]
    assert found.alarms[0].words == "600 of 600 cases are unanimous, while readers differ on finding."
    fine = watch([series(whole, "verdict"), series(whole, "finding")], how)
    assert fine.alarms == ()


def test_windows_hold_double_reads_alone_and_share_none() -> None:
    single = tuple(PlannedCase(f"s{n}", n, {"ann": 1, "bea": None}) for n in range(30))
    found = watch([series(single + cases(120, 0.9, 4))], Settings(draws=FEW)).series[0]
    assert (found.cases, [one.cases for one in found.windows]) == (120, [50, 50])
    assert found.rolling is not None
    assert (found.rolling.cases, found.rolling.last) == (50, "4-0119")
    short = watch([series(cases(49, 0.9, 4))]).series[0]
    assert (short.windows, short.rolling) == ((), None)
    assert short.reason == "49 double-read cases: a window holds 50."
    with pytest.raises(ValueError, match="at least 50"):
        watch([series(cases(49, 0.9, 4))], Settings(window=49))


def test_subgroups_are_series_of_their_own_and_exploratory() -> None:
    given = series(cases(50, 0.9, 5, subgroups=("ct",)) + cases(50, 0.9, 6, subgroups=("mr",)))
    found = watch([given, *given.of_subgroups()], Settings(draws=FEW))
    assert [(one.subgroup, one.cases, one.exploratory) for one in found.series] == [
        (None, 100, False),
        ("ct", 50, True),
        ("mr", 50, True),
    ]
    assert found.false_alarms.tests == 12


def test_the_same_reads_give_the_same_bytes() -> None:
    given = [series(cases(120, 0.6, 7), bound=0.9)]
    told = [json.dumps(watch(given, Settings(draws=FEW)).as_dict(), allow_nan=False) for _ in range(2)]
    assert told[0] == told[1]


@pytest.mark.parametrize("bound", [0.667, 0.9])
@pytest.mark.slow
def test_what_is_in_control_alarms_no_more_often_than_stated(bound: float) -> None:
    # α of such readers is right², here exactly the bound: the hardest case that is still in control.
    runs, rate, right = 150, 0.2, bound**0.5
    how = Settings(rate=rate, looks=4, draws=20)
    found = [kinds(watch([series(cases(200, right, 1000 + n), bound=bound)], how)) for n in range(runs)]
    assert sum(map(bool, found)) <= binom.ppf(0.999, runs, rate)
    for kind, alarmed in Counter(kind for one in found for kind in one).items():
        assert alarmed <= binom.ppf(0.999, runs, rate / TESTS), kind


def test_the_parts_of_the_rate_never_add_up_to_more() -> None:
    open_end, planned = FalseAlarms(0.05, 7), FalseAlarms(0.05, 7, looks=10)
    assert 7 * sum(open_end.level(look) for look in range(1, 100_000)) == pytest.approx(0.05, rel=1e-4)
    assert 7 * sum(planned.level(look) for look in range(1, 11)) == pytest.approx(0.05)
    assert planned.level(11) == 0
    assert "at most 5 % for 7 tests together" in open_end.stated
    with pytest.raises(ValueError, match="between 0 and 1"):
        FalseAlarms(0)


@pytest.mark.parametrize(("found", "of", "rest", "of_rest"), [(48, 50, 60, 100), (0, 5, 3, 9), (5, 5, 0, 5)])
def test_the_exact_chances_are_those_of_scipy(found: int, of: int, rest: int, of_rest: int) -> None:
    table = [[found, of - found], [rest, of_rest - rest]]
    assert more_than_rest(found, of, rest, of_rest) == pytest.approx(fisher_exact(table, "greater").pvalue)
    assert at_least(found, of, 0.3) == pytest.approx(binom.sf(found - 1, of, 0.3))
