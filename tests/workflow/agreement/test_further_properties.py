"""Measurements, marks and batches, too, know no order of cases or readers; a report comes out to the same bytes."""

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.agreement.bland_altman import bland_altman
from workflow.agreement.dawid_skene import dawid_skene
from workflow.agreement.detections import f1_at_iou
from workflow.agreement.icc import intraclass
from workflow.agreement.ordering import ordered
from workflow.agreement.resampling import Resampling
from workflow.agreement.summary import as_json, estimates
from workflow.agreement.tables import Table
from workflow.consensus.boxes import Box

QUICK = Resampling(draws=20)
SCALE = (1, 2, 3, 4)
GRADES = st.lists(st.tuples(*[st.integers(1, 4)] * 3), min_size=3, max_size=10)
CORNER = st.integers(0, 20)
BOXES = st.lists(st.tuples(CORNER, CORNER).map(lambda at: Box((), at, (at[0] + 8, at[1] + 8))), max_size=3)
MARKED = st.lists(st.tuples(BOXES, BOXES), min_size=1, max_size=6)


@given(GRADES, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_targets_and_judges_in_any_order_have_the_same_correlations(rows: Any, random: Any) -> None:
    judges = random.sample(range(3), 3)
    turned = [[row[judge] for judge in judges] for row in random.sample(rows, len(rows))]
    one, other = intraclass(rows), intraclass(turned)
    for form in ("ICC(1,1)", "ICC(2,1)", "ICC(3,1)", "ICC(1,k)", "ICC(2,k)", "ICC(3,k)"):
        assert one.form(form).value == pytest.approx(other.form(form).value, abs=1e-9)


@given(GRADES, st.integers(-9, 9))
@settings(max_examples=40, deadline=None)
def test_exchanged_readers_have_the_opposite_bias_and_a_common_shift_changes_none(
    rows: Any, shift: int
) -> None:
    first, second = [float(row[0]) for row in rows], [float(row[1]) for row in rows]
    one, other = bland_altman(first, second), bland_altman(second, first)
    moved = bland_altman([value + shift for value in first], [value + shift for value in second])
    assert (one.bias, one.bias) == (pytest.approx(-(other.bias or 0.0)), pytest.approx(moved.bias))
    assert one.sd == pytest.approx(other.sd)


@given(MARKED, st.randoms(use_true_random=False), st.integers(-30, 30))
@settings(max_examples=60, deadline=None)
def test_cases_readers_and_a_common_shift_leave_the_f1_alone(cases: Any, random: Any, shift: int) -> None:
    def moved(boxes: list[Box]) -> list[Box]:
        return [Box((), *(tuple(at + shift for at in end) for end in (box.low, box.high))) for box in boxes]

    turned = [(moved(b), moved(a)) for a, b in random.sample(cases, len(cases))]
    one, other = (f1_at_iou(given, Fraction(1, 10), QUICK) for given in (cases, turned))
    assert one.f1.value == pytest.approx(other.f1.value)
    assert (one.matched, one.only_first, one.only_second) == (
        other.matched,
        other.only_second,
        other.only_first,
    )


@given(GRADES, st.permutations(SCALE), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_a_batch_knows_neither_names_of_classes_nor_an_order(rows: Any, names: Any, random: Any) -> None:
    order = random.sample(range(len(rows)), len(rows))
    plain = dawid_skene([[[read] for read in row] for row in rows], SCALE)
    turned = dawid_skene([[[names[read - 1]] for read in rows[n][::-1]] for n in order], tuple(names))
    for place, case in enumerate(order):
        assert turned.posterior[place] == pytest.approx(plain.posterior[case], abs=1e-6)


@given(GRADES, st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_a_report_of_cases_in_any_order_has_the_same_bytes(rows: Any, random: Any) -> None:
    def told(given_: Any) -> str:
        patients = tuple(str(row) for row in given_)
        table, who = ordered(Table.of(given_, SCALE), patients)
        found = estimates(table, "ordinal", "quadratic", Resampling(draws=30, patients=who))
        return json.dumps(as_json(table, found), allow_nan=False)

    assert told(random.sample(rows, len(rows))) == told(rows) == told(list(rows))
