"""Checks the answers to a list of fields: what must be there, what must not, and the rules between them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from workflow.labels.faults import FaultList, at, shown
from workflow.labels.schema_parts import Asks, Condition, Field, Rule
from workflow.labels.values import is_not_assessable, normal_value


@dataclass(slots=True)
class Answers:
    """The good answers so far, and the keys of those fields whose fault keeps open what depends on them."""

    values: dict[str, Any] = field(default_factory=dict)
    unclear: set[str] = field(default_factory=set)

    def holds(self, condition: Condition) -> bool | None:
        """Say whether a condition holds; None if the field that it asks about has a fault."""
        if condition.field in self.unclear:
            return None
        value = self.values.get(condition.field)
        if condition.asks is Asks.ABSENT:
            return value is None
        assessed = value is not None and not is_not_assessable(value)
        return assessed and (condition.asks is Asks.PRESENT or _is_one_of(value, condition.values))

    def hold(self, conditions: Iterable[Condition]) -> bool | None:
        """Say whether all conditions hold; None if a fault keeps it open."""
        results = [self.holds(condition) for condition in conditions]
        if False in results:
            return False
        return None if None in results else True


def normal_answers(
    fields: tuple[Field, ...], rules: tuple[Rule, ...], given: object, path: str, faults: FaultList
) -> dict[str, Any]:
    """Return the normalised answers of a `fields` object; faults are added with their paths."""
    if type(given) is not dict:
        faults.add(path, "wrong_kind", f"The answers must be an object of fields, not {shown(given)}.")
        return {}
    known = {one.key for one in fields}
    for key in given:
        if key not in known:
            message = f"{shown(key)} is not a field of this form; leave it out or mend its spelling."
            faults.add(at(path, str(key)), "unknown_field", message)
    answers = Answers()
    for one in fields:
        _take(one, given, answers, at(path, one.key), faults)
    for rule in rules:
        _check_rule(rule, answers, path, faults)
    return answers.values


def _take(one: Field, given: dict[str, Any], answers: Answers, path: str, faults: FaultList) -> None:
    """Put the answer to one field among the answers, or its key among the unclear ones."""
    before = faults.count
    asked = answers.hold(one.when)
    if one.key in given:
        if asked is False:
            message = f'"{one.label}" does not apply here because of the other answers; leave it empty.'
            faults.add(path, "not_applicable", message)
        value = normal_value(one, given[one.key], path, faults)
        if faults.count == before:
            answers.values[one.key] = value
    elif one.required and asked:
        faults.add(path, "missing_field", f'"{one.label}" has no answer yet; it is required.')
    if faults.count > before or asked is None:
        answers.unclear.add(one.key)


def _check_rule(rule: Rule, answers: Answers, path: str, faults: FaultList) -> None:
    if answers.hold(rule.when) is not True:
        return
    for condition in rule.then:
        if answers.holds(condition) is False:
            faults.add(at(path, condition.field), "rule_broken", rule.message)


def _is_one_of(value: object, wanted: tuple[str | int | bool, ...]) -> bool:
    # Python holds 1 and True for equal, JSON does not.
    given = value if isinstance(value, list) else [value]
    return any(type(one) is type(other) and one == other for one in given for other in wanted)
