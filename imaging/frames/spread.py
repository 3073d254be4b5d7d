"""Which stored values are common: percentiles of all frames, in memory that doesn't grow with them."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from imaging.values import decimal

Frame = NDArray[Any]
VALUES: Final = 1 << 16
SAMPLE: Final = 1 << 20
BAND: Final = 1 << 18
LOW, HIGH = 1, 99


class Spread:
    """Fed every frame: counts each value of 16 bits or fewer; of wider ones it keeps an even sample."""

    def __init__(self, frames: int) -> None:
        self._counts = np.zeros(VALUES, np.int64)
        self._share, self._sample = max(64, SAMPLE // frames), list[Frame]()
        self._signed = False

    def feed(self, frame: Frame) -> None:
        """Take in one grey frame."""
        if frame.dtype.kind in "ui" and frame.dtype.itemsize <= 2:
            self._signed = frame.dtype.kind == "i"
            offset = VALUES // 2 if self._signed else 0
            flat = frame.ravel()
            for first in range(0, flat.size, BAND):  # counting widens each value to eight bytes
                band = flat[first : first + BAND].astype(np.int64) + offset
                self._counts += np.bincount(band, minlength=VALUES)
        else:
            flat = frame.ravel()
            some = flat[:: max(1, flat.size // self._share)].astype(np.float64)
            self._sample.append(some[np.isfinite(some)])

    def window(self, slope: str | None, intercept: str | None) -> list[str] | None:
        """[centre, width] that show the 1st to the 99th percentile, in values of the modality."""
        ends = self._ends()
        if ends is None:
            return None
        low, high = sorted(float(slope or 1) * end + float(intercept or 0) for end in ends)
        # Seven digits: what a decimal string of DICOM has room for, with a sign and a point.
        centre, width = (decimal(f"{end:.7g}") for end in ((low + high) / 2, (high - low) or 1.0))
        return [centre, width] if centre is not None and width is not None else None

    def _ends(self) -> tuple[float, float] | None:
        if self._sample:
            values = np.concatenate(self._sample)
            return tuple(map(float, np.percentile(values, (LOW, HIGH)))) if values.size else None  # type: ignore[return-value]
        total = np.cumsum(self._counts)
        if not total[-1]:
            return None
        offset = VALUES // 2 if self._signed else 0
        low, high = (int(np.searchsorted(total, total[-1] * part / 100)) - offset for part in (LOW, HIGH))
        return float(low), float(high)
