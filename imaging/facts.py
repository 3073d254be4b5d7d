"""What a file says that is not about a person: geometry, pixels, technique; the quality gate judges by it."""

from typing import Any

from pydicom.dataset import FileDataset
from pydicom.uid import UID, JPEGBaseline8Bit, JPEGExtended12Bit

from . import terms
from .ages import age_band, sex
from .geometry import gap, orientation, position, positions, spacing, thickness
from .suv import suv
from .values import code, decimals, number, whole
from .voi import rescale, window

Facts = dict[str, Any]
SYNTHETIC = "SYNTHETIC"


def facts_of(dataset: FileDataset) -> Facts:
    """JSON of what is known of the file, nothing of it identifying; None where the file says nothing usable.

    Numbers of measure are decimal strings, lengths in millimetres. It is to be read before de-identification,
    and tells the transfer syntax and the pixels of the file as it was sent.
    """
    return _kind(dataset) | _pixels(dataset) | _space(dataset) | _values(dataset) | _person(dataset)


def _kind(dataset: FileDataset) -> Facts:
    description = str(dataset.get("SeriesDescription") or "")
    return {
        "modality": code(dataset, "Modality", terms.MODALITIES, "OT"),
        "sop_class": _uid(dataset.get("SOPClassUID")),
        "transfer_syntax": _uid(dataset.file_meta.get("TransferSyntaxUID")),
        "body_part": code(dataset, "BodyPartExamined", terms.BODY_PARTS, "OTHER"),
        "laterality": _laterality(dataset),
        "view_position": code(dataset, "ViewPosition", terms.VIEWS, "OTHER"),
        "manufacturer": _vendor(dataset),
        "instance_number": whole(dataset.get("InstanceNumber")),
        "acquisition_number": whole(dataset.get("AcquisitionNumber")),
        "synthetic": description.upper().startswith(SYNTHETIC),
    }


def _pixels(dataset: FileDataset) -> Facts:
    ratio = dataset.get("LossyImageCompressionRatio")
    return {
        "photometric": code(dataset, "PhotometricInterpretation", terms.PHOTOMETRIC, "OTHER"),
        "rows": whole(dataset.get("Rows")),
        "columns": whole(dataset.get("Columns")),
        "frames": whole(dataset.get("NumberOfFrames") or 1),
        "bits_allocated": whole(dataset.get("BitsAllocated")),
        "bits_stored": whole(dataset.get("BitsStored")),
        "signed": dataset.get("PixelRepresentation") == 1,
        "samples": whole(dataset.get("SamplesPerPixel")),
        "lossy": str(dataset.get("LossyImageCompression") or "").strip() == "01" or _is_lossy(dataset),
        "lossy_ratio": _largest(ratio),
        "frame_time": number(dataset, "FrameTime"),
    }


def _space(dataset: FileDataset) -> Facts:
    return {
        "spacing": spacing(dataset),
        "thickness": thickness(dataset),
        "gap": gap(dataset),
        "position": position(dataset),
        "orientation": orientation(dataset),
        "frame_positions": positions(dataset),
    }


def _values(dataset: FileDataset) -> Facts:
    slope, intercept = rescale(dataset)
    factor, why_not = suv(dataset)
    return {
        "slope": slope,
        "intercept": intercept,
        "window": window(dataset),
        "units": code(dataset, "Units", terms.UNITS, "OTHER"),
        "suv": factor,
        "suv_reason": why_not,
    }


def _person(dataset: FileDataset) -> Facts:
    return {"sex": sex(dataset), "age_band": age_band(dataset)}


def _laterality(dataset: FileDataset) -> str | None:
    return code(dataset, "ImageLaterality", terms.LATERALITIES) or code(
        dataset, "Laterality", terms.LATERALITIES
    )


def _vendor(dataset: FileDataset) -> str | None:
    words = str(dataset.get("Manufacturer") or "").upper().replace(",", " ").split()
    if not words:
        return None
    return words[0] if words[0] in terms.VENDORS else "OTHER"


def _uid(value: Any) -> str | None:
    """A UID that the standard registers; another could hold anything."""
    told = UID(str(value or ""))
    return str(told) if told.name != told else None


def _is_lossy(dataset: FileDataset) -> bool:
    return dataset.file_meta.get("TransferSyntaxUID") in (JPEGBaseline8Bit, JPEGExtended12Bit)


def _largest(value: Any) -> str | None:
    """The ratio of the last, which is the strongest, of the compressions it went through."""
    found = decimals(value, len(value)) if isinstance(value, list) else decimals(value, 1)
    return max(found, key=float) if found else None
