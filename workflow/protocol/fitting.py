"""Whether a protocol fits a label schema: its fields exist, and each rule suits its field's kind."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from workflow.protocol.comparators import BoxIou, Equal, Jaccard, Number, Ordinal
from workflow.protocol.drawn import Dice, Distance, Iou, Length, Mask, SpanIou
from workflow.protocol.faults import Fault, pointer
from workflow.protocol.fieldrules import FieldRule
from workflow.protocol.protocol import Protocol
from workflow.protocol.rules import undeclared_median

FITTING_COMPARATORS: dict[str, tuple[type, ...]] = {
    "nominal": (Equal,),
    "boolean": (Equal,),
    "ordinal": (Equal, Ordinal),
    "number": (Equal, Number),
    "multi": (Equal, Jaccard),
    "box": (BoxIou,),
    "point": (Equal, Distance),
    "length": (Equal, Length),
    "ellipse": (Iou, Dice),
    "polygon": (Iou, Dice),
    "mask": (Mask,),
    "span": (Equal, SpanIou),
}
FITTING_AGGREGATES = {
    "nominal": ("majority",),
    "boolean": ("majority",),
    "ordinal": ("majority", "median"),
    "number": ("median", "mean"),
    "multi": ("majority",),
    "box": ("fused",),
    "point": ("fused",),
    "length": ("fused",),
    "ellipse": ("fused",),
    "polygon": ("majority", "intersection", "union"),
    "mask": ("majority", "staple", "intersection", "union"),
    "span": ("fused",),
}
# Without a bound of their own these would agree only where two readers drew the very same mark.
NEED_COMPARATOR = {"point": "distance", "length": "length", "mask": "mask"}
_Keyed = dict[str, dict[str, Any]]


def check_against(protocol: Protocol, label_schema_document: dict[str, Any]) -> list[Fault]:
    """Every fault between a protocol and a valid consilium/label-schema/v1 document, sorted by path."""
    fields = _by_key(label_schema_document["fields"])
    types = _by_key(label_schema_document.get("findings", {}).get("types", ()))
    found = [*_fields(protocol.fields, fields, "fields"), *_findings(protocol, types)]
    found += _majorities_of_two(protocol, fields, types)
    return sorted({*found, *_acceptance(protocol.acceptance, fields, types)})


def _by_key(members: Iterable[dict[str, Any]]) -> _Keyed:
    return {member["key"]: member for member in members}


def _findings(protocol: Protocol, types: _Keyed) -> Iterator[Fault]:
    for key, rule in protocol.findings.items():
        if key not in types:
            yield _unknown("type of finding", key, "findings", key)
            continue
        mark = FieldRule(comparator=rule.stated, aggregate=rule.aggregate)
        yield from _field(mark, types[key]["mark"], "findings", key)
        yield from _fields(rule.fields, _by_key(types[key].get("fields", ())), "findings", key, "fields")


def _fields(rules: Mapping[str, FieldRule], fields: _Keyed, *at: str) -> Iterator[Fault]:
    for key, rule in rules.items():
        if key not in fields:
            yield _unknown("field", key, *at, key)
        elif fields[key]["kind"] in FITTING_COMPARATORS:
            yield from _field(rule, fields[key], *at, key)
        elif rule.escalates or rule.comparator is not None or rule.aggregate not in (None, "none"):
            kind = fields[key]["kind"]
            yield _not_comparable(f"A {kind} is not compared: write only escalates: false.", *at, key)


def _field(rule: FieldRule, field: dict[str, Any], *at: str) -> Iterator[Fault]:
    kind = field["kind"]
    if rule.comparator is not None and not isinstance(rule.comparator, FITTING_COMPARATORS[kind]):
        [name] = rule.comparator.document()
        message = f"The comparator {name} does not fit the kind {kind}."
        yield Fault(pointer(*at, "comparator"), "comparator_unfit", message)
    if rule.aggregate not in (None, "none", *FITTING_AGGREGATES[kind]):
        message = f"The aggregate {rule.aggregate} does not fit the kind {kind}."
        yield Fault(pointer(*at, "aggregate"), "aggregate_unfit", message)
    if kind in NEED_COMPARATOR and rule.escalates and rule.comparator is None:
        message = f"Say when two marks of kind {kind} agree: write the comparator {NEED_COMPARATOR[kind]}."
        yield Fault(pointer(*at, "comparator"), "comparator_missing", message)
    if kind == "ordinal" and rule.cutoffs and rule.median is None:
        yield undeclared_median(*at)
    if kind != "ordinal" and rule.median is not None:
        yield Fault(pointer(*at, "median"), "median_unfit", "Only an ordinal declares its median.")
    yield from _cutoffs(rule, field, *at)


def _cutoffs(rule: FieldRule, field: dict[str, Any], *at: str) -> Iterator[Fault]:
    path = pointer(*at, "cutoffs")
    if rule.cutoffs and field["kind"] not in ("ordinal", "number"):
        yield Fault(path, "cutoffs_unfit", f"The kind {field['kind']} has no order to cut.")
        return
    low, high = _range(field)
    for cut in rule.cutoffs:
        if (low is not None and cut <= low) or (high is not None and cut > high):
            message = f"The cut-off {cut} has no value on one of its sides (a value at it counts as above)."
            yield Fault(path, "cutoff_outside", message)


def _range(field: dict[str, Any]) -> tuple[Decimal | None, Decimal | None]:
    if field["kind"] == "ordinal":
        values = [category["value"] for category in field["categories"]]
        return Decimal(min(values)), Decimal(max(values))
    low, high = field.get("min"), field.get("max")
    return (None if low is None else Decimal(low)), (None if high is None else Decimal(high))


def _majorities_of_two(protocol: Protocol, fields: _Keyed, types: _Keyed) -> Iterator[Fault]:
    """Two reads that differ by one pixel leave it to nobody: a majority inside them needs a third."""
    if protocol.reads.max != 2:
        return
    settled = [("fields", key, rule.aggregate) for key, rule in protocol.fields.items() if rule.escalates]
    settled += [("findings", key, rule.aggregate) for key, rule in protocol.findings.items()]
    for section, key, aggregate in settled:
        of_key = fields.get(key, {}) if section == "fields" else types.get(key, {}).get("mark", {})
        if of_key.get("kind") in ("polygon", "mask") and aggregate in (None, "majority"):
            message = "Two reads have no majority inside: write aggregate intersection or union."
            yield Fault(pointer(section, key, "aggregate"), "majority_of_two", message)


def _acceptance(bounds: Mapping[str, object], fields: _Keyed, types: _Keyed) -> Iterator[Fault]:
    inner = {f"{key}.{name}" for key, kind in types.items() for name in _by_key(kind.get("fields", ()))}
    for key in bounds:
        if key not in {*fields, *types, *inner}:
            yield _unknown("field", key, "acceptance", key)


def _unknown(what: str, key: str, *at: str) -> Fault:
    return Fault(pointer(*at), "unknown_key", f"The label schema has no {what} {key}.")


def _not_comparable(message: str, *at: str) -> Fault:
    return Fault(pointer(*at), "not_comparable", message)
