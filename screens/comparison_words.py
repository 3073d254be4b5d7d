"""A consensus report in words: for each field its rule, what each read said, how far apart, what came of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from screens.forms.places import place_words
from screens.forms.readable import NO_ANSWER, words
from workflow.consensus.words import OUTCOMES, Names, Report, pair_words, rule_words
from workflow.labels.schema import LabelSchema
from workflow.labels.schema_parts import Field


@dataclass(frozen=True, slots=True)
class ComparedField:
    """One field of a report, or one finding as a whole (then without a rule)."""

    label: str
    rule: str
    said: list[tuple[str, str]]
    pairs: list[str]
    outcome: str
    reason: str
    value: str


def compared_fields(report: Report, schema: LabelSchema, names: Names) -> Iterator[ComparedField]:
    """The fields of the case, then each finding with its mark and its fields."""
    for one in report.get("fields", ()):
        yield _field(one, schema.field(one["key"]), "", names)
    for number, finding in enumerate(report.get("findings", ()), 1):
        kind = schema.finding_type(finding["type"])
        label = f"{kind.label if kind else finding['type']} {number}"
        yield _finding(finding, label, names)
        if finding["mark"] is not None:
            yield _field(finding["mark"], None, f"{label}: ", names)
        for one in finding["fields"]:
            found = next((f for f in kind.fields if f.key == one["key"]), None) if kind else None
            yield _field(one, found, f"{label}: ", names)


def _finding(finding: Report, label: str, names: Names) -> ComparedField:
    marks = [(names.get(m["read"], m["read"]), f"{len(m['findings'])} marked") for m in finding["marks"]]
    outcome = OUTCOMES[finding["outcome"]]
    return ComparedField(label, "", sorted(marks), [], outcome, finding["reason"], "")


def _field(one: Report, asked: Field | None, before: str, names: Names) -> ComparedField:
    comparator = one["rule"]["comparator"]
    given = {value["read"]: value["value"] for value in one["values"]}
    said = [(name, _said(asked, one, given.get(read))) for read, name in names.items()]
    return ComparedField(
        label=before + (asked.label if asked else one["key"]),
        rule=rule_words(one["rule"]),
        said=sorted(said),
        pairs=[_pair(pair, comparator, names) for pair in one["pairs"]],
        outcome=OUTCOMES[one["outcome"]],
        reason=one["reason"].replace("_", " "),
        value="" if one["value"] is None else _said(asked, one, one["value"]),
    )


def _said(asked: Field | None, one: Report, value: Any) -> str:
    if asked is not None or value is None:
        return words(asked, value) if asked else NO_ANSWER
    return place_words(value) if one["key"] == "mark" and value else str(value)


def _pair(pair: Report, comparator: Report, names: Names) -> str:
    agreeing = "They agree." if pair["agree"] else "They do not agree."
    return f"{pair_words(pair, comparator, names)} {agreeing}"
