"""Checks and normalises the findings of a read, one by one and against each other."""

import re
from fractions import Fraction
from itertools import combinations
from typing import Any

from workflow.labels.answers import normal_answers
from workflow.labels.coordinates import check_members
from workflow.labels.faults import MOST_FAULTS, FaultList, at, shown
from workflow.labels.marks import normal_mark
from workflow.labels.overlap import identity, region_of
from workflow.labels.schema import LabelSchema
from workflow.labels.schema_parts import Findings, FindingType

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")

Placed = list[tuple[str, dict[str, Any]]]


def normal_findings(schema: LabelSchema, given: object, path: str, faults: FaultList) -> list[dict[str, Any]]:
    """Return the normalised findings of a read; faults are added with their paths."""
    if type(given) is not list:
        faults.add(path, "wrong_kind", f"The findings must be a list, not {shown(given)}.")
        return []
    _check_count(schema.findings, len(given), path, faults)
    if schema.findings is None:
        return []
    findings = [_finding(schema, one, at(path, i), faults) for i, one in enumerate(given)]
    placed = [(at(path, i), one) for i, one in enumerate(findings)]
    _check_ids(placed, faults)
    # Comparing every pair is only affordable for as many findings as the schema allows.
    for kind in schema.finding_types() if len(given) <= schema.findings.most else ():
        marked = [(here, one) for here, one in placed if one.get("type") == kind.key and one.get("mark")]
        _check_marks(kind, marked, faults)
    return findings


def _check_count(allowed: Findings | None, count: int, path: str, faults: FaultList) -> None:
    if allowed is None:
        if count:
            faults.add(path, "findings_refused", "No findings are marked in this study; leave them out.")
        return
    if count < allowed.fewest:
        message = f"Mark at least {allowed.fewest} findings; there are {count}."
        faults.add(path, "too_few_findings", message)
    if count > allowed.most:
        message = f"Mark at most {allowed.most} findings; there are {count}."
        faults.add(path, "too_many_findings", message)


def _finding(schema: LabelSchema, given: object, path: str, faults: FaultList) -> dict[str, Any]:
    """Return what is good of one finding; a part with a fault is left out."""
    if type(given) is not dict:
        faults.add(path, "wrong_kind", f"A finding must be an object, not {shown(given)}.")
        return {}
    check_members(given, {"id", "mark"}, {"type", "fields"}, path, faults)
    finding: dict[str, Any] = {}
    if "id" in given and _is_id(given["id"], at(path, "id"), faults):
        finding["id"] = given["id"]
    kind = _type(schema, given, path, faults)
    if kind is None:
        return finding
    mark = normal_mark(kind.mark, given["mark"], at(path, "mark"), faults) if "mark" in given else {}
    rules = schema.rules_for(kind.fields)
    fields = normal_answers(kind.fields, rules, given.get("fields", {}), at(path, "fields"), faults)
    return {**finding, "type": kind.key, "mark": mark, "fields": fields}


def _is_id(value: object, path: str, faults: FaultList) -> bool:
    if type(value) is str and _ID.fullmatch(value):
        return True
    message = "The id of a finding is 1 to 64 ASCII letters, digits, dots, dashes and underscores."
    faults.add(path, "bad_id", message)
    return False


def _type(schema: LabelSchema, given: dict[str, Any], path: str, faults: FaultList) -> FindingType | None:
    types = schema.finding_types()
    if "type" not in given and len(types) == 1:
        return types[0]
    choices = ", ".join(kind.key for kind in types)
    if "type" not in given:
        faults.add(at(path, "type"), "missing", f"Say what this finding is: {choices}.")
        return None
    key = given["type"]
    kind = schema.finding_type(key) if type(key) is str else None
    if kind is None:
        message = f"{shown(key)} is no type of finding here; the types are {choices}."
        faults.add(at(path, "type"), "unknown_type", message)
    return kind


def _check_ids(placed: Placed, faults: FaultList) -> None:
    seen: set[str] = set()
    for path, finding in placed:
        name = finding.get("id")
        if name in seen:
            message = f"Another finding is called {shown(name)} already; each needs its own id."
            faults.add(at(path, "id"), "duplicate_id", message)
        elif name is not None:
            seen.add(name)


def _check_marks(kind: FindingType, marked: Placed, faults: FaultList) -> None:
    """Check that no two good marks of one type are the same, nor overlap more than the type allows."""
    first: dict[str, str] = {}
    different: Placed = []
    for path, finding in marked:
        key = identity(finding["mark"])
        if key in first:
            message = f"This {kind.label} is marked twice, here and in finding {first[key]}; remove one."
            faults.add(at(path, "mark"), "duplicate_mark", message)
        else:
            first[key] = str(finding.get("id", "without id"))
            different.append((path, finding))
    if kind.max_iou is not None:
        _check_overlap(kind, Fraction(kind.max_iou), different, faults)


def _check_overlap(kind: FindingType, bound: Fraction, marked: Placed, faults: FaultList) -> None:
    regions = [(path, finding, region_of(finding["mark"])) for path, finding in marked]
    for (_, other, one), (path, _, another) in combinations(regions, 2):
        if faults.count > MOST_FAULTS:
            return
        if (overlap := one.iou(another)) > bound:
            message = (
                f"This {kind.label} covers finding {other.get('id', 'without id')} too much "
                f"({int(overlap * 1000) / 10} %); if both are the same {kind.label}, remove one."
            )
            faults.add(at(path, "mark"), "overlapping_marks", message)
