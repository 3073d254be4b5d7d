"""Whether an event or a credential snapshot has the form that the log accepts; asked before every insert."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs

from audit.actions import REASON_REQUIRED
from audit.canonical import CanonicalError, FaultAt, canonical, escape

MAX_BODY_BYTES = 65535

_SCHEMAS = Path(__file__).parent / "schemas"
# An escaped NUL, not an escaped backslash followed by "u0000".
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class EnvelopeError(FaultAt):
    """The record does not fit its schema or one of the rules that a schema can't say."""


def _compile(name: str) -> jsonschema_rs.Validator:
    schema = json.loads((_SCHEMAS / name).read_text(encoding="utf-8"))
    return jsonschema_rs.validator_for(schema, pattern_options=jsonschema_rs.RegexOptions())


_EVENT = _compile("audit-event-v1.json")
_CREDENTIAL_SNAPSHOT = _compile("credential-snapshot-v1.json")


def check(event: dict[str, Any]) -> None:
    """Raise EnvelopeError, with the JSON pointer of the fault, unless the event may enter the log."""
    checked_body(event)


def checked_body(event: dict[str, Any]) -> bytes:
    """Return the canonical bytes of an event that may enter the log; EnvelopeError if it may not."""
    body = _canonical(event)
    check_parsed(event, body)
    return body


def check_parsed(event: dict[str, Any], body: bytes) -> None:
    """Like `check`, for an event whose canonical bytes are at hand, such as those that it was parsed from."""
    _check_form(event, body, _EVENT)
    if len(body) > MAX_BODY_BYTES:
        raise EnvelopeError(f"{len(body)} bytes, {MAX_BODY_BYTES} are the most")
    _check_rules(event)


def check_credential_snapshot(snapshot: dict[str, Any]) -> None:
    """Raise EnvelopeError, with the JSON pointer of the fault, unless this is a credential snapshot."""
    _check_form(snapshot, _canonical(snapshot), _CREDENTIAL_SNAPSHOT)


def _check_rules(event: dict[str, Any]) -> None:
    if (event["prev"] is None) != (event["seq"] == 1):
        raise EnvelopeError("null in the first event of a stream, and only there", "/prev")
    if event["reason"] is None and event["action"] in REASON_REQUIRED:
        raise EnvelopeError("this action needs a reason", "/reason")
    cited = [(item["role"], item["digest"]) for item in event["inputs"]]
    if cited != sorted(set(cited)):
        raise EnvelopeError("not sorted by role and digest, each once", "/inputs")


def _canonical(record: dict[str, Any]) -> bytes:
    try:
        return canonical(record)
    except CanonicalError as fault:
        raise EnvelopeError(fault.reason, fault.pointer) from None


def _check_form(record: dict[str, Any], body: bytes, schema: jsonschema_rs.Validator) -> None:
    if not schema.is_valid(record):
        raise _explain(next(schema.iter_errors(record)))
    # PostgreSQL's jsonb, from which the query columns are generated, can't hold U+0000.
    if b"\\u0000" in body and _NUL.search(body):
        raise EnvelopeError("text with a NUL character")


def _explain(error: jsonschema_rs.ValidationError) -> EnvelopeError:
    """Name the rule that was broken, but not the value, which may be personal."""
    path = list(error.instance_path)
    kind = error.kind
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.Required):
        return EnvelopeError("a key is missing", _pointer([*path, kind.property]))
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties):
        return EnvelopeError("an unknown key", _pointer([*path, kind.unexpected[0]]))
    return EnvelopeError(f"breaks the schema's rule on {kind.name}", _pointer(path))


def _pointer(path: list[str | int]) -> str:
    return "".join(f"/{escape(step)}" for step in path)
