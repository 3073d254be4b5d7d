"""What a de-identified file says of itself: how it was done, and file meta information made from nothing."""

from typing import Final

from pydicom import Dataset, Sequence
from pydicom._uid_dict import UID_dictionary  # the registry; pydicom names it nowhere else
from pydicom.dataset import FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from imaging.deid.options import Options
from imaging.deid.table import EDITION

IMPLEMENTATION: Final = UID("2.25.150622307917352262184720186240493183226")
VERSION: Final = "CONSILIUM_1"
METHOD: Final = (f"DICOM PS3.15 {EDITION} Table E.1-1", "Private, unknown and free text elements removed")
_BASIC = ("113100", "Basic Application Confidentiality Profile")
_OPTIONS = {
    "clean_descriptors": ("113105", "Clean Descriptors Option"),
    "modified_dates": ("113107", "Retain Longitudinal Temporal Information Modified Dates Option"),
    "patient_characteristics": ("113108", "Retain Patient Characteristics Option"),
    "device": ("113109", "Retain Device Identity Option"),
}


def mark(dataset: Dataset, options: Options) -> None:
    """Writes (0012,0062), (0012,0063), (0012,0064) by CID 7050, and (0028,0303)."""
    chosen = [_BASIC, *(code for name, code in _OPTIONS.items() if options.to_json()[name])]
    dataset.PatientIdentityRemoved = "YES"
    dataset.DeidentificationMethod = list(METHOD)
    dataset.DeidentificationMethodCodeSequence = Sequence([_code(*code) for code in chosen])
    dataset.LongitudinalTemporalInformationModified = "MODIFIED" if options.modified_dates else "REMOVED"


def _code(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item


def meta_of(original: Dataset, clean: Dataset) -> FileMetaDataset:
    """File meta information for a de-identified dataset; of the sender's only a known transfer syntax is taken over."""
    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\0\1"
    if sop_class := clean.get("SOPClassUID"):
        meta.MediaStorageSOPClassUID = sop_class
    if instance := clean.get("SOPInstanceUID"):
        meta.MediaStorageSOPInstanceUID = instance
    meta.TransferSyntaxUID = _transfer_syntax(original)
    meta.ImplementationClassUID = IMPLEMENTATION
    meta.ImplementationVersionName = VERSION
    return meta


def _transfer_syntax(original: Dataset) -> UID:
    sent = getattr(getattr(original, "file_meta", None), "TransferSyntaxUID", None)
    return UID(str(sent)) if sent is not None and str(sent) in UID_dictionary else ExplicitVRLittleEndian
