"""Numbers as people type them: measurements, pixels with thousandths, degrees, whole numbers. All exact."""

import re

_DECIMAL = re.compile(r"([+-]?)0*([0-9]*)(?:\.([0-9]*))?")
_THOUSANDTHS = re.compile(r"\+?([0-9]{0,8})(?:\.([0-9]{0,3})0*)?")
MOST_PIXELS = 10_000_000
Number = int | None


def decimal_typed(text: str) -> str:
    """A measurement in its stored spelling: " +07. " is "7"; what is no number comes back as it is."""
    found = _DECIMAL.fullmatch(text.strip())
    if found is None or not (found[2] or found[3] or "0" in text):
        return text
    sign = "-" if found[1] == "-" else ""
    return f"{sign}{found[2] or '0'}" + (f".{found[3]}" if found[3] else "")


def thousandths(text: str) -> Number:
    """Thousandths of a typed number such as 120.5 (120500); None if it is none, or has more than three decimals."""
    found = _THOUSANDTHS.fullmatch(text.strip())
    if found is None or not (found[1] or found[2]):
        return None
    number = int(found[1] or 0) * 1000 + int((found[2] or "").ljust(3, "0"))
    return number if number <= MOST_PIXELS * 1000 else None


def thousandths_text(number: int) -> str:
    """The number whose thousandths these are: 120500 is 120.5."""
    whole, rest = divmod(number, 1000)
    return f"{whole}.{rest:03d}".rstrip("0").rstrip(".")


def whole(text: str) -> Number:
    """A whole number from 0 up; None if it is none."""
    stripped = text.strip()
    return int(stripped) if re.fullmatch(r"[0-9]{1,15}", stripped) else None
