"""Rows of the access log as audit messages of DICOM PS3.15 A.5, for a site's audit repository.

Pseudonyms as in the rows; the case stands for the patient, whose number is not told. Elements and attributes are in
the order of the schema of A.5.1.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from .access import Code
from .models import Access

ROOT: Final = "AuditMessages"  # of a file of several: A.5 knows messages one by one
MEANINGS: Final = {
    Code.AUDIT_LOG_USED: "Audit Log Used",
    Code.INSTANCES_ACCESSED: "DICOM Instances Accessed",
    Code.EXPORT: "Export",
    Code.PATIENT_RECORD: "Patient Record",
    Code.QUERY: "Query",
}
_OWN: Final = "99CONSILIUM"
# What the schema numbers: type and role of an object, and the code that says what kind of id it has.
_PATIENT: Final = ("1", "1", ("2", "RFC-3881", "Patient Number"))
_STUDY: Final = ("2", "3", ("110180", "DCM", "Study Instance UID"))
_LIST: Final = ("2", "24", ("10", "RFC-3881", "Search Criteria"))
_LOG: Final = ("2", "13", ("12", "RFC-3881", "URI"))


def as_xml(rows: Iterable[Access], origin: str) -> Iterator[str]:
    """A file of audit messages, piece by piece; `origin` is the log's, as the source of all of them."""
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{ROOT}>\n'
    for row in rows:
        yield tostring(message(row, origin), encoding="unicode") + "\n"
    yield f"</{ROOT}>\n"


def message(row: Access, origin: str) -> Element:
    """One row as an AuditMessage."""
    found = Element("AuditMessage")
    at = row.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    action = "E" if row.code == Code.QUERY else "R"
    event = SubElement(
        found,
        "EventIdentification",
        EventActionCode=action,
        EventDateTime=at,
        EventOutcomeIndicator="0",
    )
    _coded(event, "EventID", row.code, "DCM", MEANINGS[Code(row.code)])
    person = SubElement(found, "ActiveParticipant", UserID=row.actor, UserIsRequestor="true")
    _coded(person, "RoleIDCode", row.role, _OWN, row.role.replace("_", " "))
    source = SubElement(found, "AuditSourceIdentification", AuditSourceID=origin)
    SubElement(source, "AuditSourceTypeCode", {"csd-code": "4"})
    _objects(found, row, origin)
    return found


def _objects(found: Element, row: Access, origin: str) -> None:
    if row.code == Code.INSTANCES_ACCESSED:
        frames = ",".join(map(str, row.frames))
        details = {"series": row.series, "instance": str(row.instance or ""), "frames": frames}
        _object(found, _STUDY, row.study or "unknown", row.what, details)
    if row.code == Code.QUERY:
        _object(found, _LIST, row.what, None, {})
    if row.code == Code.AUDIT_LOG_USED:
        _object(found, _LOG, origin, "Security Audit Log", {})
    if row.case_id is not None or row.code in (Code.INSTANCES_ACCESSED, Code.PATIENT_RECORD):
        details = {"task": str(row.task_id or ""), "request": row.request}
        _object(found, _PATIENT, str(row.case_id or "unknown"), row.what, details)


def _object(
    found: Element,
    kind: tuple[str, str, tuple[str, str, str]],
    key: str,
    name: str | None,
    details: dict[str, str],
) -> None:
    """An object with a name, or else one that is a query."""
    type_code, role, id_type = kind
    about = SubElement(
        found,
        "ParticipantObjectIdentification",
        ParticipantObjectID=key,
        ParticipantObjectTypeCode=type_code,
        ParticipantObjectTypeCodeRole=role,
        ParticipantObjectDataLifeCycle="6",
    )
    _coded(about, "ParticipantObjectIDTypeCode", *id_type)
    if name is None:
        SubElement(about, "ParticipantObjectQuery").text = ""
    else:
        SubElement(about, "ParticipantObjectName").text = name
    for what, value in details.items():
        if value:
            told = b64encode(value.encode()).decode()
            SubElement(about, "ParticipantObjectDetail", type=what, value=told)


def _coded(into: Element, name: str, code: str, system: str, meaning: str) -> None:
    SubElement(into, name, {"csd-code": code, "codeSystemName": system, "originalText": meaning})
