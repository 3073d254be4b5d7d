"""Made-up cases of nine fields that are decided: ratings as of a nodule, and fields of six kinds."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from workflow.consensus.outcomes import ReadInput
from workflow.protocol.protocol import Protocol

GRADES = range(1, 6)
_CATEGORIES = [{"value": grade, "label": str(grade)} for grade in GRADES]
_GRADE: dict[str, Any] = {"comparator": {"ordinal": {"within": 1}}, "median": "high"}
_CRITICAL = {**_GRADE, "cutoffs": [4]}
_EQUAL: dict[str, Any] = {"comparator": {"equal": {}}}
_LENGTH = {"comparator": {"number": {"abs": "1.0", "rel": "0.1"}}}
_BOX = {"comparator": {"box_iou": {"at_least": "0.5"}}}
# As radiologists rate a nodule in LIDC-IDRI: seven grades, of which one is critical, and two classes.
_RATED = [("ordinal", _CRITICAL), *[("ordinal", _GRADE)] * 6, *[("nominal", _EQUAL)] * 2]
_MIXED = [
    ("ordinal", _CRITICAL), ("ordinal", _GRADE), ("nominal", _EQUAL), ("boolean", _EQUAL), ("number", _LENGTH),
    ("number", _LENGTH), ("multi", _EQUAL), ("multi", {"comparator": {"jaccard": {"at_least": "0.5"}}}), ("box", _BOX),
]  # fmt: skip


@dataclass(frozen=True)
class Decided:
    """What is decided: cases of two reads each, under a schema and a protocol."""

    name: str
    schema: dict[str, Any]
    protocol: Protocol
    cases: list[list[ReadInput]]


def ratings(number: int) -> Decided:
    """So many cases of nine ratings, each reader's the truth, one less, or one more."""
    return _made("nine ratings", _RATED, number)


def mixed(number: int) -> Decided:
    """So many cases of nine fields of six kinds."""
    return _made("nine fields of six kinds", _MIXED, number)


def _made(name: str, kinds: list[tuple[str, dict[str, Any]]], number: int) -> Decided:
    fields = [_field(n, kind) for n, (kind, _) in enumerate(kinds)]
    rules = {field["key"]: rule for field, (_, rule) in zip(fields, kinds, strict=True)}
    document = {
        "schema": "consilium/protocol/v1",
        "reads": {"rule": "2+1", "count": 2},
        "safety_contact": {"none_because": "Made-up cases."},
        "fields": rules,
    }
    schema = {"schema": "consilium/label-schema/v1", "fields": fields}
    return Decided(name, schema, Protocol.parse(document), [_case(fields, seed) for seed in range(number)])


def _field(number: int, kind: str) -> dict[str, Any]:
    field: dict[str, Any] = {"key": f"field_{number}", "kind": kind, "label": f"Field {number}"}
    if kind == "number":
        return {**field, "unit": "mm", "decimals": 1}
    return field if kind in ("boolean", "box") else {**field, "categories": _CATEGORIES}


def _case(fields: list[dict[str, Any]], seed: int) -> list[ReadInput]:
    chance = np.random.default_rng(seed)
    truth = chance.integers(1, 6, len(fields))
    return [
        _read(slot, fields, np.clip(truth + chance.choice([-1, 0, 0, 1], len(fields)), 1, 5))
        for slot in (1, 2)
    ]


def _read(slot: int, fields: list[dict[str, Any]], grades: Any) -> ReadInput:
    values = {
        field["key"]: _value(field["kind"], grade)
        for field, grade in zip(fields, grades.tolist(), strict=True)
    }
    content = {"schema": "consilium/read/v1", "fields": values, "findings": []}
    return ReadInput(f"read {slot}", content, f"sha256:{slot:064}", slot)


def _value(kind: str, grade: int) -> Any:
    match kind:
        case "boolean":
            return grade > 2
        case "number":
            return f"{grade + 10}.5"
        case "multi":
            return list(range(grade, 6))
        case "box":
            low, high = [grade * 500] * 2, [grade * 500 + 9000] * 2
            return {"kind": "box", "on": {"series": "1.2"}, "min": low, "max": high}
    return grade
