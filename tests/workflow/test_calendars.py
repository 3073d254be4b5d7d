"""Working hours: due times by hand-made examples, and what must hold for any."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.calendars import Calendar

OFFICE = {day: ((time(9), time(12)), (time(13), time(17))) for day in range(5)}
BERLIN = Calendar("Europe/Berlin", OFFICE, frozenset({date(2026, 12, 25)}))
LATE = (time(22), time(0))
NIGHT = Calendar("Europe/Berlin", dict.fromkeys(range(6), (LATE,)) | {6: ((time(0), time(6)), LATE)})


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-20 10:00", 1, "2026-11-20 11:00"),
        ("2026-11-20 11:00", 2, "2026-11-20 14:00"),  # over lunch
        ("2026-11-20 16:00", 2, "2026-11-23 10:00"),  # over the weekend
        ("2026-11-21 12:00", 7, "2026-11-23 17:00"),  # from the weekend
        ("2026-12-24 16:00", 8, "2026-12-28 17:00"),  # over Christmas and the weekend
        ("2026-11-20 08:00", 0, "2026-11-20 09:00"),
    ],
)
def test_due_times_count_only_working_hours(start: str, hours: int, due: str) -> None:
    assert BERLIN.due(local(start), timedelta(hours=hours)) == local(due)


def test_the_hours_of_days_on_which_clocks_change_are_those_that_pass() -> None:
    # 2026-03-29: 02:00 to 03:00 does not exist; 2026-10-25: it comes twice.
    for day, passed in (("2026-03-29", 5), ("2026-10-25", 7)):
        midnight, six = local(f"{day} 00:00"), local(f"{day} 06:00")
        assert NIGHT.worked(midnight, six) == timedelta(hours=passed)
        assert NIGHT.due(midnight, timedelta(hours=passed)) == six


def test_a_day_in_the_office_is_as_long_in_summer_as_in_winter() -> None:
    assert BERLIN.due(local("2026-03-27 16:00"), timedelta(hours=2)) == local("2026-03-30 10:00")
    assert BERLIN.day() == timedelta(hours=7)


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
WORK = st.timedeltas(timedelta(0), timedelta(hours=400))


@given(MOMENTS, WORK, WORK)
def test_time_worked_until_a_due_time_is_the_time_asked_for(
    start: datetime, one: timedelta, two: timedelta
) -> None:
    for calendar in (BERLIN, NIGHT):
        due = calendar.due(start, one)
        assert calendar.worked(start, due) == one
        assert calendar.due(start, one + two) == calendar.due(due, two) or not two
        assert start <= due <= calendar.due(start, one + two)


def test_a_calendar_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="before they end"):
        Calendar("UTC", {0: ((time(9), time(8)),)})
    with pytest.raises(ValueError, match="one span after another"):
        Calendar("UTC", {0: ((time(9), time(12)), (time(11), time(13)))})
    with pytest.raises(ValueError, match="not 7"):
        Calendar("UTC", {7: ()})
    with pytest.raises(ValueError, match="no such working hours"):
        Calendar("UTC", {}).due(local("2026-01-01 00:00"), timedelta(hours=1))
    with pytest.raises(ValueError, match="time zone"):
        BERLIN.due(datetime(2026, 1, 1), timedelta(hours=1))
    with pytest.raises(ValueError, match="not negative"):
        BERLIN.due(local("2026-01-01 00:00"), timedelta(hours=-1))


@given(MOMENTS, st.timedeltas(timedelta(minutes=1), timedelta(hours=400)))
def test_what_began_by_then_is_due_by_then_and_nothing_that_began_later(
    end: datetime, work: timedelta
) -> None:
    for calendar in (BERLIN, NIGHT):
        begun = calendar.begun(end, work)
        assert calendar.due(begun, work) <= end < calendar.due(begun + timedelta(microseconds=1), work)


@given(st.lists(MOMENTS, min_size=1), st.timedeltas(timedelta(minutes=1), timedelta(hours=400)))
def test_many_due_times_on_a_timeline_are_those_of_one_at_a_time(
    starts: list[datetime], work: timedelta
) -> None:
    for calendar in (BERLIN, NIGHT):
        timeline = calendar.timeline(min(starts), calendar.due(max(starts), work))
        assert [timeline.due(s, work) for s in starts] == [calendar.due(s, work) for s in starts]
