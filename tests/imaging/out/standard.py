"""What DICOM asks of SR and SEG, in the form in which dicom-validator wants it, from the tables in highdicom.

dicom-validator downloads the standard; a test may not. highdicom (MIT) ships PS3.3's tables of 2024-10-04: modules of
each IOD, attributes of each module with their types. They lack conditions (types 1C, 2C), so these are written
here for the content items of SR, by value type, as PS3.3 table C.17-6 has them.
"""

from functools import cache
from typing import Any, Final

from dicom_validator.validator.dicom_info import DicomInfo
from highdicom._iods import IOD_MODULE_MAP
from highdicom._modules import MODULE_ATTRIBUTE_MAP
from pydicom.datadict import tag_for_keyword

Json = dict[str, Any]
_IODS: Final = {
    "1.2.840.10008.5.1.4.1.1.88.33": "comprehensive-sr",
    "1.2.840.10008.5.1.4.1.1.66.4": "segmentation",
}
_BY_VALUE_TYPE: Final = {
    "ReferencedSOPSequence": ("IMAGE", "COMPOSITE", "WAVEFORM"),
    "MeasuredValueSequence": ("NUM",),
    "ConceptCodeSequence": ("CODE",),
    "ContinuityOfContent": ("CONTAINER",),
    "TextValue": ("TEXT",),
    "PersonName": ("PNAME",),
    "UID": ("UIDREF",),
    "GraphicData": ("SCOORD", "SCOORD3D"),
    "GraphicType": ("SCOORD", "SCOORD3D"),
    "ReferencedFrameOfReferenceUID": ("SCOORD3D",),
    "TemporalRangeType": ("TCOORD",),
    "TabulatedValuesSequence": ("TABLE",),
    "DateTime": ("DATETIME",),
    "Date": ("DATE",),
    "Time": ("TIME",),
}
_GROUPS: Final = "segmentation-multi-frame-functional-groups"
_SHARED, _FRAMES = "SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"
_NEEDED: Final = {
    "FrameContentSequence": {"use": "M", "cond": {"type": "MF"}},
    "SegmentIdentificationSequence": {"use": "M"},
}


@cache
def standard() -> DicomInfo:
    """The tables for the two kinds of objects that we write."""
    modules = {each["key"]: _module(each["key"]) for iod in _IODS.values() for each in IOD_MODULE_MAP[iod]}
    modules["content-item"] = _content_item(modules["sr-document-content"])
    macros = _functional_groups(modules)
    iods = {
        uid: {
            "title": iod,
            "modules": {
                each["key"]: {"ref": each["key"], "use": each["usage"]} for each in IOD_MODULE_MAP[iod]
            },
            "group_macros": macros if iod == "segmentation" else {},
        }
        for uid, iod in _IODS.items()
    }
    return DicomInfo({}, iods, modules)


def tag(keyword: str) -> str:
    """The tag of an attribute as the tables have it."""
    number = tag_for_keyword(keyword) or 0
    return f"({number >> 16:04X},{number & 0xFFFF:04X})"


def _module(key: str) -> Json:
    """The nested attributes of a module."""
    found: Json = {}
    for attribute in MODULE_ATTRIBUTE_MAP[key]:
        level = found
        for keyword in attribute["path"]:
            level = level[tag(keyword)].setdefault("items", {})
        about = {"name": attribute["keyword"], "type": attribute["type"]}
        level.setdefault(tag(str(attribute["keyword"])), {}).update(about)
    return found


def _content_item(content: Json) -> Json:
    """The attributes of a content item below the root, to any depth; conditions are set at the root, too."""
    sequence = tag("ContentSequence")
    item = content[sequence]["items"]
    for level in (content, item):
        for keyword, types in _BY_VALUE_TYPE.items():
            _ask_only_of(level[tag(keyword)], types)
        level[sequence] = {
            "name": "ContentSequence",
            "type": "1C",
            "items": {"include": [{"ref": "content-item"}]},
        }
    item[tag("ObservationDateTime")] = {"name": "ObservationDateTime", "type": "3"}
    item[tag("ObservationUID")] = {"name": "ObservationUID", "type": "3"}
    return dict(item)


def _ask_only_of(attribute: Json, value_types: tuple[str, ...]) -> None:
    attribute["type"] = attribute["type"].removesuffix("C") + "C"
    condition = {"type": "MN", "tag": tag("ValueType"), "op": "=", "index": 0, "values": list(value_types)}
    attribute["cond"] = condition


def _functional_groups(modules: dict[str, Json]) -> Json:
    """Each functional group as a module of its own, which may stand with all frames or with each."""
    groups = modules[_GROUPS][tag(_SHARED)]["items"]
    for sequence in (_SHARED, _FRAMES):
        modules[_GROUPS][tag(sequence)]["items"] = {"include": [{"ref": "FuncGroup"}]}
    macros = {}
    for number, attribute in groups.items():
        modules[f"group-{number}"] = {number: attribute}
        macros[attribute["name"]] = {"ref": f"group-{number}", "use": "U"} | _NEEDED.get(
            attribute["name"], {}
        )
    return macros
