"""When a study ends: by hand where that can be done, and never later with more people or time."""

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.planning.forecast import Outlook, forecast
from tasks.planning.question import Person
from workflow.calendars import Calendar

OFFICE = Calendar("UTC", {day: ((time(9), time(17)),) for day in range(5)})
USUAL = {"annotate": 10.0, "review": 5.0, "arbitrate": 20.0}
CHAIN = {"annotate": {"review": 1.0}, "review": {"arbitrate": 0.1}}
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
ANNA = Person("anna", frozenset({"annotate"}), 60)
JIN = Person("jin", frozenset({"review"}), 60)
SANA = Person("sana", frozenset({"arbitrate"}), 60)
STUDY = Outlook((ANNA, JIN, SANA), {"annotate": 60}, USUAL, CHAIN, OFFICE)


def test_the_slowest_tier_says_when_it_ends() -> None:
    told = forecast(STUDY, MONDAY)
    # 60 reads of 10 minutes, an hour a day: ten working days; 5 hours of reviews; 6 disputes, 2 hours.
    assert told.days == pytest.approx(10)
    assert told.ends == datetime(2026, 12, 4, 17, tzinfo=UTC)
    assert told.bottleneck == "annotate"
    hours = {tier.kind: (round(tier.tasks, 6), tier.hours_needed, tier.hours_a_day) for tier in told.tiers}
    assert hours == {
        "annotate": (60, pytest.approx(10), 1),
        "review": (60, pytest.approx(5), 1),
        "arbitrate": (6, pytest.approx(2), 1),
    }
    assert told.between is not None
    assert told.between[0] <= told.ends <= told.between[1]
    assert told.between[0] < told.between[1]


def test_who_may_do_two_kinds_helps_where_it_is_needed() -> None:
    both = replace(JIN, kinds=frozenset({"annotate", "review"}))
    told = forecast(replace(STUDY, people=(ANNA, both, SANA)), MONDAY)
    assert told.days == pytest.approx(7.5)


def test_returned_work_is_counted_each_time_it_comes_back() -> None:
    chain = {"annotate": {"review": 1.0}, "review": {"annotate": 0.5}}
    told = forecast(replace(STUDY, chain=chain), MONDAY)
    assert {tier.kind: round(tier.tasks) for tier in told.tiers} == {"annotate": 120, "review": 120}


def test_a_tier_that_nobody_does_never_ends_and_is_named() -> None:
    for people in ((ANNA, JIN), (ANNA, JIN, replace(SANA, minutes_per_day=0))):
        told = forecast(replace(STUDY, people=people), MONDAY)
        assert (told.days, told.ends, told.between) == (None, None, None)
        assert told.never == "Never, because nobody with time may do: arbitrate."
        assert [tier.kind for tier in told.tiers if not tier.hours_a_day] == ["arbitrate"]


def test_a_chain_that_feeds_itself_never_ends() -> None:
    told = forecast(replace(STUDY, chain={"annotate": {"annotate": 1.0}}), MONDAY)
    assert told.never == "Never: each finished task makes as many again."


def test_a_study_without_open_work_has_ended() -> None:
    told = forecast(replace(STUDY, open={}), MONDAY)
    assert (told.days, told.ends, told.bottleneck, told.never) == (0.0, MONDAY, None, "")


def test_kinds_without_usual_minutes_are_refused() -> None:
    with pytest.raises(ValueError, match="No usual minutes are given for draw"):
        forecast(replace(STUDY, open={"draw": 1}), MONDAY)


@st.composite
def outlooks(draw: st.DrawFn) -> Outlook:
    people = [
        Person(
            name,
            draw(st.frozensets(st.sampled_from(list(USUAL)), min_size=1)),
            draw(st.integers(0, 240)),
            {"annotate": float(draw(st.integers(3, 30)))},
        )
        for name in ("anna", "bob", "jin", "sana")
    ]
    counts = {kind: draw(st.integers(0, 300)) for kind in USUAL}
    return Outlook(tuple(people), counts, USUAL, CHAIN, OFFICE, draws=10, seed=draw(st.integers(0, 9)))


@settings(deadline=None, max_examples=60)
@given(outlooks(), st.integers(0, 3), st.integers(1, 200))
def test_more_time_of_anybody_never_delays_the_end(outlook: Outlook, who: int, more: int) -> None:
    people = list(outlook.people)
    people[who] = replace(people[who], minutes_per_day=people[who].minutes_per_day + more)
    before, after = forecast(outlook, MONDAY), forecast(replace(outlook, people=tuple(people)), MONDAY)
    if before.days is None:
        return
    assert after.days is not None
    assert before.ends is not None
    assert after.ends is not None
    assert before.between is not None
    assert after.between is not None
    hair = 1e-6 * (1 + before.days)
    assert after.days <= before.days + hair
    assert (after.ends - before.ends).total_seconds() <= 1
    assert all((b - a).total_seconds() <= 1 for a, b in zip(before.between, after.between, strict=True))
    assert sum(tier.holds_up for tier in before.tiers) == pytest.approx(1 if before.days else 0)


def test_the_same_seed_tells_the_same_and_more_spread_widens_the_interval() -> None:
    assert forecast(STUDY, MONDAY) == forecast(STUDY, MONDAY)
    narrow, wide = (forecast(replace(STUDY, spread=s), MONDAY).between for s in (0.1, 2.0))
    assert narrow is not None
    assert wide is not None
    assert wide[1] - wide[0] > narrow[1] - narrow[0]
