"""Numbers and directions out of what headers say."""

from collections import Counter
from collections.abc import Sequence
from math import sqrt
from typing import Any, Final

Vector = tuple[float, ...]

LARGEST: Final = 1e12


def number(value: Any) -> float | None:
    """A number within bounds that any measure keeps, out of a number or decimal text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        read = float(value)
    except (ValueError, OverflowError):
        return None
    return read if abs(read) <= LARGEST else None


def text(value: float) -> str:
    """A number as decimal text with at most four decimals."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def most_common(values: Sequence[Vector]) -> Vector | None:
    """The value that occurs most; of several the least, so that order doesn't matter."""
    counted = Counter(values)
    return min(counted, key=lambda one: (-counted[one], one)) if counted else None


def dot(one: Vector, other: Vector) -> float:
    """The inner product."""
    return sum(a * b for a, b in zip(one, other, strict=True))


def cross(one: Vector, other: Vector) -> Vector:
    """The vector product of two vectors of three."""
    (a, b, c), (x, y, z) = one, other
    return (b * z - c * y, c * x - a * z, a * y - b * x)


def unit(vector: Vector) -> Vector | None:
    """A vector of length one in the same direction; None for one without."""
    length = sqrt(dot(vector, vector))
    return tuple(part / length for part in vector) if length > 1e-6 else None


def rounded(directions: Vector) -> Vector:
    """To two decimals."""
    return tuple(round(part, 2) for part in directions)


def vector(value: Any, length: int) -> Vector | None:
    """A list of so many numbers as such; None for anything else."""
    if not isinstance(value, list | tuple) or len(value) != length:
        return None
    parts = tuple(part for one in value if (part := number(one)) is not None)
    return parts if len(parts) == length else None


def cosines(value: Any) -> Vector | None:
    """Six direction cosines, those of the rows and of the columns each of length one."""
    six = vector(value, 6)
    rows, columns = (unit(six[:3]), unit(six[3:])) if six else (None, None)
    return (*rows, *columns) if rows and columns else None
