"""Guideline and protocol documents: how they are checked, and read back from their digest."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from audit.models import Content

from .errors import InvalidInput
from .examples import example_faults
from .labels.faults import FaultList, SchemaError
from .labels.profile import check_profile
from .labels.schema import LabelSchema
from .labels.schema_parts import Kind
from .models import GuidelineVersion, ProtocolVersion
from .protocol.faults import ProtocolError
from .protocol.fitting import check_against
from .protocol.protocol import Protocol

GUIDELINE = "consilium/guideline/v1"


def profile_faults(document: object, path: str = "") -> list[dict[str, str]]:
    """What in a document could not be stored and hashed, each with its place below `path`."""
    faults = FaultList()
    check_profile(document, faults)
    return [{"path": path + f.path, "code": f.code, "message": f.message} for f in faults.listed()]


def checked_guideline(document: dict[str, Any]) -> dict[str, Any]:
    """The document as it will be published; InvalidInput with the place of each fault."""
    faults = profile_faults(document) or [*_missing(document), *example_faults(document)]
    faults = faults or _schema_faults(document["label_schema"])
    if faults:
        raise InvalidInput(faults, "The guideline can't be published yet.")
    known = ("schema", "title", "instructions", "label_schema", "examples")
    return {key: document[key] for key in known if key in document}


def _missing(document: dict[str, Any]) -> Iterator[dict[str, str]]:
    needed = (
        ("title", "a title", str),
        ("instructions", "instructions", str),
        ("label_schema", "a label schema", dict),
    )
    for key, words, kind in needed:
        if not document.get(key) or not isinstance(document[key], kind):
            yield {"path": f"/{key}", "code": "missing", "message": f"The guideline needs {words}."}
    if document.get("schema") != GUIDELINE:
        yield {"path": "/schema", "code": "wrong_schema", "message": f"The schema must be {GUIDELINE}."}


def _schema_faults(label_schema: Any) -> list[dict[str, str]]:
    try:
        LabelSchema.parse(label_schema)
    except SchemaError as error:
        return [
            {"path": f"/label_schema{f.path}", "code": f.code, "message": f.message} for f in error.faults
        ]
    return []


def checked_protocol(document: dict[str, Any], label_schema: dict[str, Any]) -> dict[str, Any]:
    """The whole protocol, defaults filled in, that fits the label schema; InvalidInput otherwise."""
    if unfit := profile_faults(document):
        raise InvalidInput(unfit, "The protocol can't be published yet.")
    try:
        protocol = Protocol.parse(document)
    except ProtocolError as error:
        faults = list(error.faults)
    else:
        faults = check_against(protocol, label_schema)
        if not faults:
            return protocol.document()
    raise InvalidInput(
        [{"path": f.path, "code": f.code, "message": f.message} for f in faults],
        "The protocol can't be published yet.",
    )


# A round is pinned to versions that were published, and those change in nothing but being retired; nothing asks for
# that here. The draft is as large as what was published, and not needed.
@lru_cache(maxsize=256)
def guideline_version(pk: UUID) -> GuidelineVersion:
    """A published guideline version; whether it is retired by now must not be asked of it."""
    return GuidelineVersion.objects.defer("draft").get(pk=pk)


@lru_cache(maxsize=256)
def protocol_version(pk: UUID) -> ProtocolVersion:
    """A published protocol version, likewise."""
    return ProtocolVersion.objects.defer("draft").get(pk=pk)


# Content never changes under its digest, so what was parsed once stays true.
@lru_cache(maxsize=256)
def guideline_of(digest: str) -> dict[str, Any]:
    """The guideline document with this digest."""
    return dict(Content.objects.values_list("data", flat=True).get(pk=digest))


@lru_cache(maxsize=256)
def label_schema_of(digest: str) -> LabelSchema:
    """The label schema of the guideline with this digest."""
    return LabelSchema.parse(guideline_of(digest)["label_schema"])


@lru_cache(maxsize=256)
def settled_schema_of(guideline: str, protocol: str) -> LabelSchema:
    """The label schema as a settled answer must fit it: what never escalates may be left without a value."""
    schema, fields = label_schema_of(guideline), protocol_of(protocol).fields
    quiet = {key for key, rule in fields.items() if not rule.escalates}
    quiet |= {field.key for field in schema.fields if field.kind == Kind.TEXT}
    return replace(
        schema, fields=tuple(replace(f, required=f.required and f.key not in quiet) for f in schema.fields)
    )


@lru_cache(maxsize=256)
def protocol_of(digest: str) -> Protocol:
    """The protocol with this digest."""
    return Protocol.parse(dict(Content.objects.values_list("data", flat=True).get(pk=digest)))


@lru_cache(maxsize=256)
def fits(guideline: str, protocol: str) -> bool:
    """Whether the protocol with this digest fits the label schema of the guideline with that one."""
    return not check_against(protocol_of(protocol), guideline_of(guideline)["label_schema"])
