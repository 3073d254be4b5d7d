"""Reads single values of a dataset without trusting them: numbers as decimal strings, codes from known lists."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from pydicom.dataset import Dataset

LARGEST = Decimal(10) ** 12
DIGITS = 10


def decimal(value: Any) -> str | None:
    """A number as a plain decimal string of at most 10 digits after the point; None for what is none."""
    try:
        number = Decimal(str(value).strip()) + 0  # no minus before a nought
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) > LARGEST:
        return None
    told = f"{round(number, DIGITS):f}"
    return told.rstrip("0").rstrip(".") if "." in told else told


def decimals(value: Any, count: int) -> list[str] | None:
    """So many numbers, or None."""
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        value = [value]
    told = [decimal(one) for one in value]
    found = [one for one in told if one is not None]
    return found if len(found) == len(told) == count else None


def positive(value: Any, count: int) -> list[str] | None:
    """So many numbers above 0, or None: a spacing of 0 or less is none."""
    found = decimals(value, count)
    return found if found and all(Decimal(one) > 0 for one in found) else None


def whole(value: Any) -> int | None:
    """A whole number that fits into 32 bits, or None."""
    try:
        number = int(str(value).strip())
    except ValueError:
        return None
    return number if abs(number) < 1 << 31 else None


def number(dataset: Dataset, keyword: str) -> str | None:
    """An element's only number, as a decimal string."""
    found = decimals(dataset.get(keyword), 1)
    return found[0] if found else None


def first_number(dataset: Dataset, keyword: str) -> str | None:
    """The first of an element's numbers: windows may have several."""
    value = dataset.get(keyword)
    if not isinstance(value, str | bytes) and isinstance(value, Iterable):
        value = next(iter(value), None)
    return decimal(value)


def code(dataset: Dataset, keyword: str, known: Iterable[str], other: str | None = None) -> str | None:
    """An element's value if it is one of the known codes; else `other`, or None where there is nothing.

    A free text could hold anything, a name too: what is not in the list never leaves the file.
    """
    value = dataset.get(keyword)
    told = str(value).strip().upper() if value is not None else ""
    if told in set(known):
        return told
    return other if told else None


def item(dataset: Dataset, keyword: str) -> Dataset:
    """The first item of a sequence; an empty dataset where there is none."""
    sequence = dataset.get(keyword)
    try:
        return sequence[0] if sequence and isinstance(sequence[0], Dataset) else Dataset()
    except TypeError:
        return Dataset()
