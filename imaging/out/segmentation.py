"""A drawn region as DICOM SEG: what the label holds (BINARY), or which share of the readers marked it (FRACTIONAL)."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, Final

import numpy as np
from highdicom.seg import Segmentation, SegmentDescription
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import SecondaryCaptureImageStorage

from .coding import KIND_OF_REGION, concept, schemes
from .frames import Frame, Stack
from .headers import MADE_BY, carefully, complete, family
from .labels import Drawing, Origin
from .pinning import pinned, settle
from .places import NotPlaced
from .raster import Runs, painted

SERIES: Final = 7002  # the number of the series of segmentations; that of shares is one more
MOST_READERS: Final = 255
_PIXELS: Final = ("PixelData", "PixelDataProviderURL")
Painted = Mapping[int, NDArray[np.uint8]]  # by index of the frame: (rows, columns)


def binary(
    drawing: Drawing, stack: Stack, runs: Mapping[int, Runs], origin: Origin, number: int, software: str
) -> tuple[bytes, Dataset]:
    """The file of what the label holds, and its header; NotPlaced where a segmentation can't be of such images."""
    pictures = {i: painted(some, stack.frames[i].rows, stack.frames[i].columns) for i, some in runs.items()}
    more = {"segmentation_type": "BINARY", "purpose": f"seg/{drawing.path}"}
    return _made(drawing, stack, pictures, origin, number, software, **more)


def fractional(
    drawing: Drawing, stack: Stack, counts: Painted, readers: int, origin: Origin, number: int, software: str
) -> tuple[bytes, Dataset]:
    """The file of how many of the readers marked each pixel: its value, over a greatest value of all readers."""
    if not 1 <= readers <= MOST_READERS:
        raise NotPlaced("Shares of more than 255 readers have no place in a segmentation.")
    more = {"segmentation_type": "FRACTIONAL", "max_fractional_value": readers}
    shares = {index: count / np.float64(readers) for index, count in counts.items()}
    purpose = f"share/{drawing.path}"
    return _made(drawing, stack, shares, origin, number, software, purpose=purpose, **more)


@carefully
def _made(
    drawing: Drawing,
    stack: Stack,
    pictures: Mapping[int, NDArray[Any]],
    origin: Origin,
    number: int,
    software: str,
    *,
    purpose: str,
    **more: Any,
) -> tuple[bytes, Dataset]:
    sources, pixels = _aligned(stack, pictures)
    kind = "share" if purpose.startswith("share") else "seg"
    made = Segmentation(
        source_images=[complete(header) for header in sources],
        pixel_array=pixels,
        segment_descriptions=[_segment(drawing, origin)],
        series_instance_uid=pinned(origin.named(f"{kind}-series")),
        series_number=SERIES + (kind == "share"),
        sop_instance_uid=pinned(origin.named(purpose)),
        instance_number=number,
        software_versions=software,
        content_label="SHARE" if kind == "share" else "LABEL",
        content_description="Share of the readers who marked it" if kind == "share" else "Reference label",
        content_creator_name=family(origin.person or origin.device),
        coding_schemes=schemes(origin.schema),
        **more,
        **MADE_BY,
    )
    if stack.frames[min(pictures)].position is None:
        made.PatientOrientation = sources[0].get("PatientOrientation") or None
        _cite(made, stack.frames[min(pictures)])
    data = settle(made, origin.named(purpose), origin.at)
    for keyword in _PIXELS:
        made.pop(keyword, None)
    return data, made


def _segment(drawing: Drawing, origin: Origin) -> SegmentDescription:
    kind = concept(drawing.concept)
    return SegmentDescription(
        segment_number=1,
        segment_label=kind.meaning,
        segmented_property_category=KIND_OF_REGION,
        segmented_property_type=kind,
        algorithm_type="MANUAL",
        tracking_uid=pinned(origin.named(f"tracking/{drawing.path}")),
        tracking_id=drawing.path[:64],
    )


def _aligned(stack: Stack, pictures: Mapping[int, NDArray[Any]]) -> tuple[list[Dataset], NDArray[Any]]:
    """The source images and a picture for each of their frames, empty where nothing is marked."""
    if not pictures:
        raise NotPlaced("The region is so small that it holds no pixel's centre.")
    first = stack.frames[min(pictures)]
    if first.alone:
        indexes: Sequence[int] = sorted(pictures)
        sources = [stack.frames[index].header for index in indexes]
    else:
        indexes = [i for i, frame in enumerate(stack.frames) if frame.sop == first.sop]
        indexes = sorted(indexes, key=lambda index: stack.frames[index].number)
        sources = [first.header]
    if first.position is None:
        sources, indexes = [_alone(first, len(pictures))], list(pictures)
    like = next(iter(pictures.values()))
    empty = np.zeros_like(like)
    return sources, np.stack([pictures.get(index, empty) for index in indexes])


def _alone(frame: Frame, marked: int) -> Dataset:
    """The header as if its file were a plain picture: highdicom places no frames of a film."""
    if marked > 1:
        raise NotPlaced("A segmentation of several frames needs their place in the patient.")
    header = deepcopy(frame.header)
    header.SOPClassUID = SecondaryCaptureImageStorage
    for keyword in ("NumberOfFrames", "FrameOfReferenceUID"):
        header.pop(keyword, None)
    return header


def _cite(made: Dataset, frame: Frame) -> None:
    """Name what was marked as what it is: its class, and the frame of a film."""
    for of_series in made.ReferencedSeriesSequence:
        for instance in of_series.ReferencedInstanceSequence:
            instance.ReferencedSOPClassUID = frame.header.SOPClassUID
    for group in made.PerFrameFunctionalGroupsSequence:
        for source in group.DerivationImageSequence[0].SourceImageSequence:
            source.ReferencedSOPClassUID = frame.header.SOPClassUID
            if not frame.alone:
                source.ReferencedFrameNumber = frame.number
