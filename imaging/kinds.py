"""What kind of object a file is: those that are not taken in, and those that are not what they say."""

from typing import Final

from pydicom.dataset import Dataset

from .limits import Limits
from .parsing import PixelElement
from .refusals import Refused

WHOLE_SLIDE: Final = {"1.2.840.10008.5.1.4.1.1.77.1.6", "1.2.840.10008.5.1.4.1.1.77.1.9"}
WAVEFORMS: Final = "1.2.840.10008.5.1.4.1.1.9."
_STORAGE = "1.2.840.10008.5.1.4.1.1."
# The SOP classes whose modality PS3.3 leaves no choice; all but one have grey images.
MODALITIES: Final[dict[str, str]] = {
    f"{_STORAGE}{last}": modality
    for modality, classes in {
        "CT": ("2", "2.1", "2.2"),
        "MR": ("4", "4.1", "4.3", "4.4"),
        "PT": ("128", "128.1", "130"),
        "MG": ("1.2", "1.2.1", "13.1.3"),
    }.items()
    for last in classes
}
ULTRASOUND: Final = {f"{_STORAGE}{last}" for last in ("6.1", "3.1", "6.2")}
ENHANCED_MR_COLOUR: Final = f"{_STORAGE}4.3"
UIDS = ("StudyInstanceUID", "SeriesInstanceUID")


def refuse_by_kind(dataset: Dataset, pixels: PixelElement) -> None:
    """Raise Refused for what is no image, not an image that is taken in yet, or not what it says it is."""
    sop_class = text(dataset, "SOPClassUID")
    modality = text(dataset, "Modality")
    if sop_class in WHOLE_SLIDE:
        raise Refused("not_yet_whole_slide" if modality in ("", "SM") else "mislabelled")
    if sop_class.startswith(WAVEFORMS) or (not pixels.keyword and "WaveformSequence" in dataset):
        raise Refused("not_yet_ecg")
    if not pixels.keyword:
        raise Refused("encrypted" if "EncryptedAttributesSequence" in dataset else "no_pixels")
    if modality == "SM" and "TotalPixelMatrixColumns" in dataset:
        raise Refused("not_yet_whole_slide")
    _refuse_mislabelled(dataset, sop_class, modality)


def _refuse_mislabelled(dataset: Dataset, sop_class: str, modality: str) -> None:
    if sop_class in MODALITIES:
        if modality and modality != MODALITIES[sop_class]:
            raise Refused("mislabelled")
        if sop_class != ENHANCED_MR_COLOUR and dataset.get("SamplesPerPixel") not in (None, 1):
            raise Refused("mislabelled")
    elif sop_class in ULTRASOUND and modality in set(MODALITIES.values()):
        raise Refused("mislabelled")


def refuse_by_size(dataset: Dataset, limits: Limits) -> None:
    """Raise Refused for frames that are too many or too large; what makes no sense is bad_pixels."""
    try:
        rows, columns = int(dataset.Rows), int(dataset.Columns)
        frames = int(dataset.get("NumberOfFrames") or 1)
    except (AttributeError, TypeError, ValueError):
        raise Refused("bad_pixels") from None
    if min(rows, columns, frames) < 1:
        raise Refused("bad_pixels")
    if rows * columns > limits.frame_pixels:
        raise Refused("too_large")
    if frames > limits.frames:
        raise Refused("too_many")


def text(dataset: Dataset, keyword: str) -> str:
    """An element's value as text without blanks around it; "" when there is none."""
    value = dataset.get(keyword)
    return str(value).strip() if value is not None else ""
