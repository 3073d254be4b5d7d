"""What a model says fits the label schema wherever it says something; what it leaves out, the reader answers."""

from dataclasses import replace
from functools import lru_cache
from typing import Any

from workflow.documents import label_schema_of
from workflow.labels.schema import LabelSchema
from workflow.labels.schema_parts import Field
from workflow.labels.validation import validate


@lru_cache(maxsize=256)
def partial_schema_of(guideline: str) -> LabelSchema:
    """The label schema of the guideline with this digest, with nothing required in it and without its rules."""
    schema, findings = label_schema_of(guideline), label_schema_of(guideline).findings
    if findings is not None:
        types = tuple(replace(one, fields=_optional(one.fields)) for one in findings.types)
        findings = replace(findings, types=types, fewest=0)
    return replace(schema, fields=_optional(schema.fields), findings=findings, rules=())


def checked(guideline: str, labels: object) -> dict[str, Any]:
    """The labels in their normal form; LabelsInvalid with every fault otherwise."""
    return validate(partial_schema_of(guideline), labels)


def _optional(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    return tuple(replace(field, required=False) for field in fields)
