"""Small objects of each kind that Consilium takes in, as their modules have them; nothing in them is of a person."""

from collections.abc import Callable

import numpy as np
from pydicom import Dataset, Sequence
from pydicom.dataset import FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

SIDE = 8
CLASSES = {
    "CT": "1.2.840.10008.5.1.4.1.1.2",
    "MR": "1.2.840.10008.5.1.4.1.1.4",
    "PT": "1.2.840.10008.5.1.4.1.1.128",
    "CR": "1.2.840.10008.5.1.4.1.1.1",
    "DX": "1.2.840.10008.5.1.4.1.1.1.1",
    "MG": "1.2.840.10008.5.1.4.1.1.1.2",
    "US": "1.2.840.10008.5.1.4.1.1.3.1",
    "OP": "1.2.840.10008.5.1.4.1.1.77.1.5.1",
    "SC": "1.2.840.10008.5.1.4.1.1.7",
    "enhanced CT": "1.2.840.10008.5.1.4.1.1.2.1",
    "enhanced MR": "1.2.840.10008.5.1.4.1.1.4.1",
}
KINDS = tuple(CLASSES)


def made(kind: str) -> Dataset:
    """One instance with pixels; multi-frame of two frames for US and the enhanced kinds."""
    dataset = Dataset()
    dataset.SOPClassUID = UID(CLASSES[kind])
    dataset.SOPInstanceUID, dataset.StudyInstanceUID, dataset.SeriesInstanceUID = (
        "1.2.3.3",
        "1.2.3.1",
        "1.2.3.2",
    )
    dataset.Modality = kind.split()[-1]
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    dataset.Manufacturer = "SIEMENS"
    dataset.InstanceNumber = 1
    _pixels(
        dataset, frames=2 if kind == "US" or kind.startswith("enhanced") else 1, colour=kind in ("OP", "SC")
    )
    if extra := _EXTRA.get(kind.split()[0]):
        extra(dataset)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    return dataset


def _pixels(dataset: Dataset, frames: int, colour: bool) -> None:
    dataset.Rows = dataset.Columns = SIDE
    dataset.SamplesPerPixel = 3 if colour else 1
    dataset.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit, dataset.PixelRepresentation = 7, 0
    if colour:
        dataset.PlanarConfiguration = 0
    if frames > 1:
        dataset.NumberOfFrames = frames
    values = np.arange(frames * SIDE * SIDE * (3 if colour else 1)) % 251
    dataset.PixelData = values.astype(np.uint8).tobytes()
    dataset["PixelData"].VR = "OB"


def _slice(dataset: Dataset) -> None:
    dataset.PixelSpacing = ["0.5", "0.5"]
    dataset.SliceThickness = "1.25"
    dataset.ImagePositionPatient = ["0", "0", "-12.5"]
    dataset.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
    dataset.RescaleSlope, dataset.RescaleIntercept = "1", "-1024"
    dataset.WindowCenter, dataset.WindowWidth = ["40", "-600"], ["400", "1500"]


def _pet(dataset: Dataset) -> None:
    _slice(dataset)
    dataset.Units, dataset.DecayCorrection = "BQML", "START"
    dataset.CorrectedImage = ["ATTN", "SCAT", "DECY"]
    item = Dataset()
    item.RadionuclideTotalDose, item.RadionuclideHalfLife = "370000000", "6586.2"
    dataset.RadiopharmaceuticalInformationSequence = Sequence([item])


def _projection(dataset: Dataset) -> None:
    dataset.ViewPosition, dataset.ImageLaterality, dataset.BodyPartExamined = "MLO", "L", "BREAST"
    dataset.ImagerPixelSpacing = ["0.1", "0.1"]


def _frames(dataset: Dataset) -> None:
    """Functional groups, shared and per frame."""
    measures, position, shared = Dataset(), Dataset(), Dataset()
    measures.PixelSpacing, measures.SliceThickness = ["0.5", "0.5"], "1.25"
    shared.PixelMeasuresSequence = Sequence([measures])
    dataset.SharedFunctionalGroupsSequence = Sequence([shared])
    position.ImagePositionPatient = ["0", "0", "1"]
    frame = Dataset()
    frame.PlanePositionSequence = Sequence([position])
    dataset.PerFrameFunctionalGroupsSequence = Sequence([frame, frame])


_EXTRA: dict[str, Callable[[Dataset], None]] = {
    "CT": _slice, "MR": _slice, "PT": _pet, "CR": _projection, "DX": _projection, "MG": _projection,
    "enhanced": _frames,
}  # fmt: skip
