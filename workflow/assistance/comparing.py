"""What a reader made of a model's marks: for each whether it was kept, changed or dropped, and what they added.

A mark that kept its id is the same mark, wherever it went. Of the others, those of one type are matched one to one by
the comparator with which the protocol matches findings, so that the total likeness is greatest. Where the reader had
marks of their own before they saw the model's, an id says nothing: all are matched by place.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

from workflow.consensus.answers import decoded
from workflow.consensus.comparators import gain
from workflow.consensus.joining import best_pairs
from workflow.consensus.spacing import Scale
from workflow.protocol.fieldrules import FindingRule

from .marks import edit_between, unmoved

ASSISTANCE: Final = "consilium/assistance/v1"
KEPT, CHANGED, DROPPED, ADDED = OUTCOMES = ("kept", "changed", "dropped", "added")
Labels = Mapping[str, Any]
Finding = dict[str, Any]
Pair = tuple[Finding, Finding, str]


def compared(
    model: Labels,
    read: Labels,
    rules: Mapping[str, FindingRule],
    scale: Scale | None = None,
    *,
    by_id: bool = True,
) -> dict[str, Any]:
    """What became of a model's labels in a read: `counts`, `marks` (each finding of either once) and `fields`.

    `rules`: how the protocol matches findings, by type; `scale`: of the case's pixels, for what is matched in mm;
    `by_id`: whether the read began from these labels, so that a mark with the same id is the same mark.
    """
    said, made = list(model["findings"]), list(read["findings"])
    pairs = [*_by_id(said, made)] if by_id else []
    pairs += _by_place(_left(said, pairs, 0), _left(made, pairs, 1), rules, scale or Scale())
    marks = [_carried(*pair) for pair in pairs]
    marks += [{"outcome": DROPPED, "model": one["id"], "type": one["type"]} for one in _left(said, pairs, 0)]
    marks += [{"outcome": ADDED, "read": one["id"], "type": one["type"]} for one in _left(made, pairs, 1)]
    counts = Counter(mark["outcome"] for mark in marks)
    return {
        "schema": ASSISTANCE,
        "counts": {outcome: counts[outcome] for outcome in OUTCOMES},
        "marks": sorted(marks, key=lambda mark: (mark.get("model", "~"), mark.get("read", ""))),
        "fields": list(_fields(model["fields"], read["fields"])),
    }


def differing(found: Mapping[str, Any]) -> int:
    """In how many marks and answers a read differs from a model, as they were compared."""
    return sum(one["outcome"] != KEPT for one in (*found["marks"], *found["fields"]))


def _by_id(said: list[Finding], made: list[Finding]) -> Iterator[Pair]:
    theirs = {one["id"]: one for one in made}
    for one in said:
        other = theirs.get(one["id"])
        if other is not None and other["type"] == one["type"]:
            yield one, other, "id"


def _by_place(
    said: list[Finding], made: list[Finding], rules: Mapping[str, FindingRule], scale: Scale
) -> Iterator[Pair]:
    gains: dict[tuple[int, int], Fraction] = {}
    for i, one in enumerate(said):
        for j, other in enumerate(made):
            likeness = _likeness(one, other, rules, scale) if one["type"] == other["type"] else None
            if likeness is not None:
                gains[i, j] = likeness
    rows, columns = set[int](), set[int]()
    # Equally good matchings come together: the first that is still free is taken, in the order of the labels.
    for i, j in sorted(best_pairs(gains)):
        if i not in rows and j not in columns:
            rows.add(i)
            columns.add(j)
            yield said[i], made[j], "place"


def _likeness(
    one: Finding, other: Finding, rules: Mapping[str, FindingRule], scale: Scale
) -> Fraction | None:
    kind = one["mark"]["kind"]
    if unmoved(one["mark"], other["mark"]):
        return Fraction(1)
    comparator = rules.get(one["type"], FindingRule()).comparator_for(kind)
    return gain(comparator, decoded(kind, one["mark"], scale), decoded(kind, other["mark"], scale))


def _left(findings: list[Finding], pairs: list[Pair], side: int) -> list[Finding]:
    paired = {(one if side == 0 else other)["id"] for one, other, _ in pairs}
    return [one for one in findings if one["id"] not in paired]


def _carried(one: Finding, other: Finding, by: str) -> dict[str, Any]:
    fields = [key for key, outcome in _outcomes(one["fields"], other["fields"]) if outcome != KEPT]
    same = unmoved(one["mark"], other["mark"]) and not fields
    return {
        "outcome": KEPT if same else CHANGED,
        "model": one["id"],
        "read": other["id"],
        "type": one["type"],
        "by": by,
        "edit": edit_between(one["mark"], other["mark"]).document(),
        "fields": fields,
    }


def _fields(said: Labels, made: Labels) -> Iterator[dict[str, str]]:
    for key, outcome in _outcomes(said, made):
        yield {"key": key, "outcome": outcome}


def _outcomes(said: Labels, made: Labels) -> Iterator[tuple[str, str]]:
    """What became of each answer of the model; what it left open isn't its answer."""
    for key in sorted(said):
        if key not in made:
            yield key, DROPPED
        else:
            # As JSON, because Python holds 1 and True for equal.
            same = json.dumps(said[key], sort_keys=True) == json.dumps(made[key], sort_keys=True)
            yield key, KEPT if same else CHANGED
