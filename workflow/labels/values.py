"""Checks and normalises the value of one field, by its kind."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from workflow.labels.faults import FaultList, at, shown
from workflow.labels.marks import normal_mark
from workflow.labels.schema_parts import Field, Kind

NOT_ASSESSABLE = {"not_assessable": True}
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,18})?")


def is_not_assessable(value: object) -> bool:
    """Say whether a value is the answer "not assessable"."""
    return type(value) is dict and value.keys() == {"not_assessable"} and value["not_assessable"] is True


def normal_value(field: Field, value: object, path: str, faults: FaultList) -> Any:
    """Return the value in its one normal form; when a fault is added, what is returned means nothing."""
    if is_not_assessable(value):
        if not field.not_assessable:
            message = f'"{field.label}" must be answered; "not assessable" is not an answer here.'
            faults.add(path, "not_assessable_refused", message)
        return dict(NOT_ASSESSABLE)
    if field.mark is not None:
        return normal_mark(field.mark, value, path, faults)
    return _BY_KIND[field.kind](field, value, path, faults)


def _category(field: Field, value: object, path: str, faults: FaultList) -> Any:
    if type(value) not in (str, int):
        return _wrong_kind(field, value, "one of its choices", path, faults)
    if _rank(field, value) is None:
        faults.add(path, "unknown_category", f'{shown(value)} is not a choice of "{field.label}".')
    return value


def _multi(field: Field, value: object, path: str, faults: FaultList) -> Any:
    if type(value) is not list:
        return _wrong_kind(field, value, "a list of its choices", path, faults)
    ranks = {(type(one.value), one.value): rank for rank, one in enumerate(field.categories)}
    chosen: set[int] = set()
    for i, one in enumerate(value):
        rank = ranks.get((type(one), one)) if type(one) in (str, int) else None
        if rank is None:
            _category(field, one, at(path, i), faults)
        elif rank in chosen:
            message = f'{shown(one)} is chosen twice for "{field.label}"; once is enough.'
            faults.add(at(path, i), "duplicate_value", message)
        else:
            chosen.add(rank)
    _check_choices(field, len(value), path, faults)
    return [field.categories[rank].value for rank in sorted(chosen)]


def _check_choices(field: Field, chosen: int, path: str, faults: FaultList) -> None:
    if chosen < field.fewest:
        message = f'Choose at least {field.fewest} for "{field.label}".'
        faults.add(path, "too_few_values", message)
    if chosen > field.most:
        faults.add(path, "too_many_values", f'Choose at most {field.most} for "{field.label}".')


def _number(field: Field, value: object, path: str, faults: FaultList) -> Any:
    if type(value) is not str or not _DECIMAL.fullmatch(value):
        return _wrong_kind(field, value, 'a decimal number written as text, such as "12.5"', path, faults)
    number = Decimal(value)
    if len(value.partition(".")[2]) > field.decimals:
        message = f'"{field.label}" takes at most {field.decimals} decimals.'
        faults.add(path, "too_many_decimals", message)
    too_small = field.minimum is not None and number < field.minimum
    too_large = field.maximum is not None and number > field.maximum
    if too_small or too_large:
        faults.add(path, "out_of_range", f'"{field.label}" must be {_bounds(field)} {field.unit}.')
    return f"{abs(number) if number == 0 else number:.{field.decimals}f}"


def _bounds(field: Field) -> str:
    if field.maximum is None:
        return f"at least {field.minimum}"
    if field.minimum is None:
        return f"at most {field.maximum}"
    return f"between {field.minimum} and {field.maximum}"


def _boolean(field: Field, value: object, path: str, faults: FaultList) -> Any:
    return value if type(value) is bool else _wrong_kind(field, value, "yes or no", path, faults)


def _text(field: Field, value: object, path: str, faults: FaultList) -> Any:
    if type(value) is not str:
        return _wrong_kind(field, value, "text", path, faults)
    if not value.strip():
        faults.add(path, "empty_text", f'"{field.label}" is blank; write something or leave it out.')
    if len(value) > field.max_length:
        message = f'"{field.label}" has {len(value)} characters; the most is {field.max_length}.'
        faults.add(path, "text_too_long", message)
    return value


def _wrong_kind(field: Field, value: object, wanted: str, path: str, faults: FaultList) -> Any:
    faults.add(path, "wrong_kind", f'"{field.label}" must be {wanted}, not {shown(value)}.')
    return None


def _rank(field: Field, value: object) -> int | None:
    """Return the place of a value among the categories; 1, "1" and True are three different values."""
    for rank, category in enumerate(field.categories):
        if type(value) is type(category.value) and value == category.value:
            return rank
    return None


_BY_KIND: dict[Kind, Callable[[Field, object, str, FaultList], Any]] = {
    Kind.NOMINAL: _category,
    Kind.ORDINAL: _category,
    Kind.MULTI: _multi,
    Kind.NUMBER: _number,
    Kind.BOOLEAN: _boolean,
    Kind.TEXT: _text,
}
