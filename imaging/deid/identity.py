"""Who an image is of: the originals, for the vault only, and the patient's pseudonym."""

from typing import TypedDict

from pydicom import Dataset

from imaging.deid.elements import silence
from imaging.deid.pseudonyms import Pseudonyms


class Identity(TypedDict):
    """Originals as text, stripped; "" where the header has none. Never leaves the vault."""

    patient_id: str
    issuer: str
    patient_name: str
    study_uid: str
    series_uid: str
    instance_uid: str
    accession: str


def identity_of(dataset: Dataset) -> Identity:
    """The originals that name a patient, a study and an image. An unreadable element counts as absent."""
    return {
        "patient_id": _text(dataset, "PatientID"),
        "issuer": _text(dataset, "IssuerOfPatientID"),
        "patient_name": _text(dataset, "PatientName"),
        "study_uid": _text(dataset, "StudyInstanceUID"),
        "series_uid": _text(dataset, "SeriesInstanceUID"),
        "instance_uid": _text(dataset, "SOPInstanceUID"),
        "accession": _text(dataset, "AccessionNumber"),
    }


def patient_of(identity: Identity, pseudonyms: Pseudonyms) -> str:
    """The patient's pseudonym; without a patient's identifier the study's, lest all without one be one patient."""
    if identity["patient_id"]:
        return pseudonyms.patient(identity["patient_id"], identity["issuer"])
    return f"P-{pseudonyms.text('patient of study', identity['study_uid'] or identity['instance_uid'])}"


def _text(dataset: Dataset, keyword: str) -> str:
    try:
        with silence():
            value = getattr(dataset, keyword, None)
        return "" if value is None else str(value).strip("\0 ")
    except Exception:
        # A header that cannot be decoded must not stop the import, and its message may hold the value.
        return ""
