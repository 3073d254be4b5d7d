"""Pictures of frames as a viewer's screen would show them (PS3.18 8.3.5): PNG or JPEG, a window, a part, a size."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

MOST_PIXELS: Final = 100_000_000  # of a frame
LARGEST: Final = 4096  # pixels of an edge that is asked for
FUNCTIONS: Final = ("linear", "linear-exact", "sigmoid")


class TooLargeToShow(ValueError):
    """A frame has more pixels than a picture is made of."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a frame is shown. window: centre and width in values of the modality, and a function; None: the file's own.

    size: columns and rows into which the picture is to fit; part: left, top, columns, rows of the frame, in pixels.
    quality: of JPEG, 1 to 100.
    """

    window: tuple[float, float, str] | None = None
    size: tuple[int, int] | None = None
    part: tuple[float, float, float, float] | None = None
    quality: int = 90


def rendered(path: Path, number: int, facts: Mapping[str, Any], look: Look, media_type: str) -> bytes:
    """A picture of a frame, counted from 1, of a stored file. facts: of its instance."""
    from pydicom.pixels.utils import pixel_array  # when used: it loads every decoder

    if int(facts.get("rows") or 0) * int(facts.get("columns") or 0) > MOST_PIXELS:
        raise TooLargeToShow
    frame = pixel_array(path, index=number - 1)
    return _encoded(_fitted(_cut(_shown(frame, facts, look), look.part), look.size), media_type, look.quality)


def resized(png: bytes, size: tuple[int, int], media_type: str, quality: int) -> bytes:
    """A picture that is there as PNG, fitted into columns and rows."""
    from PIL import Image

    return _encoded(_fitted(Image.open(BytesIO(png)), size), media_type, quality)


def _shown(frame: Any, facts: Mapping[str, Any], look: Look) -> Any:
    from imaging.preview import preview_image

    slope, intercept = facts.get("slope"), facts.get("intercept")
    inverted = facts.get("photometric") == "MONOCHROME1"
    if look.window is None or frame.ndim == 3:
        return preview_image(frame, facts.get("window"), slope=slope, intercept=intercept, inverted=inverted)
    import numpy as np
    from PIL import Image

    values = np.nan_to_num(frame.astype(np.float32) * float(slope or 1) + float(intercept or 0))
    grey = _windowed(values, *look.window)
    return Image.fromarray(np.round((1 - grey if inverted else grey) * 255).astype(np.uint8))


def _windowed(values: Any, centre: float, width: float, function: str) -> Any:
    """Values between 0 and 1 (PS3.3 C.11.2.1.2.1, C.11.2.1.3)."""
    import numpy as np

    if function == "sigmoid":
        return 1 / (1 + np.exp(np.clip(-4 * (values - centre) / width, -80, 80)))
    if function == "linear-exact":
        return np.clip((values - centre) / width + 0.5, 0, 1)
    return np.clip((values - (centre - 0.5)) / max(width - 1, 1e-6) + 0.5, 0, 1)


def _cut(image: Any, part: tuple[float, float, float, float] | None) -> Any:
    if part is None:
        return image
    left, top, columns, rows = (round(one) for one in part)
    right, bottom = min(left + columns, image.width), min(top + rows, image.height)
    return image.crop((min(left, right - 1), min(top, bottom - 1), right, bottom))


def _fitted(image: Any, size: tuple[int, int] | None) -> Any:
    """As large as it goes into the size, in its own proportions."""
    if size is None:
        return image
    scale = min(size[0] / image.width, size[1] / image.height)
    wanted = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(wanted) if wanted != image.size else image


def _encoded(image: Any, media_type: str, quality: int) -> bytes:
    buffer = BytesIO()
    if media_type == "image/png":
        image.save(buffer, "PNG", compress_level=1)
    else:
        image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
