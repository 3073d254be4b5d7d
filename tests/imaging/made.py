"""DICOM files written for a test: any pixels, any header."""

from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

KEY = b"the key of these tests, 32 bytes"
CT, MR, PET = (f"1.2.840.10008.5.1.4.1.1.{last}" for last in ("2", "4", "128"))
CAPTURE = "1.2.840.10008.5.1.4.1.1.7"


def header(sop_class: str = CAPTURE, modality: str = "OT", **changes: Any) -> FileDataset:
    """What every image has; `changes` are elements by keyword, None takes one out."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    dataset.SOPClassUID, dataset.Modality = sop_class, modality
    dataset.SOPInstanceUID, dataset.SeriesInstanceUID, dataset.StudyInstanceUID = (
        "1.2.3.1",
        "1.2.3.2",
        "1.2.3.3",
    )
    dataset.PatientID, dataset.PatientName = "12345", "Doe^Jane"
    for keyword, value in changes.items():
        if value is None:
            delattr(dataset, keyword)
        else:
            setattr(dataset, keyword, value)
    return dataset


def with_pixels(dataset: FileDataset, pixels: Any, **changes: Any) -> FileDataset:
    """An image of native pixels: (rows, columns), (rows, columns, 3) or (frames, rows, columns[, 3])."""
    colour = pixels.ndim > 2 and pixels.shape[-1] == 3
    frames = pixels.shape[0] if pixels.ndim == (4 if colour else 3) else 1
    dataset.Rows, dataset.Columns = pixels.shape[-3:-1] if colour else pixels.shape[-2:]
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = (3, "RGB") if colour else (1, "MONOCHROME2")
    if colour:
        dataset.PlanarConfiguration = 0
    if frames > 1:
        dataset.NumberOfFrames = frames
    bits = 8 * pixels.dtype.itemsize
    dataset.BitsAllocated = bits
    if pixels.dtype.kind == "f":
        setattr(dataset, {32: "FloatPixelData", 64: "DoubleFloatPixelData"}[bits], pixels.tobytes())
    else:
        dataset.BitsStored, dataset.HighBit = bits, bits - 1
        dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
        data = pixels.tobytes()
        dataset.PixelData = data + b"\0" * (len(data) % 2)
        dataset["PixelData"].VR = "OB" if bits == 8 else "OW"
    for keyword, value in changes.items():
        setattr(dataset, keyword, value)
    return dataset


def image(pixels: Any = None, **changes: Any) -> FileDataset:
    """A small image."""
    return with_pixels(header(**changes), ramp() if pixels is None else pixels)


def ramp(rows: int = 16, columns: int = 20) -> Any:
    """Values that differ everywhere, of 16 bits."""
    return np.arange(rows * columns, dtype=np.uint16).reshape(rows, columns)


def item(**elements: Any) -> Dataset:
    """One item of a sequence."""
    made = Dataset()
    for keyword, value in elements.items():
        setattr(made, keyword, value)
    return made


def written(dataset: FileDataset, path: Path) -> Path:
    """The same in a file."""
    dataset.save_as(path, enforce_file_format=True)
    return path
