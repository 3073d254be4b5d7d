"""Exact rounding, so that every machine writes the same digits."""

from fractions import Fraction
from math import isqrt


def half_up(value: Fraction) -> int:
    """The nearest integer, halves towards +∞, so that a shift by whole units shifts the result."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def decimal_string(value: Fraction, places: int) -> str:
    """`value` with `places` decimals, rounded half up (towards +∞), computed in integers."""
    scaled = half_up(value * 10**places)
    sign, digits = ("-" if scaled < 0 else ""), str(abs(scaled)).rjust(places + 1, "0")
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def settle(value: Fraction | float, places: int = 9) -> Fraction:
    """`value` rounded half up to `places` decimals: nothing is decided by the last bit of a double."""
    return Fraction(half_up(Fraction(value) * 10**places), 10**places)


def root(square: Fraction, places: int = 9) -> Fraction:
    """The square root, rounded down to `places` decimals, computed in integers."""
    return Fraction(isqrt(square.numerator * 10 ** (2 * places) // square.denominator), 10**places)
