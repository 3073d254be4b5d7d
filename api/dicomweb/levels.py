"""Which attributes a search returns of a study, a series and an image (PS3.18 tables 10.6.3-3 to 10.6.3-5)."""

from functools import cache
from typing import Any, Final

Attributes = dict[str, Any]


@cache
def tag(keyword: str) -> str:
    """A keyword's tag as eight hexadecimal digits."""
    from pydicom.datadict import tag_for_keyword  # when used: it comes with every decoder

    return f"{tag_for_keyword(keyword):08X}"


def tags(keywords: frozenset[str]) -> frozenset[str]:
    """The tags of keywords."""
    return frozenset(map(tag, keywords))


def _named(*keywords: str) -> frozenset[str]:
    return frozenset(keywords)


_ALWAYS: Final = _named("SpecificCharacterSet", "TimezoneOffsetFromUTC")
STUDY: Final = _ALWAYS | _named(
    *("StudyDate", "StudyTime", "AccessionNumber", "ReferringPhysicianName", "StudyDescription"),
    *("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyInstanceUID", "StudyID"),
)
_STUDY_MORE: Final = STUDY | _named(
    *("PatientAge", "PatientSize", "PatientWeight", "PatientIdentityRemoved", "DeidentificationMethod"),
    *(
        "DeidentificationMethodCodeSequence",
        "LongitudinalTemporalInformationModified",
        "ProcedureCodeSequence",
    ),
)
SERIES: Final = _ALWAYS | _named(
    *("StudyInstanceUID", "Modality", "SeriesDescription", "SeriesInstanceUID", "SeriesNumber", "SeriesDate"),
    *("SeriesTime", "PerformedProcedureStepStartDate", "PerformedProcedureStepStartTime"),
    *("RequestAttributesSequence", "BodyPartExamined"),
)
_SERIES_MORE: Final = SERIES | _named(
    *("Laterality", "ProtocolName", "Manufacturer", "ManufacturerModelName", "PatientPosition"),
    *("FrameOfReferenceUID", "ContrastBolusAgent", "ScanningSequence", "SequenceVariant"),
)
INSTANCE: Final = _ALWAYS | _named(
    *("StudyInstanceUID", "SeriesInstanceUID", "SOPClassUID", "SOPInstanceUID", "InstanceNumber"),
    *("Rows", "Columns", "BitsAllocated", "NumberOfFrames", "Modality"),
)
EVERYTHING: Final = {"studies": _STUDY_MORE, "series": _SERIES_MORE | _STUDY_MORE, "instances": None}
USUAL: Final = {"studies": STUDY, "series": SERIES, "instances": INSTANCE}
# What is found again in each row where the search was not within one study or series.
BESIDES: Final = {"studies": frozenset[str](), "series": STUDY, "instances": STUDY | SERIES}


def told(
    level: str, attributes: Attributes, wanted: frozenset[str], everything: bool, wide: bool
) -> Attributes:
    """The attributes of a level out of all, in their order; never what is had by address alone."""
    all_of_it = EVERYTHING[level]
    shown = wanted | tags(USUAL[level] | (BESIDES[level] if wide else frozenset()))
    if everything and all_of_it is not None:
        shown |= tags(all_of_it)
    unlimited = everything and all_of_it is None
    return {
        key: value
        for key, value in attributes.items()
        if (unlimited or key in shown) and "BulkDataURI" not in value
    }


def attribute(vr: str, *values: Any) -> Attributes:
    """One attribute of DICOM JSON."""
    return {"vr": vr, "Value": list(values)} if values else {"vr": vr}
