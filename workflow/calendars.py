"""Working hours: when is something due that may take so many of them?"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

# Beyond this nothing is due: the calendar has hardly any hours, or the amount is absurd.
FARTHEST_DAYS = 366 * 60


@dataclass(frozen=True, slots=True)
class Calendar:
    """The hours in which a project works.

    zone: an IANA name. hours: weekday (Monday is 0) → spans of local time; a span that ends at 00:00 ends with
    the day. holidays: local dates without work. Days on which clocks change have the hours that really pass.
    """

    zone: str
    hours: Mapping[int, tuple[tuple[time, time], ...]]
    holidays: frozenset[date] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        """Raises ValueError with a sentence where a span ends before it begins or meets the one before it."""
        for weekday, spans in self.hours.items():
            if weekday not in range(7):
                raise ValueError(f"Weekdays are 0 (Monday) to 6, not {weekday}.")
            before = 0
            for start, end in spans:
                first, last = _minute(start), _minute(end) or 24 * 60
                if not before <= first < last:
                    raise ValueError("Working hours must begin before they end, one span after another.")
                before = last
        ZoneInfo(self.zone)

    def due(self, start: datetime, work: timedelta) -> datetime:
        """The first moment, in UTC, at which so much working time has passed since start.

        Raises ValueError if work is negative, start has no time zone, or there are no such hours in 60 years.
        """
        if work < timedelta(0) or start.tzinfo is None:
            raise ValueError("A due time needs a start with a time zone, and work that is not negative.")
        start, left = start.astimezone(UTC), work
        for begin, end in self._spans(start, FARTHEST_DAYS):
            begin = max(begin, start)
            if end <= begin:
                continue
            if end - begin >= left:
                return begin + left
            left -= end - begin
        raise ValueError("The calendar has no such working hours.")

    def timeline(self, first: datetime, last: datetime) -> "Timeline":
        """The working hours between two moments, laid out once for many questions."""
        first, last = first.astimezone(UTC), last.astimezone(UTC)
        return Timeline(tuple(self._spans(first, (last - first).days + 3)))

    def begun(self, end: datetime, work: timedelta) -> datetime:
        """The last moment, in UTC, from which so much working time has passed by `end`: for `due(start) <= end`.

        Raises ValueError if there are no such hours in 60 years.
        """
        end, left = end.astimezone(UTC), work
        for first, last in self._spans_before(end):
            last = min(last, end)
            if last > first and last - first >= left:
                return last - left
            left -= max(last - first, timedelta(0))
        raise ValueError("The calendar has no such working hours.")

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """The working time between two moments; none if the end comes first."""
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        days = max((end - start).days, 0) + 3
        inside = (min(last, end) - max(first, start) for first, last in self._spans(start, days))
        return sum((span for span in inside if span > timedelta(0)), timedelta(0))

    def week(self) -> timedelta:
        """The working time of a usual week."""
        return timedelta(minutes=sum(self._minutes()))

    def day(self) -> timedelta:
        """The working time of a usual working day: the mean over the weekdays that have any."""
        days = self._minutes()
        return timedelta(minutes=sum(days) / len(days)) if days else timedelta(0)

    def _minutes(self) -> list[int]:
        return [
            sum((_minute(end) or 24 * 60) - _minute(start) for start, end in spans)
            for spans in self.hours.values()
            if spans
        ]

    def _spans(self, start: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
        first = start.astimezone(ZoneInfo(self.zone)).date() - timedelta(days=1)
        for n in range(days):
            yield from self._day(first + timedelta(days=n))

    def _spans_before(self, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        last = end.astimezone(ZoneInfo(self.zone)).date() + timedelta(days=1)
        for n in range(FARTHEST_DAYS):
            yield from reversed(self._day(last - timedelta(days=n)))

    def _day(self, day: date) -> list[tuple[datetime, datetime]]:
        zone, spans = ZoneInfo(self.zone), self.hours.get(day.weekday(), ())
        if day in self.holidays:
            return []
        last = [day if end > time(0) else day + timedelta(days=1) for _, end in spans]
        return [
            (_utc(day, begin, zone), _utc(until, end, zone))
            for (begin, end), until in zip(spans, last, strict=True)
        ]


class Timeline:
    """Spans of working time, first to last, in UTC."""

    def __init__(self, spans: tuple[tuple[datetime, datetime], ...]) -> None:
        self.begins, self.ends = [begin for begin, _ in spans], [end for _, end in spans]
        lengths = (end - begin for begin, end in spans)
        self.passed = list(
            accumulate(lengths, initial=timedelta(0))
        )  # working time before each span, and in all

    def due(self, start: datetime, work: timedelta) -> datetime:
        """`Calendar.due`, as long as start and due time lie within; IndexError beyond. `work` is more than nothing."""
        span = bisect_right(self.ends, start)
        before = self.passed[span] + max(start - self.begins[span], timedelta(0))
        span = bisect_left(self.passed, before + work) - 1
        return self.begins[span] + (before + work - self.passed[span])


def _utc(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
