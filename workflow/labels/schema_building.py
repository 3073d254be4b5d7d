"""From the JSON of a label schema, its shape already checked, to its parts."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from workflow.labels.schema_parts import (
    DEFAULT_MOST_FINDINGS,
    DRAWN,
    Asks,
    Category,
    CodedTerm,
    Condition,
    Field,
    Findings,
    FindingType,
    Kind,
    MarkSpec,
    Rule,
)


def field_from(raw: dict[str, Any]) -> Field:
    """Return the field that a FIELD object describes."""
    kind = Kind(raw["kind"])
    categories = tuple(category_from(category) for category in raw.get("categories", ()))
    common = Field(
        key=raw["key"],
        kind=kind,
        label=raw["label"],
        help=raw.get("help", ""),
        code=code_from(raw.get("code")),
        required=raw.get("required", True),
        not_assessable=raw.get("not_assessable", False),
        when=conditions_from(raw.get("when", [])),
        categories=categories,
        normal=_normal_from(raw.get("normal")),
    )
    return replace(common, **_options(kind, raw))


def _normal_from(raw: Any) -> Any:
    return tuple(raw) if isinstance(raw, list) else raw


def _options(kind: Kind, raw: dict[str, Any]) -> dict[str, Any]:
    if kind in DRAWN:
        return {"mark": mark_from(raw)}
    match kind:
        case Kind.NUMBER:
            bounds = {"minimum": decimal_from(raw.get("min")), "maximum": decimal_from(raw.get("max"))}
            return {"unit": raw["unit"], "decimals": raw["decimals"], **bounds}
        case Kind.MULTI:
            return {"fewest": raw.get("min", 0), "most": raw.get("max", len(raw["categories"]))}
        case Kind.TEXT:
            return {"max_length": raw["max_length"]}
        case _:
            return {}


def category_from(raw: dict[str, Any]) -> Category:
    """Return one category."""
    return Category(raw["value"], raw["label"], code_from(raw.get("code")))


def code_from(raw: dict[str, str] | None) -> CodedTerm | None:
    """Return a coded term, if there is one."""
    return None if raw is None else CodedTerm(**raw)


def decimal_from(raw: str | None) -> Decimal | None:
    """Return an exact decimal, if there is one."""
    return None if raw is None else Decimal(raw)


def conditions_from(raw: dict[str, Any] | list[dict[str, Any]]) -> tuple[Condition, ...]:
    """Return the conditions of a `when` or `then`, which may be one object or a list of them."""
    return tuple(_condition_from(one) for one in (raw if isinstance(raw, list) else [raw]))


def _condition_from(raw: dict[str, Any]) -> Condition:
    asks = next(asks for asks in Asks if asks in raw)
    return Condition(raw["field"], asks, tuple(raw.get("is", ())))


def mark_from(raw: dict[str, Any]) -> MarkSpec:
    """Return what may be drawn, from a `mark` object or from a drawn field."""
    return MarkSpec(Kind(raw["kind"]), slices=raw.get("slices", False), holes=raw.get("holes", False))


def fields_from(raw: list[dict[str, Any]]) -> tuple[Field, ...]:
    """Return the fields of a `fields` list."""
    return tuple(field_from(one) for one in raw)


def finding_type_from(raw: dict[str, Any]) -> FindingType:
    """Return one type of finding with its fields."""
    return FindingType(
        key=raw["key"],
        label=raw["label"],
        mark=mark_from(raw["mark"]),
        help=raw.get("help", ""),
        code=code_from(raw.get("code")),
        max_iou=decimal_from(raw.get("overlap", {}).get("max_iou")),
        fields=fields_from(raw.get("fields", [])),
    )


def findings_from(raw: dict[str, Any] | None) -> Findings | None:
    """Return the findings block, if there is one."""
    if raw is None:
        return None
    types = tuple(finding_type_from(one) for one in raw["types"])
    return Findings(types, fewest=raw.get("min", 0), most=raw.get("max", DEFAULT_MOST_FINDINGS))


def rule_from(raw: dict[str, Any]) -> Rule:
    """Return one rule."""
    return Rule(conditions_from(raw["when"]), conditions_from(raw["then"]), raw["message"])
