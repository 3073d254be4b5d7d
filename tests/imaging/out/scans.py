"""Headers of series as they are stored: oblique, with uneven pixels, in any order; and films without a place."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset

from imaging.out.frames import Stack, stack_of
from imaging.out.labels import Concept, Drawing, Mark, Origin, Region
from tests.imaging.made import CAPTURE, CT, header, item

AT = datetime(2026, 3, 4, 5, 6, 7, 89, tzinfo=UTC)
ENHANCED_MR = "1.2.840.10008.5.1.4.1.1.4.1"
CINE = "1.2.840.10008.5.1.4.1.1.3.1"
TURN = np.radians(20)
ALONG = np.array([np.cos(TURN), np.sin(TURN), 0])
DOWN = np.array([-np.sin(TURN) * np.cos(0.3), np.cos(TURN) * np.cos(0.3), np.sin(0.3)])
ACROSS = np.cross(ALONG, DOWN)
CORNER = np.array([-70.25, -33.5, 120.125])
SPACING = (0.8, 0.5)  # between rows, between columns
STEP = 2.5
NODULE = Concept("SCT", "27925004", "Nodule")
OURS = Concept("99CONSILIUM", "odd_thing", "Odd thing", "0123456789abcdef")


def oblique_ct(
    slices: int = 5, rows: int = 24, columns: int = 40, *, upwards: bool = False
) -> list[FileDataset]:
    """Single files whose instance numbers run against their places, unless `upwards`."""
    found = []
    for place in range(slices):
        number = place + 1 if upwards else slices - place
        one = _image(CT, "CT", rows, columns, f"2.25.10{number}")
        one.InstanceNumber, one.SliceThickness = number, "2.0"
        one.PixelSpacing = [str(step) for step in SPACING]
        one.ImageOrientationPatient = [*_text(ALONG), *_text(DOWN)]
        one.ImagePositionPatient = _text(CORNER + place * STEP * ACROSS)
        one.FrameOfReferenceUID = "2.25.77"
        one.RescaleSlope, one.RescaleIntercept, one.KVP, one.AcquisitionNumber = "1", "-1024", None, None
        found.append(one)
    return found


def multi_frame(frames: int = 4, rows: int = 20, columns: int = 30) -> FileDataset:
    """One enhanced MR whose frames run against their places."""
    one = _image(ENHANCED_MR, "MR", rows, columns, "2.25.200")
    one.NumberOfFrames, one.InstanceNumber, one.FrameOfReferenceUID = frames, 1, "2.25.78"
    measures = item(
        PixelSpacing=[str(step) for step in SPACING], SliceThickness="2", SpacingBetweenSlices="2.5"
    )
    lying = item(ImageOrientationPatient=[*_text(ALONG), *_text(DOWN)])
    one.SharedFunctionalGroupsSequence = [
        item(PixelMeasuresSequence=[measures], PlaneOrientationSequence=[lying])
    ]
    dimension = Dataset()
    dimension.DimensionOrganizationUID = "2.25.79"
    one.DimensionOrganizationSequence = [dimension]
    one.PerFrameFunctionalGroupsSequence = [
        item(
            PlanePositionSequence=[
                item(ImagePositionPatient=_text(CORNER + (frames - 1 - place) * STEP * ACROSS))
            ],
            FrameContentSequence=[item(DimensionIndexValues=[place + 1])],
        )
        for place in range(frames)
    ]
    return one


def film(frames: int = 6, rows: int = 20, columns: int = 30) -> FileDataset:
    """An ultrasound film: no place, no frame of reference."""
    one = _image(CINE, "US", rows, columns, "2.25.300")
    one.NumberOfFrames, one.InstanceNumber = frames, 1
    return one


def flat(rows: int = 20, columns: int = 30) -> FileDataset:
    """A picture without any geometry."""
    one = _image(CAPTURE, "OT", rows, columns, "2.25.400")
    one.InstanceNumber = 1
    return one


def stack(*headers: Dataset) -> Stack:
    """A series of them."""
    return stack_of(headers)


def origin(**changes: Any) -> Origin:
    """Where a label comes from: a senior, unless told otherwise."""
    told = {"case": "7" * 8, "digest": f"sha256:{'a' * 64}", "at": AT, "person": "act_0123", "verified": True}
    told |= {"organization": "north", "schema": f"sha256:{'b' * 64}"}
    return Origin(**(told | changes))


def drawing(mark: Mark, path: str = "findings/f1", term: Concept = NODULE, **more: Any) -> Drawing:
    """A mark with its region."""
    return Drawing(path, term, mark, region_of(mark), **more)


def region_of(mark: Mark) -> Region | None:
    """What a mask or an outline covers; None of the others."""
    if mark["kind"] == "mask":
        return Region(slices=tuple((one["slice"], tuple(one["runs"])) for one in mark["slices"]))
    if mark["kind"] == "polygon":
        return Region(rings=(mark["points"], *mark.get("holes", [])))
    return None


def _image(sop_class: str, modality: str, rows: int, columns: int, uid: str) -> FileDataset:
    one = header(sop_class, modality, SOPInstanceUID=uid, SeriesInstanceUID=f"{uid[:6]}.2")
    one.StudyInstanceUID, one.PatientID, one.PatientName = "2.25.5", "P-1", "P-1"
    one.SeriesInstanceUID = f"2.25.9{uid[5]}"
    one.StudyDate, one.StudyTime, one.StudyID, one.AccessionNumber = "20200102", "101112", "", ""
    one.PatientBirthDate, one.PatientSex, one.ReferringPhysicianName, one.SeriesNumber = "", "F", "", 3
    one.Rows, one.Columns, one.SamplesPerPixel, one.PhotometricInterpretation = (
        rows,
        columns,
        1,
        "MONOCHROME2",
    )
    one.BitsAllocated, one.BitsStored, one.HighBit, one.PixelRepresentation = 16, 16, 15, 0
    one.file_meta.MediaStorageSOPInstanceUID = uid
    return one


def _text(numbers: NDArray[np.float64]) -> list[str]:
    return [f"{number:.10f}"[:16] for number in numbers]
