"""How one case was compared, told field by field: the reads, the numbers, the rule, the outcome, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from .consensus.words import OUTCOMES, pair_words, question_words, rule_of_reads, rule_words, sentence
from .documents import label_schema_of
from .labels.schema import LabelSchema
from .labels.schema_parts import Field
from .models import Case, CaseRound, ConsensusReport, Read
from .queries import name_of

Names = Mapping[str, str]


def comparisons_of(case: Case) -> list[dict[str, Any]]:
    """Every consensus report of a case, oldest first, each explained. Three queries."""
    rows = ConsensusReport.objects.filter(case=case).select_related("content")
    reports = list(rows.order_by("round", "sequence"))
    if not reports:
        return []
    reads = {str(r.pk): r for r in Read.objects.filter(case=case).select_related("member__user")}
    rounds = {r.number: r for r in CaseRound.objects.filter(case=case).select_related("guideline")}
    return [_explained(row, row.content.data, rounds[row.round], reads) for row in reports]


def _explained(
    row: ConsensusReport, report: Mapping[str, Any], round_: CaseRound, reads: Mapping[str, Read]
) -> dict[str, Any]:
    schema = label_schema_of(str(round_.guideline.content_id))
    inputs = sorted((reads[one["read"]] for one in report["inputs"]), key=lambda r: (r.slot, r.revision))
    names = {str(read.pk): f"{read.slot}.{read.revision}" for read in inputs}
    return {
        "round": row.round,
        "sequence": row.sequence,
        "second_look": row.second_look,
        "outcome": row.outcome,
        "in_words": _whole(row, report),
        "sampled": row.sampled,
        "rule": rule_of_reads(report.get("rule") or {}),
        "engine": report["engine"],
        "protocol": report["protocol"],
        "digest": row.content_id,
        "reads": [_read(read, names[str(read.pk)]) for read in inputs],
        "fields": [_field(one, schema.field(one["key"]), one["key"], names) for one in report["fields"]],
        "findings": [_finding(one, schema, names) for one in report["findings"]],
    }


def _whole(row: ConsensusReport, report: Mapping[str, Any]) -> str:
    if report.get("voided"):
        return (
            "One reviewer changed clinical values in two of the reads, so their agreement counts for nothing."
        )
    told = sentence(report["reason"])
    if row.outcome != report["outcome"] and row.outcome == "escalate":
        told += " It goes to a senior: what was settled makes no whole answer, or no further read may be asked for."
    return f"{told} It was drawn for a blind read by a senior." if row.sampled else told


def _read(read: Read, name: str) -> dict[str, Any]:
    return {
        "read": name,
        "kind": read.kind,
        "by": read.member.actor_id,
        "name": name_of(read.member),
        "digest": read.content_id,
    }


def _field(
    one: Mapping[str, Any], asked: Field | None, path: str, names: Names, label: str = ""
) -> dict[str, Any]:
    comparator = one["rule"].get("comparator") or {}
    values = {value["read"]: value["value"] for value in one["values"]}
    return {
        "path": path,
        "label": label or (asked.label if asked else one["key"]),
        "kind": one["kind"],
        "reads": [{"read": name, "value": values.get(read)} for read, name in names.items()],
        "pairs": [_pair(pair, comparator, names) for pair in one["pairs"]],
        "pairwise_agreement": one["pairwise_agreement"],
        "rule": rule_words(one["rule"]),
        "outcome": one["outcome"],
        "reason": one["reason"],
        "value": one["value"],
        "in_words": f"{OUTCOMES[one['outcome']].capitalize()}: {one['reason'].replace('_', ' ')}.",
    }


def _pair(pair: Mapping[str, Any], comparator: Mapping[str, Any], names: Names) -> dict[str, Any]:
    return {
        "reads": sorted(names.get(read, read) for read in pair["reads"]),
        "agree": pair["agree"],
        "number": pair["number"],
        "measures": pair.get("measures", {}),
        "in_words": pair_words(pair, comparator, names),
    }


def _finding(one: Mapping[str, Any], schema: LabelSchema, names: Names) -> dict[str, Any]:
    kind = schema.finding_type(one["type"])
    label = kind.label if kind else one["type"]
    return {
        "id": one["id"],
        "type": one["type"],
        "label": label,
        "marked_by": [names.get(mark["read"], mark["read"]) for mark in one["marks"]],
        "held": one["held"],
        "of": one["of"],
        "outcome": one["outcome"],
        "question": one["question"],
        "in_words": question_words(one) or sentence(one["reason"]),
        "fields": list(_parts(one, kind.fields if kind else (), label, names)),
    }


def _parts(
    one: Mapping[str, Any], fields: tuple[Field, ...], label: str, names: Names
) -> Iterator[dict[str, Any]]:
    if one["mark"] is not None:
        yield _field(one["mark"], None, f"{one['id']}/mark", names, f"{label}: place")
    by_key = {field.key: field for field in fields}
    for part in one["fields"]:
        yield _field(part, by_key.get(part["key"]), f"{one['id']}/{part['key']}", names)
