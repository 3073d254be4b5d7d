"""What other designs would have needed and given: by hand, by identity, and whatever the order."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflow.what_if.made import case, content, protocol, schema
from workflow.protocol.sections import Arbitration, Reads, StratumShare
from workflow.what_if.cases import Minutes, WhatIfCase
from workflow.what_if.designs import DESIGNS, Design, design, design_of
from workflow.what_if.estimating import Workload, what_if
from workflow.what_if.results import DesignEstimate

NOMINAL = {"schema": schema(), "protocol": protocol()}
TWO_PLUS_ONE, MAJORITY, TWO_PLUS_SENIOR = (
    next(one for one in DESIGNS if one.name == name) for name in ("2+1", "majority of 3", "2+senior")
)
TRIPLES = st.lists(st.tuples(*[st.integers(0, 3)] * 4), min_size=2, max_size=8)


def tried(cases: list[WhatIfCase], one: Design, **more: Any) -> DesignEstimate:
    [found] = what_if(cases, **{**NOMINAL, "designs": [one], "draws": 50, **more}).designs
    return found


def value(found: DesignEstimate, name: str) -> float | None:
    return found.quantities[name].value


def test_every_order_of_the_readers_counts() -> None:
    # Of the pairs of 1, 1, 2 one agrees; the other two need the third read, which settles them.
    found = tried([case("x", (1, 1, 2)), case("y", (1, 2, 3))], TWO_PLUS_ONE)
    assert value(found, "reads_per_case") == pytest.approx(((2 + 3 + 3) / 3 + 3) / 2)
    assert value(found, "escalated") == pytest.approx(1 / 2)
    assert found.sentence == "2+1 would have needed 2.83 reads per case and 50 % arbitration."


def test_a_third_read_that_was_asked_for_follows_the_planned_pair_only() -> None:
    found = tried([case("x", (1, 2), further=(2,)), case("y", (1, 1))], TWO_PLUS_ONE)
    assert value(found, "reads_per_case") == 2.5
    assert value(found, "escalated") == 0
    majority = tried([case("x", (1, 2), further=(2,)), case("y", (1, 1))], MAJORITY)
    assert value(majority, "reads_per_case") is None
    assert majority.quantities["escalated"].reason == "No case has 3 planned independent reads."


def test_a_read_that_nobody_gave_leaves_open_what_it_would_have_settled() -> None:
    found = tried([case("x", (1, 2)), case("y", (1, 1))], TWO_PLUS_ONE)
    assert value(found, "reads_per_case") == 2.5
    assert value(found, "escalated") is None
    assert found.quantities["escalated"].reason == "1 of 2 cases would need a further read that nobody gave."


def test_cases_with_too_few_reads_are_left_out_and_counted() -> None:
    found = tried([case("x", (1, 2, 1)), case("y", (1, 1))], MAJORITY)
    assert (found.cases, found.left_out) == (1, 1)


def test_the_senior_on_disputes_alone_says_nothing_of_what_was_accepted() -> None:
    cases = [case("x", (1, 2), arbiter=1, stratum="disputed"), case("y", (1, 1), stratum="agreed")]
    found = tried(cases, TWO_PLUS_SENIOR)
    assert value(found, "agreement_final") is None
    reason = found.quantities["agreement_accepted"].reason
    assert reason == "Needs the arbiter's answers on a random sample of the agreed cases: none in agreed."


def test_sampled_agreed_cases_stand_for_the_others_of_their_stratum() -> None:
    disputed = [case(f"d{n}", (1, 2), arbiter=1, stratum="disputed") for n in range(2)]
    rare = [case(f"r{n}", (3, 3), arbiter=3 if n else 2, stratum="rare") for n in range(2)]
    common = [case(f"c{n}", (1, 1), arbiter=1 if n < 2 else None, stratum="common") for n in range(6)]
    found = tried([*disputed, *rare, *common], TWO_PLUS_SENIOR)
    # Of 8 accepted, 1 of 2 rare and all of 6 common ones have the arbiter's answer; 2 of 10 go up.
    assert value(found, "agreement_accepted") == pytest.approx(7 / 8)
    assert value(found, "agreement_final") == pytest.approx(0.2 + 0.8 * 7 / 8)


def test_the_protocols_comparator_says_what_agrees_with_the_arbiter() -> None:
    rule = protocol(comparator={"ordinal": {"within": 1}}, cutoffs=[4], median="high")
    cases = [case("x", (2, 2), arbiter=3), case("y", (3, 3), arbiter=4), case("z", (1, 1), arbiter=3)]
    found = tried(cases, TWO_PLUS_SENIOR, schema=schema("ordinal"), protocol=rule)
    assert value(found, "agreement_accepted") == pytest.approx(1 / 3)


def test_hours_follow_from_minutes_and_the_share_shown_to_a_senior() -> None:
    cases = [case(str(n), (1, 1) if n else (1, 2)) for n in range(4)]
    work = Workload(Minutes(read=6, review=2, arbitration=12), for_cases=100, sampled=True)
    drawn = replace(protocol(), arbitration=Arbitration(Decimal("0.2")))
    found = tried(cases, TWO_PLUS_SENIOR, workload=work, protocol=drawn)
    assert value(found, "arbitrated") == pytest.approx(0.25 + 0.75 * 0.2)
    assert value(found, "hours_reading") == pytest.approx(20)
    assert value(found, "hours_arbitration") == pytest.approx(100 * 0.4 * 12 / 60)
    assert value(found, "hours") == pytest.approx(20 + 200 * 2 / 60 + 8)
    assert tried(cases, TWO_PLUS_SENIOR).quantities["hours"].reason


def test_agreed_cases_are_shown_to_a_senior_at_the_share_of_their_stratum() -> None:
    rare = StratumShare({"site": "north"}, Decimal("0.5"))
    drawn = replace(protocol(), arbitration=Arbitration(Decimal("0.1"), ("site",), (rare,)))
    cases = [case(str(n), (1, 1), strata={"site": site}) for n, site in enumerate(["north", *["south"] * 3])]
    found = tried(
        [*cases, case("x", (1, 2))], TWO_PLUS_SENIOR, workload=Workload(sampled=True), protocol=drawn
    )
    assert value(found, "arbitrated") == pytest.approx((1 + 0.5 + 3 * 0.1) / 5)


def test_cases_that_are_all_alike_prove_no_certainty() -> None:
    found = tried([case(str(n), (1, 1, 1), arbiter=1) for n in range(20)], TWO_PLUS_ONE)
    reads, escalated = (found.quantities[name].interval for name in ("reads_per_case", "escalated"))
    assert reads is not None
    assert escalated is not None
    assert reads.low == 2
    assert reads.high == pytest.approx(2 + escalated.high)
    assert escalated.high == pytest.approx(1 - 0.025 ** (1 / 20))
    final = found.quantities["agreement_final"].interval
    assert final is not None
    assert final.low == pytest.approx(0.025 ** (1 / 20))
    fixed = tried([case(str(n), (1, 1, 1)) for n in range(20)], MAJORITY).quantities["reads_per_case"]
    assert fixed.interval is not None
    assert (fixed.interval.low, fixed.interval.high, fixed.interval.method) == (3, 3, "fixed by the design")


def test_a_second_look_is_tried_only_where_one_was_taken() -> None:
    two_phase = design("two-phase", "lidc-two-phase", 2)
    cases = [case("x", (1, 2)), case("y", (1, 1))]
    assert value(tried(cases, two_phase), "escalated") is None
    looked = [
        case("x", (1, 2), revised=(content(1), content(1))),
        case("y", (1, 1), revised=(content(1), content(2))),
    ]
    found = tried(looked, two_phase)
    assert (value(found, "reads_per_case"), value(found, "escalated")) == (2, 0.5)


def test_a_design_is_named_after_what_a_protocol_says() -> None:
    assert [
        design_of(Reads(*one)).name for one in (("2+1", 2, 3), ("majority", 5, 5), ("n-of-m", 3, 5, 3))
    ] == [
        "2+1",
        "majority of 5",
        "3 of 5",
    ]


@given(TRIPLES)
@settings(max_examples=40, deadline=None)
def test_two_plus_one_settles_classes_as_a_majority_of_three_does_with_fewer_reads(rows: Any) -> None:
    cases = [case(str(n), row[:3], arbiter=row[3]) for n, row in enumerate(rows)]
    few, three = tried(cases, TWO_PLUS_ONE), tried(cases, MAJORITY)
    for name in ("escalated", "agreement_accepted", "agreement_final"):
        assert value(few, name) == pytest.approx(value(three, name))
    reads = value(few, "reads_per_case")
    assert reads is not None
    assert 2 <= reads <= 3
    assert value(three, "reads_per_case") == 3


@given(TRIPLES, st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_cases_and_readers_in_any_order_give_the_same_bytes(rows: Any, random: Any) -> None:
    def answer(order: list[int], reads: list[int]) -> str:
        cases = [
            case(str(n), [rows[n][r] for r in reads], arbiter=rows[n][3], patient=f"p{n // 2}") for n in order
        ]
        return json.dumps(what_if(cases, **NOMINAL, draws=20).as_dict(), allow_nan=False)

    order, reads = list(range(len(rows))), [0, 1, 2]
    first = answer(order, reads)
    random.shuffle(order)
    random.shuffle(reads)
    assert answer(order, reads) == first


@given(TRIPLES)
@settings(max_examples=25, deadline=None)
def test_every_quantity_is_a_value_within_its_range_or_a_reason(rows: Any) -> None:
    cases = [case(str(n), row[: 1 + n % 4], arbiter=row[3] if n % 2 else None) for n, row in enumerate(rows)]
    for found in what_if(cases, **NOMINAL, draws=20).designs:
        for name, one in found.quantities.items():
            assert (one.value is None) == bool(one.reason)
            if one.value is not None and not name.startswith(("hours", "reads")):
                assert -1e-12 <= one.value <= 1 + 1e-12


def test_without_a_case_there_is_a_reason_everywhere() -> None:
    found = what_if([], **NOMINAL, draws=20)
    assert {one.reason for design in found.designs for one in design.quantities.values()} == {
        "There is no case with reads."
    }
