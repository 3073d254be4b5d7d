"""What differs clinically between two normalised reads, for instance before and after a correction."""

import json
from typing import Any

from workflow.labels.faults import at


def clinical_differences(a: dict[str, Any], b: dict[str, Any]) -> list[str]:
    """Return the sorted paths at which two normalised reads say something different.

    Findings are paired by id, whatever their order: "/findings/f1/fields/malignancy", "/findings/f1/mark",
    or "/findings/f1" alone when only one of the reads has it. Confidence and flags are no clinical values.
    """
    paths = _differing(a["fields"], b["fields"], "/fields")
    before, after = _by_id(a), _by_id(b)
    for name in before.keys() | after.keys():
        here = at("/findings", name)
        if name in before and name in after:
            paths += _finding_differences(before[name], after[name], here)
        else:
            paths.append(here)
    return sorted(paths)


def _finding_differences(a: dict[str, Any], b: dict[str, Any], path: str) -> list[str]:
    parts = [at(path, part) for part in ("type", "mark") if _canonical(a[part]) != _canonical(b[part])]
    return parts + _differing(a["fields"], b["fields"], at(path, "fields"))


def _differing(a: dict[str, Any], b: dict[str, Any], path: str) -> list[str]:
    # A normalised read holds no null, so that None can stand for an absent answer.
    keys = a.keys() | b.keys()
    return [at(path, key) for key in keys if _canonical(a.get(key)) != _canonical(b.get(key))]


def _by_id(read: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {finding["id"]: finding for finding in read["findings"]}


def _canonical(value: Any) -> str:
    # Compared as JSON, because Python holds 1 and True for equal.
    return json.dumps(value, sort_keys=True)
