"""How alike two pictures look: a hash of 64 bits that survives noise, other sizes, windows and recompression.

The discrete cosine transform of a small, windowed version of the picture; each bit is the sign of one of 64
low frequencies. After C. Zauner, *Implementation and Benchmarking of Perceptual Image Hash Functions* (2010),
section 3.2.1; but the five lowest of each direction, in which every chest is like every other, are left out,
and the bits split at zero instead of the median. What was tried, and figures: docs/quality-gate.md.
"""

from functools import cache
from math import ceil
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[Any]
Reals = NDArray[np.float64]

EDGE: Final = 32
BITS: Final = 64
FIRST: Final = 5  # the lowest frequency of either direction that counts
NEAR: Final = 3
"""Up to this distance two pictures count as near-duplicates."""


def likeness(frame: Frame) -> str | None:
    """16 hexadecimal digits for a frame (rows, columns) or (rows, columns, channels); none for one without contrast.

    Of a series or a cine, take the middle frame. A picture and its negative have different hashes.
    """
    small = _windowed(_shrunk(_grey(frame)))
    if small is None:
        return None
    waves = _cosines() @ small @ _cosines().T
    bits = waves.ravel() > 0
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):016x}"


def distance(one: str | None, other: str | None) -> int:
    """In how many of the 64 bits two hashes differ; 64 if either picture has none."""
    if one is None or other is None:
        return BITS
    return (int(one, 16) ^ int(other, 16)).bit_count()


def _grey(frame: Frame) -> Frame:
    return frame.mean(axis=2) if frame.ndim == 3 else frame


def _shrunk(frame: Frame) -> Reals:
    """The means of 32 × 32 fields that share the picture evenly; a pixel on a border counts by its parts."""
    rows, columns = (_shares(edge) for edge in frame.shape)
    bands = np.stack([parts @ frame[part].astype(np.float64) for part, parts in rows])
    return np.stack([bands[:, part] @ parts for part, parts in columns], axis=1)


def _shares(edge: int) -> list[tuple[slice, Reals]]:
    """For each of 32 equal parts of an edge, the pixels that it touches and their weights, one together."""
    found = []
    for place in range(EDGE):
        low, high = place * edge / EDGE, (place + 1) * edge / EDGE
        pixels = np.arange(int(low), min(ceil(high), edge))
        parts = np.minimum(pixels + 1, high) - np.maximum(pixels, low)
        found.append((slice(int(low), int(low) + len(pixels)), parts / parts.sum()))
    return found


def _windowed(small: Reals) -> Reals | None:
    """Between the 1st and the 99th percentile, as 0 to 1; none where nothing lies between, or no number does."""
    if not np.isfinite(small).all():
        return None
    low, high = np.percentile(small, (1, 99))
    if not high > low:
        low, high = small.min(), small.max()
    return np.clip((small - low) / (high - low), 0, 1) if high > low else None


@cache
def _cosines() -> Reals:
    """Eight rows of the matrix of the discrete cosine transform (type II, not scaled)."""
    place, wave = np.arange(EDGE), np.arange(FIRST, FIRST + 8)
    return np.cos(np.pi * (2 * place[None, :] + 1) * wave[:, None] / (2 * EDGE))
