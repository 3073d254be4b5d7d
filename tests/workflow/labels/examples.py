"""A label schema with every kind of field and mark, and a good read of it, for all the tests of labels."""

import copy
from typing import Any

from workflow.labels.faults import FaultyDocument, LabelsInvalid, SchemaError
from workflow.labels.schema import LabelSchema
from workflow.labels.validation import validate

SOLID = [{"value": "solid", "label": "Solid"}, {"value": "part_solid", "label": "Part-solid"}]
SCALE = [{"value": value, "label": f"Grade {value}"} for value in (1, 2, 3, 4, 5)]
SIGNS = [{"value": value, "label": value.title()} for value in ("edema", "effusion", "fracture")]

FIELDS = [
    {
        "key": "quality",
        "kind": "nominal",
        "label": "Image quality",
        "categories": [*SOLID, {"value": 3, "label": "3"}],
    },
    {"key": "grade", "kind": "ordinal", "label": "Grade", "categories": SCALE, "not_assessable": True},
    {"key": "contrast", "kind": "boolean", "label": "Contrast given"},
    {
        "key": "delay",
        "kind": "number",
        "label": "Delay",
        "unit": "s",
        "min": "0",
        "max": "120.5",
        "decimals": 1,
        "when": {"field": "contrast", "is": [True]},
    },
    {"key": "signs", "kind": "multi", "label": "Signs", "categories": SIGNS, "max": 2},
    {"key": "remark", "kind": "text", "label": "Remark", "required": False, "max_length": 20},
    {"key": "carina", "kind": "point", "label": "Carina", "required": False, "not_assessable": True},
    {"key": "heart", "kind": "length", "label": "Heart width", "required": False},
    {"key": "region", "kind": "box", "label": "Region", "required": False},
    {"key": "lens", "kind": "ellipse", "label": "Lens", "required": False},
    {"key": "lobe", "kind": "polygon", "holes": True, "label": "Lobe", "required": False},
    {"key": "lung", "kind": "mask", "label": "Lung", "required": False},
    {"key": "beat", "kind": "span", "label": "Beat", "required": False},
]
NODULE_FIELDS = [
    {"key": "calcification", "kind": "ordinal", "label": "Calcification", "categories": SCALE},
    {
        "key": "pattern",
        "kind": "nominal",
        "label": "Pattern",
        "required": False,
        "categories": SOLID,
        "when": [{"field": "calcification", "present": True}],
    },
]
NODULE = {
    "key": "nodule",
    "label": "Nodule",
    "mark": {"kind": "box", "slices": True},
    "overlap": {"max_iou": "0.5"},
    "fields": NODULE_FIELDS,
}
LANDMARK = {"key": "landmark", "label": "Landmark", "mark": {"kind": "point"}}
RULE = {
    "when": {"field": "calcification", "is": [5]},
    "then": {"field": "pattern", "absent": True},
    "message": "A nodule without calcification has no pattern.",
}
SCHEMA: dict[str, Any] = {
    "schema": "consilium/label-schema/v1",
    "fields": FIELDS,
    "findings": {"min": 0, "max": 4, "types": [NODULE, LANDMARK]},
    "rules": [RULE],
}

POINT = {"kind": "point", "on": {}, "at": [1000, 2000]}
LENGTH = {"kind": "length", "on": {"sop": "1.2.3", "frame": 1}, "from": [0, 0], "to": [5000, 0]}
BOX = {"kind": "box", "on": {}, "min": [0, 0], "max": [4000, 4000]}
BOX_3D = {"kind": "box", "on": {"series": "1.2", "slices": [3, 6]}, "min": [0, 0], "max": [4000, 4000]}
ELLIPSE = {"kind": "ellipse", "on": {}, "center": [9, 9], "radii": [5, 3], "angle_mdeg": 179999}
SQUARE = [[0, 0], [9000, 0], [9000, 9000], [0, 9000]]
POLYGON = {
    "kind": "polygon",
    "on": {},
    "points": SQUARE,
    "holes": [[[1000, 1000], [2000, 1000], [1000, 2000]]],
}
MASK = {
    "kind": "mask",
    "on": {},
    "rows": 4,
    "columns": 5,
    "slices": [{"slice": 2, "runs": [0, 3, 5, 2]}, {"slice": 3, "runs": [19, 1]}],
}
SPAN = {"kind": "span", "on": {}, "frames": [1, 12]}
DRAWN = {
    "carina": POINT,
    "heart": LENGTH,
    "region": BOX,
    "lens": ELLIPSE,
    "lobe": POLYGON,
    "lung": MASK,
    "beat": SPAN,
}
READ: dict[str, Any] = {
    "schema": "consilium/read/v1",
    "fields": {
        "quality": "solid",
        "grade": 2,
        "contrast": True,
        "delay": "30.0",
        "signs": ["edema"],
        **DRAWN,
    },
    "findings": [
        {"id": "f1", "type": "nodule", "mark": BOX_3D, "fields": {"calcification": 4, "pattern": "solid"}},
        {"id": "f2", "type": "landmark", "mark": POINT, "fields": {}},
    ],
    "confidence": "low",
    "flags": ["poor breath hold"],
}

PARSED = LabelSchema.parse(SCHEMA)


def read_with(**fields: Any) -> dict[str, Any]:
    """The good read with other answers; None takes an answer away."""
    read = copy.deepcopy(READ)
    answers = read["fields"] | fields
    read["fields"] = {key: value for key, value in answers.items() if value is not None}
    return read


def read_with_findings(*findings: Any) -> dict[str, Any]:
    """The good read with other findings."""
    return copy.deepcopy(READ) | {"findings": list(findings)}


def nodule(name: str = "f1", mark: Any = None, **fields: Any) -> dict[str, Any]:
    """A finding of type nodule."""
    return {"id": name, "type": "nodule", "mark": mark or BOX_3D, "fields": {"calcification": 4} | fields}


def placed(error: FaultyDocument) -> list[tuple[str, str]]:
    """Path and code of the faults; each has a sentence."""
    assert all(fault.message.endswith(".") for fault in error.faults)
    return [(fault.path, fault.code) for fault in error.faults]


def read_faults(read: Any, schema: LabelSchema = PARSED) -> list[tuple[str, str]]:
    """Path and code of every fault of a read."""
    try:
        validate(schema, read)
    except LabelsInvalid as error:
        return placed(error)
    return []


def schema_faults(document: Any) -> list[tuple[str, str]]:
    """Path and code of every fault of a label schema."""
    try:
        LabelSchema.parse(document)
    except SchemaError as error:
        return placed(error)
    return []


def field_faults(field: dict[str, Any]) -> list[tuple[str, str]]:
    """The faults of a schema that has this one field, with paths below the field."""
    faults = schema_faults({"schema": "consilium/label-schema/v1", "fields": [field]})
    return [(path.removeprefix("/fields/0"), code) for path, code in faults]
