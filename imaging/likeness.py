"""How alike two pictures look: a hash of 64 bits that survives noise, other sizes, windows and recompression.

The discrete cosine transform of a small, windowed version of the picture; each bit tells whether one of its
64 lowest frequencies (without the mean) lies above their median. After C. Zauner, *Implementation and
Benchmarking of Perceptual Image Hash Functions* (2010), section 3.2.1. Figures: docs/quality-gate.md.
"""

from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[Any]
Reals = NDArray[np.float64]

EDGE: Final = 32
BITS: Final = 64
NEAR: Final = 4
"""Up to this distance two pictures count as near-duplicates."""


def likeness(frame: Frame) -> str | None:
    """16 hexadecimal digits for a frame (rows, columns) or (rows, columns, channels); none if it's constant.

    Of a series or a cine, take the middle frame. A picture and its negative have different hashes.
    """
    small = _windowed(_shrunk(_grey(frame)))
    if small is None:
        return None
    waves = _cosines() @ small @ _cosines().T
    low = waves[_lowest()]
    bits = low > np.median(low)
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):016x}"


def distance(one: str | None, other: str | None) -> int:
    """In how many of the 64 bits two hashes differ; 64 if either picture has none."""
    if one is None or other is None:
        return BITS
    return (int(one, 16) ^ int(other, 16)).bit_count()


def _grey(frame: Frame) -> Frame:
    return frame.mean(axis=2) if frame.ndim == 3 else frame


def _shrunk(frame: Frame) -> Reals:
    """The means of 32 × 32 fields that share the picture evenly; whole pixels only, so some overlap by one."""
    rows, columns = (_bounds(edge) for edge in frame.shape)
    bands = np.stack([frame[a:b].mean(axis=0, dtype=np.float64) for a, b in rows])
    return np.stack([bands[:, a:b].mean(axis=1) for a, b in columns], axis=1)


def _bounds(edge: int) -> list[tuple[int, int]]:
    starts = [place * edge // EDGE for place in range(EDGE)]
    ends = [-(-(place + 1) * edge // EDGE) for place in range(EDGE)]
    return list(zip(starts, ends, strict=True))


def _windowed(small: Reals) -> Reals | None:
    """Between the 1st and the 99th percentile, as 0 to 1; none where nothing lies between."""
    low, high = np.percentile(small, (1, 99))
    if not high > low:
        low, high = small.min(), small.max()
    return np.clip((small - low) / (high - low), 0, 1) if high > low else None


@cache
def _cosines() -> Reals:
    """The matrix of the discrete cosine transform (type II, not scaled)."""
    place = np.arange(EDGE)
    return np.cos(np.pi * (2 * place[None, :] + 1) * place[:, None] / (2 * EDGE))


@cache
def _lowest() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Where the 64 lowest frequencies lie, by their sum, without the mean."""
    places = [(row, column) for row in range(EDGE) for column in range(EDGE) if row or column]
    chosen = sorted(places, key=lambda place: (place[0] + place[1], place[0]))[:BITS]
    return tuple(row for row, _ in chosen), tuple(column for _, column in chosen)
