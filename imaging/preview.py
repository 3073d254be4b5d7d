"""Small and full pictures of a frame as PNG, with nothing in them but its pixels."""

from io import BytesIO
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Frame = NDArray[Any]
Window = list[str] | None
THUMBNAIL: Final = 256


def thumbnail(
    frame: Frame,
    window: Window,
    *,
    slope: str | None = None,
    intercept: str | None = None,
    inverted: bool = False,
) -> bytes:
    """A PNG whose longer edge has at most 256 pixels; grey, or RGB.

    frame: (rows, columns) of stored values, or (rows, columns, 3) of RGB. window: [centre, width] in values of
    the modality; None shows everything there is. inverted: low values are bright (MONOCHROME1).
    """
    step = max(1, max(frame.shape[:2]) // (2 * THUMBNAIL))
    small = preview_image(frame[::step, ::step], window, slope=slope, intercept=intercept, inverted=inverted)
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    return _png(small)


def preview(
    frame: Frame,
    window: Window,
    *,
    slope: str | None = None,
    intercept: str | None = None,
    inverted: bool = False,
) -> bytes:
    """The same as a thumbnail, in full size."""
    return _png(preview_image(frame, window, slope=slope, intercept=intercept, inverted=inverted))


def preview_image(
    frame: Frame, window: Window, *, slope: str | None, intercept: str | None, inverted: bool
) -> Image.Image:
    """A frame as eight bits."""
    if frame.ndim == 3:
        return Image.fromarray(np.ascontiguousarray(_eight_bits(frame)))
    values = np.nan_to_num(frame.astype(np.float32) * float(slope or 1) + float(intercept or 0))
    low, high = _ends(values, window)
    shown = np.clip((values - low) / max(high - low, 1e-6), 0, 1)
    grey = np.round((1 - shown if inverted else shown) * 255).astype(np.uint8)
    return Image.fromarray(grey)


def _eight_bits(frame: Frame) -> Frame:
    unsigned = frame.view(f"u{frame.dtype.itemsize}")
    return (unsigned >> (8 * (frame.dtype.itemsize - 1))).astype(np.uint8)


def _ends(values: Frame, window: Window) -> tuple[float, float]:
    if window is None:
        return float(values.min()), float(values.max())
    centre, width = map(float, window)
    return centre - width / 2, centre + width / 2


def _png(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "PNG", compress_level=1)  # the next level takes four times as long
    return buffer.getvalue()
