"""What can be measured on the pixels of one instance, frame by frame, in memory that doesn't grow with them.

Noise: J. Immerkær, *Fast Noise Variance Estimation*, CVIU 64 (1996) 300–302. Blur, which is all that motion
shows as here: F. Crété-Roffet et al., *The Blur Effect*, Proc. SPIE 6492 (2007) 64920I.
"""

from collections.abc import Callable
from math import pi, sqrt
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[Any]
Reals = NDArray[np.float32]
Measured = dict[str, str | bool | int | None]

BAND: Final = 256  # rows that are looked at together
BOX: Final = 9  # pixels in a line that the filter of the blur takes together
SAMPLE: Final = 256  # rows and columns, at most, that tell a frame's percentiles


class Measures:
    """Fed each decoded frame once, in any order; `result` tells of all of them."""

    def __init__(self) -> None:
        self._frames = self._pixels = 0
        self._sum = self._squares = 0.0
        self._low, self._high = _Extreme(np.min), _Extreme(np.max)
        self._noise, self._blur = _Mean(), _Mean()

    @np.errstate(invalid="ignore", over="ignore")  # floats that are no numbers give figures that are none
    def feed(self, frame: Frame) -> None:
        """Take in a frame of (rows, columns), or (rows, columns, channels), which counts as their mean."""
        self._frames += 1
        texture = _Texture()
        for first in range(0, frame.shape[0], BAND):
            band = _grey(frame[first : first + BAND])
            self._pixels += band.size
            self._sum += float(band.sum(dtype=np.float64))
            self._squares += float(np.square(band, dtype=np.float64).sum())
            self._low.see(band)
            self._high.see(band)
            texture.see(band.astype(np.float32, copy=False))
        self._noise.add(texture.noise(_range(frame)))
        self._blur.add(texture.blur())

    def result(self) -> Measured:
        """Counts, and decimals in text: values as stored, shares of one, noise as a share of the range of values.

        That range goes from the 1st to the 99th percentile of a frame. Noise and blur are means over the
        frames, null where none has both an extent and a range.
        """
        if not self._pixels:
            return {"frames": 0, "pixels": 0}
        mean = self._sum / self._pixels
        return {
            "frames": self._frames,
            "pixels": self._pixels,
            "min": decimal_text(self._low.value),
            "max": decimal_text(self._high.value),
            "mean": decimal_text(mean),
            "deviation": decimal_text(sqrt(max(self._squares / self._pixels - mean * mean, 0.0))),
            "clipped_low": decimal_text(self._low.count / self._pixels),
            "clipped_high": decimal_text(self._high.count / self._pixels),
            "constant": self._low.value == self._high.value,
            "noise": self._noise.text(),
            "blur": self._blur.text(),
        }


def decimal_text(value: float) -> str:
    """Whole numbers exactly, others to six significant digits, never an exponent; "nan" for what isn't finite."""
    if not np.isfinite(value):
        return "nan"
    if value == int(value):
        return str(int(value))
    rounded = np.format_float_positional(value, precision=6, unique=False, fractional=False, trim="-")
    return "0" if rounded == "-0" else rounded


class _Extreme:
    """The least or greatest value, and how many pixels have it."""

    def __init__(self, extreme: Callable[[Frame], Any]) -> None:
        self._extreme, self.count = extreme, 0
        self.value = 0.0

    def see(self, band: Frame) -> None:
        found = float(self._extreme(band))
        if not self.count or self._extreme(np.array((found, self.value))) != self.value:
            self.value, self.count = found, 0
        if found == self.value:
            self.count += int(np.count_nonzero(band == found))


class _Mean:
    """The mean of what is known."""

    def __init__(self) -> None:
        self._sum, self._count = 0.0, 0

    def add(self, value: float | None) -> None:
        if value is not None:
            self._sum += value
            self._count += 1

    def text(self) -> str | None:
        return decimal_text(self._sum / self._count) if self._count else None


class _Texture:
    """The fine structure of one frame, from bands of it."""

    def __init__(self) -> None:
        self._residual, self._places = 0.0, 0
        self._changes, self._lost = np.zeros(2), np.zeros(2)

    def see(self, band: Reals) -> None:
        if min(band.shape) <= BOX:
            return
        residual = _residual(band)
        self._residual += float(np.abs(residual).sum(dtype=np.float64))
        self._places += residual.size
        for axis, turned in enumerate((band, band.T)):
            changes, lost = _changes(turned)
            self._changes[axis] += changes
            self._lost[axis] += lost

    def noise(self, extent: float) -> float | None:
        """The standard deviation of the noise as a share of `extent`."""
        if not self._places or not extent > 0:
            return None
        return sqrt(pi / 2) * self._residual / (6 * self._places) / extent

    def blur(self) -> float | None:
        """From 0, sharp, to 1: how little a blur along a line still changes, in the worse direction."""
        if not self._changes.all():
            return None
        return float(np.max((self._changes - self._lost) / self._changes))


def _residual(band: Reals) -> Reals:
    """The response to Immerkær's mask, (1, −2, 1) in both directions: 36 times the variance of the noise."""
    rows: Reals = band[:-2] - 2 * band[1:-1] + band[2:]
    residual: Reals = rows[:, :-2] - 2 * rows[:, 1:-1] + rows[:, 2:]
    return residual


def _changes(band: Reals) -> tuple[float, float]:
    """How much neighbours along the rows' axis differ in all, and how much of it a mean of nine takes away."""
    reach = BOX // 2
    sharp = np.abs(np.diff(band, axis=0))[reach:-reach]
    blurred = np.abs(band[BOX:] - band[:-BOX]) / BOX
    lost = np.maximum(sharp - blurred, 0)
    return float(sharp.sum(dtype=np.float64)), float(lost.sum(dtype=np.float64))


def _grey(frame: Frame) -> Frame:
    return frame.mean(axis=2, dtype=np.float32) if frame.ndim == 3 else frame


def _range(frame: Frame) -> float:
    """Between the 1st and the 99th percentile, of evenly spread rows and columns."""
    rows, columns = (max(edge // SAMPLE, 1) for edge in frame.shape[:2])
    low, high = np.percentile(_grey(frame[::rows, ::columns]), (1, 99))
    return float(high - low)
