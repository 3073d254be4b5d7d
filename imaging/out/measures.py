"""Lengths and areas that follow from a mark: exact, rounded once, in mm where the spacing is known, else in pixels."""

from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from math import isqrt, pi

from .frames import Frame, spacing_mm
from .labels import Mark, Ring
from .raster import Runs

_PLACES = Decimal("0.000001")
_PIXELS = 10**6  # square thousandths of a pixel


def length(mark: Mark, frame: Frame) -> tuple[str, str]:
    """The length of a line as decimal text, and its UCUM unit."""
    (y_mm, x_mm), unit = _scale(frame)
    (x0, y0), (x1, y1) = mark["from"], mark["to"]
    square = ((x1 - x0) * x_mm / 1000) ** 2 + ((y1 - y0) * y_mm / 1000) ** 2
    return _text(_root(square)), unit


def area(mark: Mark, frame: Frame, runs: Runs | None = None) -> tuple[str, str]:
    """The area of a box, an ellipse, a polygon or, by its `runs`, a mask; and its UCUM unit."""
    (y_mm, x_mm), unit = _scale(frame)
    pixels = Fraction(sum(runs[1::2])) if runs is not None else _pixels(mark)
    return _text(pixels * x_mm * y_mm), f"{unit}2" if unit == "mm" else unit


def _pixels(mark: Mark) -> Fraction:
    match mark["kind"]:
        case "box":
            (x0, y0), (x1, y1) = mark["min"], mark["max"]
            return Fraction((x1 - x0) * (y1 - y0), _PIXELS)
        case "ellipse":
            return Fraction(pi) * Fraction(mark["radii"][0] * mark["radii"][1], _PIXELS)
    holes = sum((_ring(hole) for hole in mark.get("holes", [])), Fraction(0))
    return (_ring(mark["points"]) - holes) / _PIXELS


def _ring(ring: Ring) -> Fraction:
    after = [*ring[1:], ring[0]]
    return abs(Fraction(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, after, strict=True)), 2))


def _scale(frame: Frame) -> tuple[tuple[Fraction, Fraction], str]:
    found = spacing_mm(frame)
    if found is None:
        return (Fraction(1), Fraction(1)), "{pixels}"
    return (Fraction(found[0]), Fraction(found[1])), "mm"


def _root(square: Fraction) -> Fraction:
    """The square root to twelve digits after the point, rounded down."""
    return Fraction(isqrt(square.numerator * 10**24 // square.denominator), 10**12)


def _text(number: Fraction) -> str:
    with localcontext(prec=60):
        told = (Decimal(number.numerator) / number.denominator).quantize(_PLACES, ROUND_HALF_EVEN)
    return f"{told.normalize():f}"
