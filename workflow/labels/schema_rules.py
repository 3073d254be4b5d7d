"""What conditions and cross-field rules may ask about: fields that are there, values that exist."""

from collections.abc import Sequence
from dataclasses import dataclass

from workflow.labels.faults import FaultList, at, shown
from workflow.labels.schema_parts import CATEGORICAL, Asks, Condition, Field, Kind, Rule


@dataclass(frozen=True, slots=True)
class Scope:
    """The fields of the case or of one finding type, with their paths; `whole` if none had to be left out."""

    fields: list[tuple[str, Field]]
    whole: bool

    def by_key(self) -> dict[str, Field]:
        """Return the fields by their keys."""
        return {field.key: field for _, field in self.fields}


def check_condition(condition: Condition, field: Field, path: str, faults: FaultList) -> None:
    """Check that a condition asks `field` only for values which that field can have."""
    if condition.asks is not Asks.IS:
        return
    if field.kind not in CATEGORICAL and field.kind is not Kind.BOOLEAN:
        message = f'"{field.key}" has no fixed values; ask whether it is present instead.'
        faults.add(path, "condition_not_comparable", message)
        return
    possible = _possible(field)
    for value in condition.values:
        if (type(value), value) not in possible:
            message = f'{shown(value)} is not a value of "{field.key}".'
            faults.add(path, "unknown_value", message)


def check_rule(rule: Rule, path: str, scopes: Sequence[Scope], faults: FaultList) -> None:
    """Check a rule against every scope that has all its fields; there must be one."""
    meant = [fields for fields in (scope.by_key() for scope in scopes) if rule.field_keys() <= fields.keys()]
    if not meant and all(scope.whole for scope in scopes):
        _add_nowhere(rule, path, scopes, faults)
    for fields in meant:
        for name, conditions in (("when", rule.when), ("then", rule.then)):
            for condition in conditions:
                check_condition(condition, fields[condition.field], at(path, name), faults)


def _add_nowhere(rule: Rule, path: str, scopes: Sequence[Scope], faults: FaultList) -> None:
    known = {key for scope in scopes for key in scope.by_key()}
    unknown = sorted(rule.field_keys() - known)
    for key in unknown:
        faults.add(path, "unknown_field", f'There is no field "{key}".')
    if not unknown:
        message = "A rule may only speak of fields that stand together: of the case, or of one finding type."
        faults.add(path, "fields_apart", message)


def _possible(field: Field) -> set[tuple[type, str | int | bool]]:
    if field.kind is Kind.BOOLEAN:
        return {(bool, True), (bool, False)}
    return {(type(category.value), category.value) for category in field.categories}
