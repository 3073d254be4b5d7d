"""A phantom CT series around a nodule: drawn from what its readers outlined, in the scan's own coordinates.

A pixel of an outline is that pixel of the phantom, and slice k of the scan is the instance of number k + 1, k
spacings above zero: the matrix is whole, only slices far from the nodule are left out. The files say that
they are synthetic in ImageType (DERIVED), ContentQualification (RESEARCH) and SeriesDescription.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian
from scipy.ndimage import gaussian_filter

from .phantoms.nodule import ROOM, Nodule, density, votes
from .phantoms.shapes import EDGE, HALF, Reals, at, paint
from .phantoms.thorax import Body, Site, Thorax, invent

DESCRIPTION: Final = "SYNTHETIC PHANTOM, NOT A PATIENT"
MARGIN: Final = 2  # slices beyond the nodule on either side
LEAST: Final = 7
OFFSET: Final = 1024  # added to Hounsfield units, so that twelve bits without a sign hold them

Pixels = NDArray[np.uint16]


@dataclass(frozen=True)
class Phantom:
    """What is to be drawn. Names are seeds: the same names give the same bytes.

    `scan` names the invented body and the study, `name` the series; `patient` goes into the header.
    """

    name: str
    scan: str
    patient: str
    pixel_mm: float
    slice_mm: float
    thickness_mm: float
    slices: int
    nodule: Nodule
    contrast: bool = False


def covered(phantom: Phantom) -> range:
    """The slices that are drawn: the nodule's with a margin, at least seven, none outside the scan."""
    first, last = phantom.nodule.slices
    missing = max(LEAST - (last - first + 1 + 2 * MARGIN), 0)
    low = max(first - MARGIN - missing // 2, 0)
    high = min(last + MARGIN + (missing + 1) // 2, max(phantom.slices - 1, last))
    return range(low, high + 1)


def draw(phantom: Phantom) -> Iterator[tuple[int, Pixels]]:
    """Each slice's index in the scan, and its pixels: Hounsfield units plus 1024."""
    thorax, middle = _thorax(phantom)
    chance = _chance("noise", phantom.name)
    noise = _noise(chance, phantom.slice_mm)
    for place in covered(phantom):
        z = (place - middle) * phantom.slice_mm / (HALF * phantom.pixel_mm)
        picture = thorax.slice((place + 0.5) / phantom.slices, z)
        _insert(phantom, place, picture)
        row, column = chance.integers(0, noise.shape[0] - EDGE, 2)
        picture += noise[row : row + EDGE, column : column + EDGE]
        yield place, np.clip(np.rint(picture) + OFFSET, 0, 4095).astype(np.uint16)


def _insert(phantom: Phantom, place: int, picture: Reals) -> None:
    """Blend the nodule into a slice as far as its readers saw it there."""
    shares = votes(phantom.nodule, place)
    if shares.any():
        units = density(phantom.nodule, shares, _chance("calcium", phantom.name))
        paint(picture[phantom.nodule.window], units, shares)


def write(phantom: Phantom, folder: Path) -> list[Path]:
    """Write the series into a folder, a DICOM file for each slice, and tell their paths by slice."""
    paths = []
    for place, pixels in draw(phantom):
        paths.append(folder / f"{place + 1:04d}.dcm")
        _file(phantom, place, pixels).save_as(paths[-1], enforce_file_format=True)
    return paths


def uid(*names: str) -> UID:
    """A UID that follows from names, under the root for UUIDs."""
    digest = hashlib.sha256("\0".join(("consilium phantom", *names)).encode()).digest()
    return UID(f"2.25.{int.from_bytes(digest[:16], 'big')}")


def _chance(*names: str) -> np.random.Generator:
    digest = hashlib.sha256("\0".join(names).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:8], "big")))


def _thorax(phantom: Phantom) -> tuple[Thorax, float]:
    """The chest around the nodule, and the slice of its middle."""
    first, last = phantom.nodule.slices
    rows, columns = phantom.nodule.window
    site = Site(
        middle=(at((columns.start + columns.stop - 1) / 2), at((rows.start + rows.stop - 1) / 2)),
        radius=(max(rows.stop - rows.start, columns.stop - columns.start) / 2 - ROOM) / HALF,
        height=(first + last + 1) / 2 / phantom.slices,
    )
    body: Body = invent(_chance("body", phantom.scan), phantom.contrast)
    return Thorax(body, site), (first + last) / 2


def _noise(chance: np.random.Generator, slice_mm: float) -> Reals:
    """Quantum noise with a grain of about two pixels; thinner slices have more (σ 9 HU at 2.5 mm)."""
    white = chance.standard_normal((EDGE + 128, EDGE + 128), np.float32)
    grainy = gaussian_filter(white, 0.8)
    wanted = min(9 * (2.5 / slice_mm) ** 0.5, 20)
    return (grainy * np.float32(wanted / float(grainy.std()))).astype(np.float32)


def _file(phantom: Phantom, place: int, pixels: Pixels) -> FileDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = uid("instance", phantom.name, str(place))
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID = CTImageStorage
    dataset.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    _say_who(dataset, phantom)
    _say_where(dataset, phantom, place)
    _say_what(dataset, pixels)
    return dataset


def _say_who(dataset: Dataset, phantom: Phantom) -> None:
    dataset.PatientName = "Phantom^Synthetic"
    dataset.PatientID = phantom.patient
    dataset.PatientBirthDate = dataset.PatientSex = ""
    dataset.StudyInstanceUID = uid("study", phantom.scan)
    dataset.SeriesInstanceUID = uid("series", phantom.name)
    dataset.FrameOfReferenceUID = uid("frame", phantom.scan)
    dataset.StudyID = dataset.AccessionNumber = dataset.ReferringPhysicianName = ""
    dataset.StudyDate = dataset.StudyTime = dataset.PositionReferenceIndicator = ""
    dataset.Modality, dataset.Manufacturer = "CT", "Consilium phantom"
    dataset.SeriesDescription = DESCRIPTION
    dataset.ContentQualification = "RESEARCH"
    dataset.ImageType = ["DERIVED", "SECONDARY", "AXIAL"]
    dataset.BodyPartExamined, dataset.PatientPosition = "CHEST", "HFS"
    dataset.SeriesNumber = dataset.AcquisitionNumber = 1
    dataset.BurnedInAnnotation, dataset.KVP = "NO", ""


def _say_where(dataset: Dataset, phantom: Phantom, place: int) -> None:
    corner = -phantom.pixel_mm * (EDGE - 1) / 2
    dataset.InstanceNumber = place + 1
    dataset.ImagePositionPatient = [_decimal(one) for one in (corner, corner, place * phantom.slice_mm)]
    dataset.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
    dataset.PixelSpacing = [_decimal(phantom.pixel_mm)] * 2
    dataset.SliceThickness = _decimal(phantom.thickness_mm)
    dataset.SliceLocation = _decimal(place * phantom.slice_mm)


def _say_what(dataset: Dataset, pixels: Pixels) -> None:
    dataset.Rows = dataset.Columns = EDGE
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = -OFFSET, 1, "HU"
    dataset.WindowCenter, dataset.WindowWidth = ["-600", "40"], ["1500", "400"]
    dataset.WindowCenterWidthExplanation = ["LUNG", "MEDIASTINUM"]
    dataset.LossyImageCompression = "00"
    dataset.PixelData = pixels.astype("<u2").tobytes()


def _decimal(value: float) -> str:
    """A decimal string of at most sixteen characters."""
    return f"{value:.5f}".rstrip("0").rstrip(".")
