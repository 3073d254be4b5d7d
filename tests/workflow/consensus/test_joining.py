"""Findings of every kind of mark: how they are matched, joined over readers, and asked about."""

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflow.consensus.marks import (
    KINDS,
    SPACING,
    content,
    ellipse,
    length,
    mask,
    point,
    polygon,
    protocol,
    schema,
    span,
)
from workflow.consensus.cases import decide_case
from workflow.consensus.engines import Terms
from workflow.consensus.joining import best_pairs
from workflow.consensus.outcomes import ReadInput
from workflow.consensus.spacing import Scale, scale_from
from workflow.protocol.protocol import Protocol

MM = Terms(scale=scale_from(SPACING))


def decide(kind, *reads, rule="2+1", count=2, terms=MM):
    inputs = [
        ReadInput(name, content(*marks), name, ord(name)) for name, marks in zip("abcd", reads, strict=False)
    ]
    by = Protocol.parse(protocol(kind, rule, count))
    return decide_case(schema=schema(), protocol=by, reads=inputs, terms=terms)


NEAR_AND_FAR = {
    "point": (point(0), point(2000), point(40_000)),
    "length": (length(0), length(1000), length(40_000)),
    "ellipse": (ellipse(9000), ellipse(9200), ellipse(60_000)),
    "polygon": (polygon(0), polygon(500), polygon(40_000)),
    "mask": (mask(0), mask(1), mask(40)),
    "span": (span(1), span(2), span(90)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_near_marks_are_one_finding_and_a_lone_one_is_asked_about(kind):
    one, near, far = NEAR_AND_FAR[kind]
    decision = decide(kind, [one, far], [near])
    assert [(f.held, f.of, f.outcome, f.question) for f in decision.findings] == [
        (2, 2, "accept", ""),
        (1, 2, "request_read", "real?"),
    ]
    up = decide(kind, [one, far], [near], [near])
    assert (up.outcome, up.disputed, up.findings[1].question) == ("escalate", ("f2",), "real?")
    assert [finding["type"] for finding in up.reference["findings"]] == [kind]


def test_marks_that_are_the_same_thing_but_too_far_apart_are_asked_where():
    decision = decide("point", [point(0)], [point(10_000)])
    assert [finding.question for finding in decision.findings] == ["where?"]


def test_points_are_not_matched_in_mm_without_a_spacing():
    decision = decide("point", [point(0)], [point(1000)], terms=Terms(scale=Scale()))
    assert {finding.reason for finding in decision.findings} == {"not measurable: no pixel spacing is known"}
    assert (decision.outcome, decision.disputed) == ("escalate", ("f1", "f2"))


def test_a_mark_as_near_to_one_as_to_another_is_taken_for_neither():
    decision = decide("point", [point(0), point(4000)], [point(2000)])
    assert [(f.question, f.held, f.outcome) for f in decision.findings] == [("which?", 2, "escalate")]


def test_what_two_share_with_a_third_makes_one_finding_of_all():
    chain = [point(0)], [point(8000)], [point(16_000)]
    decision = decide("point", *chain)
    assert [(f.held, f.question) for f in decision.findings] == [(3, "where?")]


def test_two_equally_good_matchings_are_joined_and_a_better_one_is_taken():
    half, more = Fraction(1, 2), Fraction(2, 3)
    square = {(i, j): half for i in (0, 1) for j in (0, 1)}
    assert best_pairs(square) == set(square)
    assert best_pairs({**square, (0, 0): more}) == {(0, 0), (1, 1)}
    assert best_pairs({}) == set()


def total(gains, chosen):
    return sum(gains.get(pair, Fraction(0)) for pair in chosen)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 3)), st.integers(1, 6).map(Fraction)))
def test_every_best_pair_stands_in_some_best_matching_found_by_trying_all(gains):
    every = [list(zip(range(4), order, strict=True)) for order in permutations(range(4))]
    most = max(total(gains, chosen) for chosen in every)
    best = {pair for chosen in every if total(gains, chosen) == most for pair in chosen if pair in gains}
    assert best_pairs(gains) == best
