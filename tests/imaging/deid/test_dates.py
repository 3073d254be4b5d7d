"""Dates by whole days; times and offsets as they are; anything else is nothing."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.deid.dates import moved, moved_date, moved_datetime, offset, plain_time


@given(st.dates(date(1850, 1, 1)), st.integers(-3650, -1))
def test_a_date_moves_by_so_many_days(day: date, days: int) -> None:
    assert moved_date(f"{day:%Y%m%d}", days) == f"{day + timedelta(days):%Y%m%d}"
    assert moved_date(f"{day:%Y.%m.%d}", days) == f"{day + timedelta(days):%Y%m%d}"


@given(st.text())
def test_what_is_no_date_is_nothing(text: str) -> None:
    for vr in ("DA", "TM", "DT", "SH"):
        left = moved(vr, text, -1)
        assert left == "" or (left.isascii() and left[-1].isdigit())


@pytest.mark.parametrize(
    "text", ["", "20040230", "2004", "200401", "00010101", "Muster", "2004-01-19", "20040119x", "٢٠٠٤٠١١٩"]
)
def test_these_are_no_dates(text: str) -> None:
    assert moved_date(text, -400) == ""


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("20040301", "20040229"), ("20040301072731", "20040229072731"), ("2004030107", "2004022907"),
        ("20040301072731.123456+0100", "20040229072731.123456+0100"), ("20040301-0500", "20040229-0500"),
        ("200403", ""), ("20040301992731", ""), ("20040301072731+9900", ""), ("20040301 Muster", ""),
    ],
)  # fmt: skip
def test_a_date_and_time_keeps_its_time_and_offset(text: str, left: str) -> None:
    assert moved_datetime(text, -1) == left


@pytest.mark.parametrize("text", ["07", "0727", "072731", "072760", "072731.5", "235959.999999"])
def test_a_time_stays(text: str) -> None:
    assert plain_time(f"{text} ") == text


@pytest.mark.parametrize("text", ["7", "25", "0760", "07:27:31", "072761", "07.5", "773091", "Muster"])
def test_what_is_no_time_goes(text: str) -> None:
    assert plain_time(text) == ""


@pytest.mark.parametrize(
    ("text", "left"), [("+0100", "+0100"), ("-1200", "-1200"), ("+1500", ""), ("+0160", "")]
)
def test_an_offset_stays_if_it_is_one(text: str, left: str) -> None:
    assert offset(text) == left
