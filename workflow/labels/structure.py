"""The shape of a label schema, checked against its JSON Schema file."""

import json
from pathlib import Path

import jsonschema_rs

from workflow.labels.faults import FaultList, ascii_only, at

_FILE = Path(__file__).with_name("label-schema-v1.json")
_VALIDATOR = jsonschema_rs.validator_for(json.loads(_FILE.read_text(encoding="utf-8")))

_CODES = {
    "type": "wrong_type",
    "enum": "not_allowed",
    "const": "not_allowed",
    "pattern": "bad_form",
    "minimum": "out_of_range",
    "maximum": "out_of_range",
    "minLength": "too_short",
    "maxLength": "too_long",
    "minItems": "too_few",
    "maxItems": "too_many",
    "minProperties": "too_few",
    "maxProperties": "too_many",
    "uniqueItems": "duplicate_value",
}


def check_structure(document: object, faults: FaultList) -> None:
    """Add every fault that the JSON Schema finds in a label schema document."""
    for error in _VALIDATOR.iter_errors(document):
        path = at("", *error.instance_path)
        match error.kind:
            case jsonschema_rs.ValidationErrorKind.Required(property=name):
                faults.add(at(path, name), "missing", f'"{name}" must be given here.')
            case jsonschema_rs.ValidationErrorKind.AdditionalProperties(unexpected=names):
                _add_unknown(path, names, faults)
            case kind:
                message = ascii_only(error.message)
                faults.add(path, _CODES.get(kind.name, "bad_structure"), f"{_shortened(message)}.")


def _add_unknown(path: str, names: list[str], faults: FaultList) -> None:
    for name in names:
        message = f'"{_shortened(ascii_only(name))}" is not known here; remove it or mend its spelling.'
        faults.add(at(path, name), "unknown_member", message)


def _shortened(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:100]} ... {text[-100:]}"
