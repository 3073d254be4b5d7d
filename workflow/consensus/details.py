"""What a report tells of a field beside the decision: votes, both medians, how many reads a mark is made of."""

from collections.abc import Sequence
from typing import Any

from workflow.consensus.aggregates import holders, label_votes
from workflow.consensus.answers import DRAWN_KINDS, FieldRead, Unanswered, Value
from workflow.consensus.engines import Engine
from workflow.consensus.rules import Rule


def detail_of(
    kind: str, rule: Rule, reads: Sequence[FieldRead], value: Value, held: int, engine: Engine
) -> dict[str, Any]:
    """The dispersion behind a decision, in the restricted JSON profile."""
    answers = [read.value for read in reads if not isinstance(read.value, Unanswered)]
    if kind in ("nominal", "ordinal", "boolean"):
        told = {"votes": _votes(answers)}
        return {**told, **_medians(answers)} if kind == "ordinal" and engine.tells_all else told
    if kind == "multi":
        return _label_detail(answers, value)
    if kind == "boxes" and isinstance(value, tuple):
        return {"held": [holders(rule, box, answers) for box in value], "of": len(reads)}
    if engine.tells_all and held and (kind == "box" or kind in DRAWN_KINDS):
        return {"held": held, "of": len(reads)}
    return {}


def tied_label(values: Sequence[frozenset[Any]]) -> bool:
    """Whether exactly half of the sets name some label."""
    return any(2 * votes == len(values) for votes in label_votes(values).values())


def _medians(grades: Sequence[int]) -> dict[str, Any]:
    """Both medians of the grades: whichever the protocol declares, a reader of the report sees the other."""
    if not grades:
        return {}
    ordered = sorted(grades)
    return {"medians": {"low": ordered[(len(ordered) - 1) // 2], "high": ordered[len(ordered) // 2]}}


def _label_detail(answers: Sequence[frozenset[Any]], value: Value) -> dict[str, Any]:
    votes = label_votes(answers)
    kept = value if isinstance(value, frozenset) else frozenset(votes)
    return {
        "votes": _votes([label for answer in answers for label in answer]),
        "dropped": sorted(set(votes) - kept, key=str),
    }


def _votes(answers: Sequence[Value]) -> list[dict[str, Any]]:
    # A list, not a mapping: categories may be integers, and JSON keys may not.
    found = set(answers)
    if len(found) == 1:
        return [{"value": answers[0], "reads": len(answers)}]
    return [{"value": value, "reads": answers.count(value)} for value in sorted(found, key=_texts_last)]


def _texts_last(value: Value) -> tuple[bool, Value]:
    return isinstance(value, str), value
