"""What makes a DICOM file the same bytes each time: UIDs from digests, times from the event."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO

from pydicom import dcmwrite
from pydicom.dataset import Dataset
from pydicom.uid import UID
from pydicom.valuerep import VR

_RANDOM = "1.2.826.0.1.3680043.10.511.3."  # under this root highdicom makes new UIDs


def pinned(identity: str) -> UID:
    """The UID that belongs to an identity: `2.25.` and the first 128 bits of its SHA-256."""
    return UID(f"2.25.{int.from_bytes(hashlib.sha256(identity.encode()).digest()[:16])}")


def settle(dataset: Dataset, identity: str, at: datetime) -> bytes:
    """The file's bytes, after what its building drew by chance or from the clock was replaced."""
    known: dict[str, UID] = {}
    for element in _uids(dataset):
        if str(element.value).startswith(_RANDOM):
            new = pinned(f"{identity}\n{len(known)}")
            element.value = known.setdefault(str(element.value), new)
    dataset.SpecificCharacterSet = "ISO_IR 192"
    _date(dataset, at)
    buffer = BytesIO()
    dcmwrite(buffer, dataset, enforce_file_format=True)
    return buffer.getvalue()


def moment(at: datetime) -> str:
    """A DICOM date and time of UTC."""
    return at.strftime("%Y%m%d%H%M%S.%f+0000")


def _date(dataset: Dataset, at: datetime) -> None:
    for name in ("ContentDate", "InstanceCreationDate", "SeriesDate"):
        if name in dataset:
            setattr(dataset, name, at.strftime("%Y%m%d"))
    for name in ("ContentTime", "InstanceCreationTime", "SeriesTime"):
        if name in dataset:
            setattr(dataset, name, at.strftime("%H%M%S.%f"))
    for equipment in dataset.get("ContributingEquipmentSequence", []):
        equipment.ContributionDateTime = moment(at)
    for observer in dataset.get("VerifyingObserverSequence", []):
        observer.VerificationDateTime = moment(at)


def _uids(dataset: Dataset) -> Iterator:  # type: ignore[type-arg]
    for element in dataset:
        if element.VR == VR.UI:
            yield element
        elif element.VR == VR.SQ:
            for one in element.value:
                yield from _uids(one)
