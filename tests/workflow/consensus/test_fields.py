"""Each rule on one field: what settles it, what asks for a read, what goes up."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.consensus.answers import ABSENT, NOT_ASSESSABLE, FieldRead, decoded
from workflow.consensus.fields import decide_field
from workflow.consensus.rounding import decimal_string
from workflow.consensus.rules import rule_for
from workflow.protocol.fieldrules import field_rule_from
from workflow.protocol.sections import Reads

TWO_PLUS_ONE = Reads("2+1", 2, 3)
TWO_PLUS_SENIOR = Reads("2+senior", 2, 2)
MAJORITY = Reads("majority", 3, 3)
FOUR = Reads("lidc-two-phase", 4, 4)
WITHIN_1 = {"comparator": {"ordinal": {"within": 1}}}
MM = {"comparator": {"number": {"abs": "1.0"}}}


def decide(kind, reads, values, stated=None):
    rule = rule_for(kind, field_rule_from(stated or {}), reads)
    given_reads = [FieldRead(f"r{n}", decoded(kind, value)) for n, value in enumerate(values)]
    return decide_field(kind, rule, given_reads)


def outcome(kind, reads, values, stated=None):
    decision = decide(kind, reads, values, stated)
    return decision.state, decision.value


@pytest.mark.parametrize(
    ("kind", "reads", "values", "stated", "expected"),
    [
        # nominal
        ("nominal", TWO_PLUS_ONE, ["a", "b"], {}, ("request_read", None)),
        ("nominal", TWO_PLUS_ONE, ["a", "b", "a"], {}, ("accept", "a")),
        ("nominal", TWO_PLUS_ONE, ["a", "b", "c"], {}, ("escalate", None)),
        ("nominal", TWO_PLUS_SENIOR, ["a", "b"], {}, ("escalate", None)),
        ("nominal", MAJORITY, ["a", "b"], {}, ("wait", None)),
        ("nominal", FOUR, ["a", "a", "b", "b"], {}, ("escalate", None)),
        ("nominal", FOUR, ["a", "a", "a", "b"], {}, ("accept", "a")),
        ("nominal", Reads("unanimous", 3, 3), ["a", "a", "b"], {}, ("escalate", None)),
        ("nominal", Reads("n-of-m", 3, 4, 3), ["a", "a", "b"], {}, ("request_read", None)),
        ("nominal", Reads("n-of-m", 3, 4, 3), ["a", "a", "b", "a"], {}, ("accept", "a")),
        ("nominal", Reads("n-of-m", 4, 4, 2), ["a", "a", "b", "b"], {}, ("escalate", None)),
        ("boolean", TWO_PLUS_ONE, [False, False], {}, ("accept", False)),
        ("boolean", TWO_PLUS_ONE, [True, False], {"unanimous": True}, ("escalate", None)),
        ("boolean", MAJORITY, [True, True, False], {"unanimous": True}, ("escalate", None)),
        # left out by a condition
        ("nominal", TWO_PLUS_ONE, [None, None], {}, ("accept", ABSENT)),
        ("nominal", TWO_PLUS_ONE, ["a", None], {}, ("request_read", None)),
        ("nominal", TWO_PLUS_ONE, ["a", None, None], {}, ("accept", ABSENT)),
        ("ordinal", TWO_PLUS_ONE, [3, None, 3], {}, ("accept", 3)),
        ("ordinal", TWO_PLUS_ONE, [3, None, 5], {}, ("escalate", None)),
        # ordinal
        ("ordinal", TWO_PLUS_ONE, [3, 4], WITHIN_1, ("accept", 3)),
        ("ordinal", TWO_PLUS_ONE, [3, 4], {**WITHIN_1, "median": "high"}, ("accept", 4)),
        ("ordinal", TWO_PLUS_ONE, [3, 4], {**WITHIN_1, "cutoffs": [4], "median": "high"}, ("escalate", None)),
        ("ordinal", TWO_PLUS_ONE, [4, 5], {**WITHIN_1, "cutoffs": [4], "median": "high"}, ("accept", 5)),
        ("ordinal", TWO_PLUS_ONE, [1, 3], WITHIN_1, ("request_read", None)),
        ("ordinal", TWO_PLUS_ONE, [1, 3, 2], WITHIN_1, ("accept", 2)),
        ("ordinal", TWO_PLUS_ONE, [1, 3, 3], WITHIN_1, ("accept", 3)),
        ("ordinal", TWO_PLUS_ONE, [1, 4, 4], WITHIN_1, ("escalate", None)),
        ("ordinal", TWO_PLUS_ONE, [1, 3, 5], WITHIN_1, ("escalate", None)),
        (
            "ordinal",
            TWO_PLUS_ONE,
            [3, 3, 4],
            {**WITHIN_1, "cutoffs": [4], "median": "low"},
            ("escalate", None),
        ),
        # number
        ("number", TWO_PLUS_ONE, ["5.0", "6.0"], MM, ("accept", Fraction(11, 2))),
        ("number", TWO_PLUS_ONE, ["5.0", "6.1"], MM, ("request_read", None)),
        ("number", TWO_PLUS_ONE, ["5.0", "7.0"], MM, ("request_read", None)),
        ("number", TWO_PLUS_ONE, ["5.0", "9.0", "5.4"], MM, ("accept", Fraction(52, 10))),
        ("number", TWO_PLUS_ONE, ["5.0", "9.0", "7.0"], MM, ("escalate", None)),
        ("number", TWO_PLUS_ONE, ["5.9", "6.0"], {**MM, "cutoffs": ["6.0"]}, ("escalate", None)),
        ("number", FOUR, ["5.0", "5.0", "7.0", "7.0"], MM, ("escalate", None)),
        (
            "number",
            MAJORITY,
            ["1.0", "1.2", "1.9"],
            {**MM, "aggregate": "mean"},
            ("accept", Fraction(41, 30)),
        ),
        # multi
        ("multi", TWO_PLUS_ONE, [["x"], ["x", "y"]], {}, ("request_read", None)),
        ("multi", TWO_PLUS_ONE, [["x"], ["x", "y"], ["y"]], {}, ("accept", frozenset("xy"))),
        ("multi", FOUR, [["x"], ["x"], ["y"], ["y"]], {}, ("escalate", None)),
        (
            "multi",
            TWO_PLUS_ONE,
            [["x"], ["y"], ["z"]],
            {"comparator": {"jaccard": {"at_least": "1"}}},
            ("escalate", None),
        ),
    ],
)
def test_a_field_is_decided_by_its_rule(kind, reads, values, stated, expected):
    assert outcome(kind, reads, values, stated) == expected


def mark(x, size=1000, **on):
    return {"kind": "box", "on": on, "min": [x, 0], "max": [x + size, size]}


def test_a_box_is_fused_over_the_reads_that_agree():
    far = mark(5000)
    assert decide("box", TWO_PLUS_ONE, [mark(0), far]).state == "request_read"
    settled = decide("box", TWO_PLUS_ONE, [mark(0), far, mark(101)])
    assert settled.value.mark() == mark(51)
    assert settled.reason == "2 of 3 overlap enough with one of them"


def test_a_box_that_overlaps_both_others_enough_has_the_majority_though_they_do_not_overlap():
    settled = decide("box", TWO_PLUS_ONE, [mark(0), mark(300), mark(600)])
    assert (settled.state, settled.value.mark()) == ("accept", mark(300))


def test_two_equally_large_groups_of_boxes_are_a_tie():
    four = [mark(0), mark(10), mark(5000), mark(5010)]
    assert decide("box", Reads("n-of-m", 4, 4, 2), four).state == "escalate"


def test_boxes_over_slices_overlap_in_slices_too():
    shallow, deep = mark(0, series="1.2", slices=[3, 4]), mark(0, series="1.2", slices=[3, 8])
    decision = decide("box", TWO_PLUS_SENIOR, [shallow, deep])
    assert decision.state == "escalate"
    assert decision.numbers[0].number == Fraction(1, 3)
    elsewhere = mark(0, series="1.3", slices=[3, 4])
    assert decide("box", TWO_PLUS_SENIOR, [shallow, elsewhere]).numbers[0].number == 0


def test_disputed_assessability_goes_up_at_once():
    cannot = {"not_assessable": True}
    assert outcome("ordinal", TWO_PLUS_ONE, [3, cannot]) == ("escalate", None)
    assert outcome("ordinal", TWO_PLUS_ONE, [cannot, cannot]) == ("accept", NOT_ASSESSABLE)


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("nominal", ["a", "b"], (None, "tie")),
        ("nominal", ["a", "b", "a"], ("a", "aggregated by majority")),
        ("ordinal", [1, 5], (1, "aggregated by median")),
        ("multi", [["x"], ["y"]], (None, "tie")),
        ("box", [mark(0), mark(5000)], (None, "tie")),
        ("ordinal", [3, None], (None, "tie")),
    ],
)
def test_a_field_that_does_not_escalate_is_aggregated_and_a_tie_gives_nothing(kind, values, expected):
    decision = decide(kind, TWO_PLUS_SENIOR, values, {"escalates": False})
    assert (decision.state, decision.value, decision.reason) == ("accept", *expected)


def weighted(values, stated):
    rule = replace(rule_for("nominal", field_rule_from(stated), FOUR), weighted=True)
    reads = [FieldRead(str(n), value, weight=Fraction(weight)) for n, (value, weight) in enumerate(values)]
    return decide_field("nominal", rule, reads).state


def test_weights_break_a_tie_but_never_overturn_a_majority_nor_decide_a_critical_field():
    tied = [("a", 2), ("a", 1), ("b", 1), ("b", 1)]
    assert weighted(tied, {}) == "accept"
    assert weighted(tied, {"unanimous": True}) == "escalate"
    assert weighted([("a", 9), ("b", 1), ("b", 1), ("b", 1)], {}) == "escalate"


def test_decimals_are_rounded_half_up_exactly():
    assert decimal_string(Fraction(2075, 100), 1) == "20.8"
    assert decimal_string(Fraction(-1, 2), 0) == "0"
    assert decimal_string(Fraction(-1, 3), 6) == "-0.333333"
    assert decimal_string(Fraction(5, 1000), 2) == "0.01"


RULES = st.sampled_from(
    [TWO_PLUS_ONE, TWO_PLUS_SENIOR, MAJORITY, FOUR, Reads("unanimous", 3, 3), Reads("n-of-m", 3, 4, 2)]
)
ANSWERS = {
    "nominal": (st.sampled_from(["a", "b", "c", None, {"not_assessable": True}]), [{}, {"unanimous": True}]),
    "ordinal": (st.integers(1, 5), [{}, WITHIN_1, {**WITHIN_1, "cutoffs": [4], "median": "high"}]),
    "number": (st.integers(0, 80).map(lambda n: f"{n}.5"), [{}, MM, {**MM, "cutoffs": ["40"]}]),
    "multi": (
        st.lists(st.sampled_from("xyz"), unique=True),
        [{}, {"comparator": {"jaccard": {"at_least": "0.5"}}}],
    ),
    "box": (st.integers(0, 2000).map(mark), [{}, {"escalates": False}]),
}


@st.composite
def fields(draw):
    kind = draw(st.sampled_from(sorted(ANSWERS)))
    answers, rules = ANSWERS[kind]
    return kind, draw(RULES), draw(st.lists(answers, min_size=2, max_size=4)), draw(st.sampled_from(rules))


@settings(max_examples=200, deadline=None)
@given(fields(), st.randoms(use_true_random=False))
def test_the_order_of_the_reads_changes_no_decision(field, random):
    kind, reads, values, stated = field
    shuffled = list(values)
    random.shuffle(shuffled)
    assert outcome(kind, reads, values, stated) == outcome(kind, reads, shuffled, stated)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 5), min_size=2, max_size=4), RULES)
def test_a_crossed_cut_off_is_never_accepted(values, reads):
    decision = decide("ordinal", reads, values, {**WITHIN_1, "cutoffs": [4], "median": "high"})
    if len({value >= 4 for value in values}) > 1:
        assert decision.state in ("wait", "escalate")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from("ab"), min_size=2, max_size=4), RULES)
def test_an_accepted_category_is_one_that_somebody_gave_and_nobody_gave_more_often(values, reads):
    decision = decide("nominal", reads, values)
    if decision.state == "accept":
        assert values.count(decision.value) == max(values.count(value) for value in values)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from("abc"), min_size=2, max_size=4), st.permutations("abc"), RULES)
def test_names_of_classes_mean_nothing(values, names, reads):
    renamed = dict(zip("abc", names, strict=True))
    one, other = (
        decide("nominal", reads, given_) for given_ in (values, [renamed[value] for value in values])
    )
    assert (one.state, one.reason, renamed.get(one.value)) == (other.state, other.reason, other.value)
