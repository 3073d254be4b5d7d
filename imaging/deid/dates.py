"""Dates moved by whole days, times as they are: the forms of VR DA, TM and DT (PS3.5 6.2)."""

import re
from datetime import date, time, timedelta

_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})|(\d{4})\.(\d{2})\.(\d{2})", re.ASCII)
_TIME = re.compile(r"(\d{2})(\d{2})?(\d{2})?(\.\d{1,6})?", re.ASCII)
_ZONE = re.compile(r"([+-])(\d{2})(\d{2})", re.ASCII)
_DATETIME = re.compile(r"(\d{8})(\d{2}(?:\d{2}(?:\d{2}(?:\.\d{1,6})?)?)?)?([+-]\d{4})?", re.ASCII)


def moved_date(text: str, days: int) -> str:
    """YYYYMMDD moved by days, also of the old form YYYY.MM.DD; "" for what is no date."""
    if not (found := _DATE.fullmatch(text.strip(" \0"))):
        return ""
    try:
        moved = date(*(int(part) for part in found.groups() if part is not None)) + timedelta(days)
    except (ValueError, OverflowError):
        return ""
    return f"{moved:%Y%m%d}".rjust(8, "0")


def plain_time(text: str) -> str:
    """A time of day as it is; "" for what is none (also the old form HH:MM:SS)."""
    text = text.strip(" \0")
    if not (found := _TIME.fullmatch(text)) or (found[4] and not found[3]):
        return ""
    try:
        # A leap second is valid in DICOM and not in Python.
        time(int(found[1]), int(found[2] or 0), min(int(found[3] or 0), 59))
    except ValueError:
        return ""
    return text if int(found[3] or 0) <= 60 else ""


def moved_datetime(text: str, days: int) -> str:
    """A date and time moved by whole days, its offset kept; "" for what is none or names no day."""
    if not (found := _DATETIME.fullmatch(text.strip(" \0"))):
        return ""
    day, clock, zone = moved_date(found[1], days), found[2] or "", found[3] or ""
    if not day or (clock and not plain_time(clock)) or (zone and not offset(zone)):
        return ""
    return day + clock + zone


def offset(text: str) -> str:
    """An offset from UTC, -1200..+1400, as it is; "" for what is none."""
    text = text.strip(" \0")
    if not (found := _ZONE.fullmatch(text)) or int(found[3]) > 59:
        return ""
    minutes = int(found[1] + "1") * (int(found[2]) * 60 + int(found[3]))
    return text if -720 <= minutes <= 840 else ""


def moved(vr: str, text: str, days: int) -> str:
    """One value of VR DA, DT, TM, or an offset from UTC (SH), moved; "" where that cannot be done."""
    if vr == "TM":
        return plain_time(text)
    if vr == "SH":
        return offset(text)
    return moved_date(text, days) if vr == "DA" else moved_datetime(text, days)
