"""Coded terms as DICOM has them, and the private scheme for what the label schema gives no code."""

import unicodedata
from typing import Final

from highdicom.coding_schemes import CodingSchemeIdentificationItem
from highdicom.sr import CodedConcept
from pydicom.sr.codedict import codes

from .labels import SCHEME, Concept, version_of
from .pinning import pinned

_MEANING: Final = 64  # bytes of a code's meaning
_SHORT: Final = 16  # characters of a scheme's name and version
PICTURES: Final = CodedConcept("363679005", "SCT", "Imaging procedure")
KIND_OF_REGION: Final = CodedConcept("309825002", "SCT", "Spatial and Relational Concept")
LENGTH: Final = CodedConcept.from_code(codes.SCT.Length)
AREA: Final = CodedConcept.from_code(codes.SCT.Area)
REPORT: Final = CodedConcept("126000", "DCM", "Imaging Measurement Report")
_UNITS: Final = {"mm": "millimeter", "mm2": "square millimeter", "{pixels}": "pixels", "1": "no units"}


def concept(term: Concept) -> CodedConcept:
    """The term as a DICOM code; a meaning that is too long is cut."""
    meaning = _plain(term.meaning) or term.value
    version = term.version[:_SHORT] or None
    return CodedConcept(term.value, term.scheme[:_SHORT], cut(meaning, _MEANING), version)


def cut(text: str, most: int) -> str:
    """The beginning of a text, of at most so many bytes: some readers count bytes where DICOM counts characters."""
    return text.encode()[:most].decode(errors="ignore").strip()


def unit(ucum: str) -> CodedConcept:
    """A UCUM unit; a number without one has none."""
    code = ucum or "1"
    return CodedConcept(code, "UCUM", _UNITS.get(code, code)[:_MEANING])


def schemes(schema: str) -> list[CodingSchemeIdentificationItem]:
    """Which label schema the private scheme of a file is: by the digest of its guideline."""
    return [
        CodingSchemeIdentificationItem(
            designator=SCHEME,
            name=f"Consilium label schema of guideline {schema}",
            version=version_of(schema),
            uid=pinned(f"coding-scheme\n{schema}"),
            responsible_organization="The project that published the guideline",
        )
    ]


def _plain(text: str) -> str:
    """Text without what a DICOM element of one value can't hold."""
    kept = [" " if unicodedata.category(one)[0] == "C" or one == "\\" else one for one in text]
    return " ".join("".join(kept).split())
