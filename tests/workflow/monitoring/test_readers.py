"""Readers beside each other: pairs, overturned decisions, quick reads and marks that are too alike."""

import numpy as np
import pytest
from scipy.stats import binom

from workflow.agreement.cohen import cohen_kappa
from workflow.agreement.tables import Table
from workflow.monitoring.readers import (
    DrawnMark,
    ReadCase,
    TimedRead,
    disagreement_index,
    identical_marks,
    overturn_rates,
    quick_reads,
    reader_matrix,
)
from workflow.monitoring.series import PlannedCase, Series


def test_every_pair_is_measured_on_the_cases_that_both_read() -> None:
    rows = [
        {"ann": 1, "bea": 1},
        {"ann": 0, "bea": 1},
        {"ann": 0, "bea": 0},
        {"ann": 1, "cem": 0},
        {"cem": 1},
    ]
    series = Series("a", "nominal", tuple(PlannedCase(str(n), n, row) for n, row in enumerate(rows)))
    found = reader_matrix(series, draws=50)
    assert [(one.first, one.second, one.n) for one in found] == [("ann", "bea", 3), ("ann", "cem", 1)]
    assert found[0].percent.value == pytest.approx(2 / 3)
    assert found[0].kappa.value == pytest.approx(cohen_kappa(Table.of([(1, 1), (0, 1), (0, 0)])).value)
    assert found[1].alpha.interval_reason == "Only one patient: there is nothing to resample."
    assert found[0].as_dict()["readers"] == ["ann", "bea"]


def test_overturned_is_of_disputed_cases_and_the_index_of_all_cases_read() -> None:
    reads = [
        *[ReadCase("zoe", f"{n}", disputed=False) for n in range(6)],
        ReadCase("zoe", "6", disputed=True, overturned=True),
        ReadCase("zoe", "7", disputed=True, overturned=False),
        ReadCase("zoe", "8", disputed=False, overturned=True),  # a sampled agreed case
        ReadCase("zoe", "9", disputed=True),  # not decided yet
        ReadCase("ann", "0", disputed=False),
    ]
    ann, zoe = overturn_rates(reads)
    assert (zoe.found, zoe.of, zoe.value) == (1, 2, 0.5)
    assert zoe.label.startswith("conditional on dispute")
    assert (ann.reader, ann.value, ann.ci95) == ("ann", None, None)
    assert [(one.reader, one.found, one.of) for one in disagreement_index(reads)] == [
        ("ann", 0, 1),
        ("zoe", 2, 10),
    ]


def test_the_same_mark_by_two_hands_alarms_and_a_small_or_own_one_does_not() -> None:
    marks = [
        DrawnMark("1", "ann", "sha256:a", 40),
        DrawnMark("1", "bea", "sha256:a", 40),
        DrawnMark("2", "ann", "sha256:a", 40),
        DrawnMark("2", "ann", "sha256:a", 40),
        DrawnMark("3", "ann", "sha256:b", 4),
        DrawnMark("3", "bea", "sha256:b", 4),
    ]
    [alarm] = identical_marks("outline", marks)
    assert (alarm.about, alarm.words) == ("ann and bea", "They drew the same mark in case 1.")


def test_a_reader_who_hurries_is_named_and_the_others_are_not() -> None:
    reads = [TimedRead(who, seconds) for who in ("ann", "bea", "cem") for seconds in (80, 100, 120) * 10]
    hurried = [TimedRead("dan", seconds) for seconds in (10, 12, 90) * 10]
    [alarm] = quick_reads(reads + hurried, 0.01)
    assert (alarm.about, alarm.words[:37]) == ("dan", "20 of 30 reads took less than 25 s: c")
    assert quick_reads(reads, 0.01) == ()
    assert quick_reads([], 0.01) == ()
    assert [one.about for one in quick_reads(reads, 0.01, floor=90)] == ["ann", "bea", "cem"]


def test_readers_with_as_many_quick_reads_as_tolerated_seldom_alarm() -> None:
    chance, level, runs = np.random.default_rng(1), 0.1, 400
    alarmed = 0
    for _ in range(runs):
        quick = chance.random((4, 60)) < 0.05
        reads = [TimedRead(str(who), 5.0 if one else 100.0) for who, row in enumerate(quick) for one in row]
        alarmed += bool(quick_reads(reads, level))
    assert alarmed <= binom.ppf(0.999, runs, level)
