"""The agreement of a study as one document: every field and finding type, with what each number rests on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from workflow.agreement.resampling import Resampling
from workflow.agreement.results import Estimate
from workflow.consensus.rules import rule_for
from workflow.measuring.columns import column_of
from workflow.measuring.findings import answer_of, detected
from workflow.measuring.measured import Asked, Measured
from workflow.measuring.statistics import measured
from workflow.measuring.study import CONDITIONAL_ON, METHOD, Studied, StudiedCase
from workflow.protocol.fieldrules import FieldRule, FindingRule
from workflow.protocol.protocol import Protocol

SCHEMA = "consilium/agreement/v1"
# The statistics by which a protocol may fix a bound: the first that a field has is the one.
OF_BOUND = {
    "alpha_lower": ("krippendorff_alpha",),
    "kappa_lower": ("cohen_kappa", "weighted_cohen_kappa", "fleiss_kappa", "weighted_fleiss_kappa"),
    "ac1_lower": ("gwet_ac1",),
    "ac2_lower": ("gwet_ac2",),
    "icc_lower": ("ICC(2,1)", "ICC(1,1)"),
    "f1_lower": ("f1",),
    "dice_lower": ("mean_dice",),
}
SUBGROUPS = "Subgroups are exploratory: no bound was fixed for them, and many of them will differ by chance."


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which label schema and protocol agreement is measured, and how intervals are drawn.

    `left_out` counts what of the protocol doesn't fit the schema.
    """

    schema: Mapping[str, Any]
    protocol: Protocol
    how: Resampling
    left_out: Mapping[str, int] = field(default_factory=dict)


def agreement_report(studied: Studied, terms: Terms, by: str = "") -> dict[str, Any]:
    """The agreement of all cases and, by a stratum if one is named, of each subgroup."""
    found: dict[str, Any] = {
        "schema": SCHEMA,
        "method": METHOD,
        "conditional_on": CONDITIONAL_ON,
        "intervals": {"level": terms.how.level, "draws": terms.how.draws, "seed": terms.how.seed},
        "cases": len(studied.cases),
        "cases_read_twice": sum(len(case.reads) > 1 for case in studied.cases),
        "patients": len(set(studied.patients)),
        "readers": len(studied.readers),
        "reads": sum(len(case.reads) for case in studied.cases),
        "left_out": {**studied.left_out, **terms.left_out},
        **_measured(studied.cases, terms),
    }
    if by:
        found["subgroups"] = _subgroups(studied, terms, by)
    return found


def _subgroups(studied: Studied, terms: Terms, by: str) -> dict[str, Any]:
    values = sorted({str(case.strata[by]) for case in studied.cases if by in case.strata})
    parts = ((value, studied.where(by, value)) for value in values)
    told = [{"value": v, "cases": len(part.cases), **_measured(part.cases, terms)} for v, part in parts]
    return {"stratum": by, "exploratory": SUBGROUPS, "groups": told}


def _measured(cases: Sequence[StudiedCase], terms: Terms) -> dict[str, Any]:
    return {"fields": list(_fields(cases, terms)), "findings": list(_findings(cases, terms))}


def _fields(cases: Sequence[StudiedCase], terms: Terms) -> Iterator[dict[str, Any]]:
    for asked in terms.schema["fields"]:
        rule = terms.protocol.fields.get(asked["key"], FieldRule())
        if asked["kind"] != "text":
            yield _field(asked, asked["key"], rule, cases, terms)


def _findings(cases: Sequence[StudiedCase], terms: Terms) -> Iterator[dict[str, Any]]:
    for kind in terms.schema.get("findings", {}).get("types", ()):
        rule = terms.protocol.findings.get(kind["key"], FindingRule())
        found = detected(kind, rule, cases, terms.how)
        mark = FieldRule(comparator=rule.comparator_for(kind["mark"]["kind"]), aggregate=rule.aggregate)
        place = {"key": "mark", "kind": kind["mark"]["kind"], "label": f"{kind['label']}: place"}
        yield {
            "type": kind["key"],
            "label": kind["label"],
            "findings": found.findings,
            "marks": found.marks,
            "held_by": [{"reads": reads, "findings": count} for reads, count in found.held_by],
            "primary": _primary(terms.protocol, kind["key"], [found.f1]),
            "statistics": [told(found.f1)],
            "place": _field(place, f"{kind['key']}.mark", mark, found.shared, terms),
            "fields": [
                _field(
                    one,
                    f"{kind['key']}.{one['key']}",
                    rule.fields.get(one["key"], FieldRule()),
                    found.shared,
                    terms,
                )
                for one in kind.get("fields", ())
                if one["kind"] != "text"
            ],
        }


def _field(
    field: Mapping[str, Any], path: str, rule: FieldRule, cases: Sequence[StudiedCase], terms: Terms
) -> dict[str, Any]:
    column = column_of(field["kind"], cases, lambda read: answer_of(read, field["key"]))
    scale = tuple(one["value"] for one in field.get("categories", ()))
    asked = Asked(
        rule_for(field["kind"], rule, terms.protocol.reads),
        (False, True) if field["kind"] == "boolean" else scale,
        terms.how,
    )
    found = measured(column, asked)
    return {
        "path": path,
        "label": field["label"],
        "kind": field["kind"],
        "readers_fixed": column.fixed,
        "not_assessable": column.unassessable,
        "primary": _primary(terms.protocol, path, found.statistics),
        **_told(found, column.unplanned),
        "spread": dict(found.notes) or None,
        "parts": [{"part": name, **_told(part, column.unplanned)} for name, part in found.parts],
    }


def _told(found: Measured, unplanned: int) -> dict[str, Any]:
    return {
        "n": found.n,
        "missing": found.missing - unplanned,
        "prevalence": [{"value": value, "share": share} for value, share in found.prevalence],
        "statistics": [told(one) for one in found.statistics],
    }


def told(one: Estimate) -> dict[str, Any]:
    """One statistic as plain values: undefined is null with the reason, an interval says how it was made."""
    between = one.interval or one.analytic
    return {
        "statistic": one.statistic,
        "value": one.value,
        "ci95": None if between is None else [between.low, between.high],
        "interval": between.method if between else one.interval_reason,
        "n": one.n,
        "reason": one.reason,
    }


def _primary(protocol: Protocol, path: str, found: Sequence[Estimate]) -> dict[str, Any] | None:
    """The one statistic that the protocol fixed for a field, its bound, and whether its lower end keeps it."""
    fixed = protocol.acceptance.get(path)
    if fixed is None:
        return None
    name, bound = fixed
    given = {one.statistic: one for one in found}
    one = next((given[s] for s in OF_BOUND[name] if s in given), None)
    return {"statistic": one.statistic if one else None, "bound": str(bound), "met": _met(one, bound)}


def _met(one: Estimate | None, bound: Decimal) -> bool | None:
    between = None if one is None else one.interval or one.analytic
    return None if between is None else between.low >= float(bound)
