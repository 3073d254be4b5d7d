"""The examples that the other tests vary are good themselves."""

import json

from tests.workflow.labels.examples import PARSED, READ, SCHEMA, schema_faults
from workflow.labels.schema_parts import DRAWN, Kind
from workflow.labels.validation import validate


def test_the_example_schema_has_every_kind_of_field() -> None:
    assert {field.kind for field in PARSED.fields} == set(Kind)
    assert {field.kind for field in PARSED.fields if field.mark} == DRAWN


def test_the_example_schema_has_no_fault_and_is_only_read() -> None:
    before = json.dumps(SCHEMA)
    assert schema_faults(SCHEMA) == []
    assert json.dumps(SCHEMA) == before


def test_the_example_read_is_its_own_normal_form() -> None:
    assert validate(PARSED, READ) == READ
