"""A consensus report in words: for each field its rule, what each read said, how far apart, what came of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from screens.forms.places import place_words
from screens.forms.readable import NO_ANSWER, words
from workflow.labels.schema import LabelSchema
from workflow.labels.schema_parts import Field

Report = Mapping[str, Any]
Names = Mapping[str, str]  # of reads, by id

OUTCOMES: Final = {
    "accept": "agreed",
    "request_read": "another read asked for",
    "escalate": "disputed",
    "wait": "waits for reads",
}


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


def rule_of_reads(rule: Report) -> str:
    """How many reads a case gets, and what settles them."""
    if not rule:
        return ""
    needed = f", {rule['n']} must agree" if "n" in rule else ""
    return f"rule {rule['rule']}: {_reads(rule['count'])} planned, at most {rule['max']}{needed}"


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


def rule_words(rule: Report) -> str:
    """What makes two answers agree, what is written when they do, and what is never settled without a senior."""
    if not rule["comparator"]:
        return "not compared"
    found = [_comparator(rule["comparator"])]
    aggregate = rule["aggregate"]
    if aggregate != "none":
        found.append(f"{rule['median']} median" if aggregate == "median" else aggregate)
    if rule["cutoffs"]:
        found.append(f"critical cut-off {', '.join(rule['cutoffs'])}")
    if rule["unanimous"]:
        found.append("must be unanimous")
    if not rule["escalates"]:
        found.append("never goes to a senior")
    return "; ".join(found)


def _comparator(comparator: Report) -> str:
    [(kind, bounds)] = comparator.items()
    match kind:
        case "ordinal":
            return f"agree if at most {bounds['within']} apart" if bounds["within"] else "agree if equal"
        case "number":
            allowed = [bounds["abs"]] if "abs" in bounds else []
            allowed += [f"{_percent(bounds['rel'])} of their mean"] if "rel" in bounds else []
            return f"agree within {' or '.join(allowed)}"
        case "jaccard":
            return f"agree if they share {_percent(bounds['at_least'])} of their choices"
        case "box_iou":
            return f"agree if they overlap by {_percent(bounds['at_least'])} (IoU)"
        case "box_sets":
            return f"agree at F1 {bounds['min_f1']}, matched at IoU {bounds['iou']}"
        case _:
            return "agree if equal"


def _pair(pair: Report, comparator: Report, names: Names) -> str:
    a, b = sorted(names.get(read, read) for read in pair["reads"])
    return f"{a} and {b}: {_distance(pair, next(iter(comparator)))}, {'agree' if pair['agree'] else 'do not agree'}"


def _distance(pair: Report, kind: str) -> str:
    number = pair["number"]
    if number is None:
        return "neither answers" if pair["agree"] else "only one of them answers"
    match kind:
        case "ordinal" | "number":
            return f"{_short(number)} apart"
        case "jaccard":
            return f"share {_percent(number)}"
        case "box_iou":
            return f"overlap by {_percent(number)} (IoU)"
        case "box_sets":
            return f"F1 {_short(number)}"
        case _:
            return "equal" if pair["agree"] else "not equal"


def _reads(count: int) -> str:
    return f"{count} read{'' if count == 1 else 's'}"


def _short(number: str) -> str:
    text = f"{Decimal(number):.3f}"
    return text.rstrip("0").rstrip(".")


def _percent(number: str) -> str:
    return f"{Decimal(number) * 100:.0f} %"
