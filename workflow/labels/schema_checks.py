"""What JSON Schema cannot say about fields and findings: unique keys, rising scales, sensible bounds."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from workflow.labels.faults import FaultList, at
from workflow.labels.schema_parts import DEFAULT_MOST_FINDINGS, Category, Field, FindingType, Kind
from workflow.labels.schema_rules import Scope, check_condition
from workflow.labels.values import normal_value

_MEASURED = frozenset({Kind.BOX, Kind.POLYGON, Kind.MASK})


def check_scope(scope: Scope, faults: FaultList) -> None:
    """Check every field of a scope, and that conditions ask only about fields that stand before."""
    check_unique_keys([(path, field.key) for path, field in scope.fields], faults)
    later = {field.key for _, field in scope.fields}
    earlier: dict[str, Field] = {}
    for path, field in scope.fields:
        _check_field(field, path, faults)
        for condition in field.when:
            if condition.field in earlier:
                check_condition(condition, earlier[condition.field], at(path, "when"), faults)
            elif condition.field in later:
                message = f'"{condition.field}" must stand before "{field.key}", which depends on it.'
                faults.add(at(path, "when"), "condition_not_earlier", message)
            elif scope.whole:
                message = f'There is no field "{condition.field}" beside "{field.key}".'
                faults.add(at(path, "when"), "unknown_field", message)
        earlier.setdefault(field.key, field)


def check_unique_keys(keys: Sequence[tuple[str, str]], faults: FaultList) -> None:
    """Check that no key is given twice; `keys` are pairs of path and key."""
    seen: set[str] = set()
    for path, key in keys:
        if key in seen:
            faults.add(at(path, "key"), "duplicate_key", f'The key "{key}" is used twice; keys must differ.')
        seen.add(key)


def check_counts(findings: dict[str, Any], faults: FaultList) -> None:
    """Check that a findings block does not ask for more findings than it allows."""
    if findings.get("min", 0) > findings.get("max", DEFAULT_MOST_FINDINGS):
        faults.add("/findings/min", "min_above_max", "The least number of findings is above the greatest.")


def check_finding_type(kind: FindingType, path: str, faults: FaultList) -> None:
    """Check the overlap bound of a finding type."""
    if kind.max_iou is None:
        return
    if kind.mark.kind not in _MEASURED:
        message = "Overlap can be bounded for boxes, polygons and masks only."
        faults.add(at(path, "overlap"), "overlap_not_measured", message)
    if not 0 <= kind.max_iou < 1:
        message = 'The greatest overlap must be at least "0" and below "1".'
        faults.add(at(path, "overlap", "max_iou"), "out_of_range", message)


def check_normal(field: Field, path: str, faults: FaultList) -> None:
    """Check that the answer where nothing is found is an answer of the field."""
    if field.normal is not None:
        value = list(field.normal) if isinstance(field.normal, tuple) else field.normal
        normal_value(field, value, at(path, "normal"), faults)


def _check_field(field: Field, path: str, faults: FaultList) -> None:
    _check_categories(field, path, faults)
    check_normal(field, path, faults)
    match field.kind:
        case Kind.NUMBER:
            _check_number(field, path, faults)
        case Kind.MULTI:
            _check_multi(field, path, faults)
        case _:
            pass


def _check_categories(field: Field, path: str, faults: FaultList) -> None:
    before: list[Category] = []
    for i, category in enumerate(field.categories):
        here = at(path, "categories", i)
        # 1 and "1" look the same on every form, so they may not both be values.
        if str(category.value) in {str(other.value) for other in before}:
            message = f'The value "{category.value}" is given twice.'
            faults.add(at(here, "value"), "duplicate_value", message)
        elif field.kind is Kind.ORDINAL and before and int(category.value) < int(before[-1].value):
            message = "The values of an ordinal field must rise from the first to the last."
            faults.add(at(here, "value"), "not_rising", message)
        if category.label in {other.label for other in before}:
            faults.add(at(here, "label"), "duplicate_label", "Another category has this label already.")
        before.append(category)


def _check_number(field: Field, path: str, faults: FaultList) -> None:
    for name, bound in (("min", field.minimum), ("max", field.maximum)):
        if bound is not None and _places(bound) > field.decimals:
            message = f"This bound has more than {field.decimals} decimals, the most that the field allows."
            faults.add(at(path, name), "too_many_decimals", message)
    if field.minimum is not None and field.maximum is not None and field.minimum >= field.maximum:
        faults.add(at(path, "min"), "min_not_below_max", "The least value must be below the greatest.")


def _check_multi(field: Field, path: str, faults: FaultList) -> None:
    if field.most > len(field.categories):
        faults.add(at(path, "max"), "out_of_range", "This is more than there are categories.")
    if field.fewest > field.most:
        message = "The least number of choices is above the greatest."
        faults.add(at(path, "min"), "min_above_max", message)


def _places(number: Decimal) -> int:
    return max(0, -int(number.as_tuple().exponent))
