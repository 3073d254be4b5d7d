"""Whatever comes in: good reads have one normal form, anything else is LabelsInvalid and nothing else."""

import contextlib
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from audit.canonical import canonical
from tests.workflow.labels.examples import PARSED, READ, SCHEMA, read_faults
from tests.workflow.labels.strategies import anything, reads, spoiled
from workflow.labels.differences import clinical_differences
from workflow.labels.faults import Fault, LabelsInvalid, SchemaError
from workflow.labels.schema import LabelSchema
from workflow.labels.validation import validate

some = settings(max_examples=80, deadline=None)
many = settings(max_examples=200, deadline=None)


@some
@given(reads())
def test_a_good_read_has_a_normal_form_that_is_its_own(read: dict[str, Any]) -> None:
    normal = validate(PARSED, read)
    assert validate(PARSED, normal) == normal
    assert canonical(normal) == canonical(validate(PARSED, json.loads(canonical(read))))
    assert clinical_differences(normal, validate(PARSED, read)) == []


@some
@given(reads())
def test_validation_does_not_touch_what_it_is_given(read: dict[str, Any]) -> None:
    before = json.dumps(read)
    validate(PARSED, read)
    assert json.dumps(read) == before


@many
@given(anything() | spoiled(READ))
def test_any_value_is_a_read_or_raises_labels_invalid(value: Any) -> None:
    try:
        normal = validate(PARSED, value)
    except LabelsInvalid as error:
        assert_reportable(error.faults)
    else:
        canonical(normal)


@many
@given(anything() | spoiled(SCHEMA))
def test_any_value_is_a_label_schema_or_raises_schema_error(value: Any) -> None:
    try:
        schema = LabelSchema.parse(value)
    except SchemaError as error:
        assert_reportable(error.faults)
    else:
        with contextlib.suppress(LabelsInvalid):
            validate(schema, READ)


@some
@given(st.lists(spoiled(READ["fields"]), min_size=1, max_size=1), spoiled(READ["findings"]))
def test_faults_here_do_not_hide_faults_there(fields: list[Any], findings: Any) -> None:
    alone = read_faults({**READ, "fields": fields[0]})
    others = read_faults({**READ, "findings": findings})
    if all(code not in {"not_json", "too_deep"} for _, code in alone + others):
        assert set(read_faults({**READ, "fields": fields[0], "findings": findings})) == {*alone, *others}


def assert_reportable(faults: list[Fault]) -> None:
    assert faults
    for fault in faults:
        assert fault.path == "" or fault.path.startswith("/")
        assert fault.path.isascii()
        assert fault.code.isidentifier()
        assert fault.code == fault.code.lower()
        assert fault.message.encode()
        assert len(fault.message) < 1000
