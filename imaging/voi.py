"""How stored values become values of the modality, and which of them are shown: rescale and window."""

from decimal import Decimal

from pydicom.dataset import Dataset

from .geometry import group
from .values import first_number, number


def rescale(dataset: Dataset) -> tuple[str | None, str | None]:
    """Slope and intercept; None for both where the file says none, or one that can't be used."""
    for place in (dataset, group(dataset, "PixelValueTransformationSequence")):
        slope, intercept = number(place, "RescaleSlope"), number(place, "RescaleIntercept")
        if slope is not None and intercept is not None and Decimal(slope) != 0:
            return slope, intercept
    return None, None


def window(dataset: Dataset) -> list[str] | None:
    """[centre, width] of the first window that the file names, in values of the modality; width is above 0."""
    for place in (dataset, group(dataset, "FrameVOILUTSequence")):
        centre, width = first_number(place, "WindowCenter"), first_number(place, "WindowWidth")
        if centre is not None and width is not None and Decimal(width) > 0:
            return [centre, width]
    return None
