"""Full pictures of stored files, for whoever must look whether a name stands in their pixels."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

MOST_PIXELS: Final = 40_000_000  # of a frame
LARGEST: Final = 2048  # pixels of the longer edge


class TooLargeToShow(ValueError):
    """A frame has more pixels than a picture is made of."""


def picture(path: Path, index: int, facts: Mapping[str, Any]) -> bytes:
    """A PNG of a frame of a stored file, its longer edge of at most 2048 pixels or a little more.

    facts: of its instance. IndexError if there is no such frame; TooLargeToShow beyond 40 million pixels.
    """
    # Imported when used: every process of the service would load decoders that one page needs.
    from pydicom.pixels.utils import pixel_array

    from .preview import preview

    if not 0 <= index < int(facts.get("frames") or 1):
        raise IndexError(index)
    rows, columns = int(facts.get("rows") or 0), int(facts.get("columns") or 0)
    if rows * columns > MOST_PIXELS:
        raise TooLargeToShow
    frame = pixel_array(path, index=index)
    step = max(1, -(-max(frame.shape[:2]) // LARGEST))
    return preview(
        frame[::step, ::step],
        facts.get("window"),
        slope=facts.get("slope"),
        intercept=facts.get("intercept"),
        inverted=facts.get("photometric") == "MONOCHROME1",
    )
