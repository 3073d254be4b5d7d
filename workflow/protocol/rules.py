"""What the JSON Schema cannot say: members of a protocol that must fit each other."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from workflow.protocol.comparators import default_max_range
from workflow.protocol.drawn import MATCH_AT
from workflow.protocol.drawn_rules import drawn_faults
from workflow.protocol.faults import Fault, pointer
from workflow.protocol.fieldrules import AT_LEAST
from workflow.protocol.model_rules import model_faults
from workflow.protocol.sections import POSITIVE

_FIXED_COUNTS = {"2+1": (2, 3), "2+senior": (2, 2)}
_FIXED_SIZE_RULES = ("unanimous", "lidc-two-phase")


def default_max(rule: str, count: int) -> int:
    """The most reads a case may get when the protocol does not say."""
    return 3 if rule == "2+1" else count


def rule_faults(document: object, shape: Iterable[Fault]) -> list[Fault]:
    """Every fault between members, looking only at those whose shape is right."""
    sound = _sound(document, [fault.path for fault in shape])
    checks: dict[str, Callable[[Any], Iterator[Fault]]] = {
        "reads": _reads,
        "fields": _fields,
        "findings": _findings,
        "blinding": _blinding,
        "arbitration": _arbitration,
    }
    found = [fault for key, check in checks.items() if key in sound for fault in check(sound[key])]
    return sorted([*found, *_second_look(sound), *_staple(sound), *model_faults(sound)])


def _sound(document: object, broken: list[str]) -> dict[str, Any]:
    if not isinstance(document, dict):
        return {}
    sound = {}
    for name, section in document.items():
        entries = name in ("fields", "findings") and pointer(name) not in broken
        if entries:
            sound[name] = {key: rule for key, rule in section.items() if not _touched(broken, name, key)}
        elif not _touched(broken, name):
            sound[name] = section
    return sound


def _touched(broken: list[str], *at: str) -> bool:
    path = pointer(*at)
    return any(fault == path or fault.startswith(path + "/") for fault in broken)


def _reads(reads: dict[str, Any]) -> Iterator[Fault]:
    rule, count = reads["rule"], reads["count"]
    most = reads.get("max", default_max(rule, count))
    if rule in _FIXED_COUNTS and (count, most) != _FIXED_COUNTS[rule]:
        planned, limit = _FIXED_COUNTS[rule]
        yield Fault("/reads", "rule_count", f"The rule {rule} has count {planned} and max {limit}.")
    elif count > most:
        yield Fault("/reads/max", "count_above_max", "count is greater than max.")
    elif rule in _FIXED_SIZE_RULES and most != count:
        yield Fault("/reads/max", "rule_count", f"Under {rule} a further read settles nothing: max = count.")
    if rule not in ("unanimous", *_FIXED_COUNTS) and count < 2:
        yield Fault("/reads/count", "rule_count", f"The rule {rule} compares at least two reads.")
    yield from _n(rule, count, reads.get("n"))


def _n(rule: str, count: int, n: int | None) -> Iterator[Fault]:
    if rule != "n-of-m" and n is not None:
        yield Fault("/reads/n", "n_unused", f"The rule {rule} takes no n.")
    elif rule == "n-of-m" and n is None:
        yield Fault("/reads/n", "n_missing", "The rule n-of-m needs n, the number of reads that must agree.")
    elif n is not None and n > count:
        yield Fault("/reads/n", "n_above_count", "n is greater than count: the first reads never agree.")


def _second_look(sections: dict[str, Any]) -> Iterator[Fault]:
    rounds = sections.get("second_look", {}).get("rounds", 0)
    rule = sections.get("reads", {}).get("rule")
    if rule == "lidc-two-phase" and rounds == 0:
        message = "lidc-two-phase needs at least one second look."
        yield Fault("/second_look/rounds", "second_look_missing", message)


def _blinding(blinding: dict[str, Any]) -> Iterator[Fault]:
    if "other_reads" not in blinding.get("annotate", ["other_reads"]):
        message = "Reads are independent only if annotate hides other_reads."
        yield Fault("/blinding/annotate", "not_independent", message)


def _arbitration(arbitration: dict[str, Any]) -> Iterator[Fault]:
    sample = arbitration.get("sample_of_agreed", {})
    known = set(sample.get("strata", (POSITIVE,)))
    for number, stated in enumerate(sample.get("shares", ())):
        for name in sorted(set(stated["where"]) - known):
            path = pointer("arbitration", "sample_of_agreed", "shares", str(number), "where", name)
            yield Fault(path, "unknown_stratum", f"{name} is not among the strata of this sample.")


def _fields(fields: dict[str, Any], *at: str) -> Iterator[Fault]:
    for key, rule in fields.items():
        yield from _field(rule, *(at or ("fields",)), key)


def _findings(findings: dict[str, Any]) -> Iterator[Fault]:
    for key, rule in findings.items():
        yield from _overlap(rule, "findings", key)
        yield from drawn_faults(rule.get("comparator", {}), "findings", key, "comparator")
        if rule.get("aggregate") == "none":
            message = "A finding needs an aggregate: which mark is written when the reads agree?"
            yield Fault(pointer("findings", key, "aggregate"), "aggregate_missing", message)
        if "comparator" in rule and ("match_at" in rule or "at_least" in rule):
            message = "Write a comparator, or match_at and at_least (which stand for overlap), not both."
            yield Fault(pointer("findings", key, "comparator"), "comparator_twice", message)
        yield from _fields(rule.get("fields", {}), "findings", key, "fields")


def _field(rule: dict[str, Any], *at: str) -> Iterator[Fault]:
    comparator = rule.get("comparator", {})
    yield from _ordinal(rule, comparator.get("ordinal"), *at)
    yield from _overlap(comparator.get("box_iou", {}), *at, "comparator", "box_iou")
    yield from drawn_faults(comparator, *at, "comparator")
    if rule.get("escalates", True) and rule.get("aggregate") == "none":
        message = "A field that escalates needs an aggregate: what is written when the reads agree?"
        yield Fault(pointer(*at, "aggregate"), "aggregate_missing", message)
    if not rule.get("escalates", True) and (rule.get("cutoffs") or rule.get("unanimous")):
        message = "A critical field (cutoffs, unanimous) always escalates."
        yield Fault(pointer(*at, "escalates"), "critical_silent", message)
    if rule.get("unanimous") and rule.get("aggregate") == "staple":
        message = "STAPLE weighs the readers, and no weight decides a critical field."
        yield Fault(pointer(*at, "aggregate"), "critical_weighted", message)


def _staple(sections: dict[str, Any]) -> Iterator[Fault]:
    reads = sections.get("reads")
    if reads is None or reads.get("max", default_max(reads["rule"], reads["count"])) >= 3:
        return
    for section in ("fields", "findings"):
        for key, rule in sections.get(section, {}).items():
            if rule.get("aggregate") == "staple":
                message = "STAPLE says nothing about fewer than three reads: plan three, or choose another."
                yield Fault(pointer(section, key, "aggregate"), "staple_needs_three", message)


def _ordinal(rule: dict[str, Any], ordinal: dict[str, int] | None, *at: str) -> Iterator[Fault]:
    if ordinal is None:
        return
    if rule.get("cutoffs") and rule.get("median") is None:
        yield undeclared_median(*at)
    within = ordinal["within"]
    if ordinal.get("max_range", default_max_range(within)) < within:
        path = pointer(*at, "comparator", "ordinal", "max_range")
        yield Fault(path, "range_below_within", "max_range is smaller than within.")


def undeclared_median(*at: str) -> Fault:
    """The fault of a critical grade that leaves the middle of an even number of reads open."""
    message = "A grade with cut-offs must declare median low or high: a low median drifts benign."
    return Fault(pointer(*at, "median"), "median_undeclared", message)


def _overlap(given: dict[str, Any], *at: str) -> Iterator[Fault]:
    if Decimal(given.get("match_at", MATCH_AT)) > Decimal(given.get("at_least", AT_LEAST)):
        message = "match_at is greater than at_least: marks would agree without being matched."
        yield Fault(pointer(*at, "match_at"), "match_above_at_least", message)
