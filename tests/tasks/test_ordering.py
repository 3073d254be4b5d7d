"""The order of handing out: priority and age decide, a ring spreads what is equal."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from tasks.ordering import PLACES, order, rank_of, ring_of, turn

NOON = datetime(2026, 3, 2, 12, 34, 56, 789, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_priority_counts_as_age() -> None:
    assert rank_of(NOON, 6 * HOUR, timedelta(0)) == NOON - 6 * HOUR


def test_what_was_opened_in_one_span_is_equally_urgent() -> None:
    assert rank_of(NOON, timedelta(0), HOUR) == datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert rank_of(NOON + timedelta(minutes=25), timedelta(0), HOUR) == rank_of(NOON, timedelta(0), HOUR)


@given(st.uuids(version=4), st.integers(0, PLACES - 1))
def test_a_person_goes_once_around_the_ring(case: UUID, start: int) -> None:
    assert 0 <= turn(ring_of(case), start) < PLACES
    assert turn(start, start) == 0
    assert turn((start - 1) % PLACES, start) == PLACES - 1


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(1990, 1, 1)), st.integers(-600, 600))
def test_no_case_starves(opened: datetime, hours: int) -> None:
    bonus = timedelta(hours=hours)
    later = opened + abs(bonus) + 2 * HOUR  # whatever its priority, in time it is older than all that is new
    assert order(rank_of(opened, -abs(bonus), HOUR), 0, 1) < order(rank_of(later, timedelta(0), HOUR), 0, 1)


def test_cases_lie_evenly_on_the_ring() -> None:
    quarters = Counter(ring_of(uuid4()) * 4 // PLACES for _ in range(4000))
    assert min(quarters.values()) > 800
