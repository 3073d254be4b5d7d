"""Where an image lies: spacing, orientation and positions, of single frames and of functional groups."""

from typing import Any

from pydicom.dataset import Dataset

from .values import decimals, item, positive

Triple = list[str]


def spacing(dataset: Dataset) -> list[str] | None:
    """[between rows, between columns] in mm; None where it is not said or not above 0."""
    found = positive(group(dataset, "PixelMeasuresSequence").get("PixelSpacing"), 2)
    for keyword in ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"):
        found = found or positive(dataset.get(keyword), 2)
    return found or _ultrasound(dataset)


def thickness(dataset: Dataset) -> str | None:
    """The slice's thickness in mm."""
    return _length(dataset, "SliceThickness")


def gap(dataset: Dataset) -> str | None:
    """The distance between neighbouring slices' centres in mm, where the file says it."""
    return _length(dataset, "SpacingBetweenSlices")


def position(dataset: Dataset) -> Triple | None:
    """Where the first pixel lies, in mm in the patient's axes: of the first frame."""
    found = decimals(dataset.get("ImagePositionPatient"), 3)
    return (
        found
        or _position(_first_frame(dataset))
        or _position(item(dataset, "SharedFunctionalGroupsSequence"))
    )


def orientation(dataset: Dataset) -> list[str] | None:
    """The direction cosines of a row and of a column: of the first frame."""
    groups = group(dataset, "PlaneOrientationSequence")
    return decimals(dataset.get("ImageOrientationPatient"), 6) or decimals(
        groups.get("ImageOrientationPatient"), 6
    )


def positions(dataset: Dataset) -> list[Triple | None] | None:
    """Where each frame lies; None for an image without functional groups per frame."""
    frames = per_frame(dataset)
    found = [_position(frame) for frame in frames]
    return found if any(found) else None


def per_frame(dataset: Dataset) -> list[Dataset]:
    """The functional groups of each frame; empty for an image without."""
    sequence: Any = dataset.get("PerFrameFunctionalGroupsSequence")
    return list(sequence) if sequence and isinstance(sequence[0], Dataset) else []


def group(dataset: Dataset, keyword: str) -> Dataset:
    """A functional group: the shared one, else the first frame's, else an empty dataset."""
    shared = item(item(dataset, "SharedFunctionalGroupsSequence"), keyword)
    return shared if len(shared) else item(_first_frame(dataset), keyword)


def _first_frame(dataset: Dataset) -> Dataset:
    return item(dataset, "PerFrameFunctionalGroupsSequence")


def _position(frame: Dataset) -> Triple | None:
    return decimals(item(frame, "PlanePositionSequence").get("ImagePositionPatient"), 3)


def _length(dataset: Dataset, keyword: str) -> str | None:
    found = positive(group(dataset, "PixelMeasuresSequence").get(keyword), 1) or positive(
        dataset.get(keyword), 1
    )
    return found[0] if found else None


def _ultrasound(dataset: Dataset) -> list[str] | None:
    """The physical size of a pixel of the first region in two spatial dimensions, told in centimetres."""
    for region in dataset.get("SequenceOfUltrasoundRegions") or []:
        if region.get("RegionSpatialFormat") != 1 or region.get("PhysicalUnitsXDirection") != 3:
            continue
        found = positive([region.get("PhysicalDeltaY"), region.get("PhysicalDeltaX")], 2)
        if found:
            return decimals([float(found[0]) * 10, float(found[1]) * 10], 2)
    return None
