"""Checks a whole read against its label schema, and brings it into its one normal form."""

from typing import Any

from workflow.labels.answers import normal_answers
from workflow.labels.coordinates import check_members
from workflow.labels.faults import FaultList, LabelsInvalid, at, shown
from workflow.labels.findings import normal_findings
from workflow.labels.profile import check_profile
from workflow.labels.schema import LabelSchema

READ_ID = "consilium/read/v1"
CONFIDENCES = ("low", "normal", "high")
MOST_FLAGS = 20
MAX_FLAG_LENGTH = 200


def validate(schema: LabelSchema, read: object) -> dict[str, Any]:
    """Return the read in its normal form, or raise LabelsInvalid with every fault.

    The normal form shares nothing with what was given: choices of a multi field stand in category order,
    numbers have the decimals of their field, a finding names its type, `fields` and `findings` are there.
    """
    faults = FaultList()
    normal = _normal(schema, read, faults) if check_profile(read, faults) else {}
    faults.raise_as(LabelsInvalid)
    return normal


def _normal(schema: LabelSchema, read: object, faults: FaultList) -> dict[str, Any]:
    if type(read) is not dict:
        faults.add("", "wrong_kind", f"A read must be an object, not {shown(read)}.")
        return {}
    check_members(read, {"schema"}, {"fields", "findings", "confidence", "flags"}, "", faults)
    if read.get("schema", READ_ID) != READ_ID:
        faults.add("/schema", "wrong_schema", f'The schema of a read is "{READ_ID}".')
    rules = schema.rules_for(schema.fields)
    normal = {
        "schema": READ_ID,
        "fields": normal_answers(schema.fields, rules, read.get("fields", {}), "/fields", faults),
        "findings": normal_findings(schema, read.get("findings", []), "/findings", faults),
    }
    return normal | _remarks(read, faults)


def _remarks(read: dict[str, Any], faults: FaultList) -> dict[str, Any]:
    remarks: dict[str, Any] = {}
    if "confidence" in read:
        remarks["confidence"] = read["confidence"]
        if read["confidence"] not in CONFIDENCES:
            faults.add("/confidence", "bad_confidence", "The confidence is low, normal or high.")
    if "flags" in read:
        remarks["flags"] = _flags(read["flags"], faults)
    return remarks


def _flags(flags: object, faults: FaultList) -> list[str]:
    if type(flags) is not list or len(flags) > MOST_FLAGS:
        faults.add("/flags", "bad_flags", f"The flags are a list of at most {MOST_FLAGS} short texts.")
        return []
    for i, flag in enumerate(flags):
        if type(flag) is not str or not flag.strip() or len(flag) > MAX_FLAG_LENGTH:
            message = f"A flag is a text of 1 to {MAX_FLAG_LENGTH} characters."
            faults.add(at("/flags", i), "bad_flag", message)
        elif flag in flags[:i]:
            faults.add(at("/flags", i), "duplicate_value", "This flag is set twice; once is enough.")
    return list(flags)
