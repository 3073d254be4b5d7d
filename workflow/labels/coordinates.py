"""The small parts of every mark: whole thousandths of a pixel, pairs, ranges, known members."""

from collections.abc import Collection
from typing import Any, TypeGuard

from workflow.labels.faults import FaultList, at, shown

MAX_COORDINATE = 10_000_000_000
MAX_INDEX = 10_000_000


def is_int(value: object, least: int, most: int) -> TypeGuard[int]:
    """Say whether a value is a whole number between two bounds (a bool is none)."""
    return type(value) is int and least <= value <= most


def is_point(value: object) -> bool:
    """Say whether a value is [x, y] in whole thousandths of a pixel, inside the bound."""
    return type(value) is list and len(value) == 2 and all(is_int(one, 0, MAX_COORDINATE) for one in value)


def check_point_at(path: str, value: object, faults: FaultList) -> None:
    """Add a fault unless the value is a point."""
    if not is_point(value):
        message = "A place on the image is [x, y] in whole thousandths of a pixel, from 0 to 10000000000."
        faults.add(path, "bad_point", message)


def check_points(mark: dict[str, Any], names: Collection[str], path: str, faults: FaultList) -> bool:
    """Check the named members that the mark has; say whether all are there and are points."""
    for name in names:
        if name in mark:
            check_point_at(at(path, name), mark[name], faults)
    return all(is_point(mark.get(name)) for name in names)


def check_range(value: object, least: int, what: str, path: str, faults: FaultList) -> bool:
    """Add a fault unless the value is [first, last] with least <= first <= last; say whether it is."""
    if type(value) is not list or len(value) != 2 or not all(is_int(one, least, MAX_INDEX) for one in value):
        message = f"The {what} must be the first and the last one, as whole numbers from {least} on."
        faults.add(path, "bad_range", message)
        return False
    if value[0] > value[1]:
        faults.add(path, "range_not_rising", f"The first of the {what} must not come after the last.")
        return False
    return True


def check_members(
    given: dict[str, Any], needed: Collection[str], allowed: Collection[str], path: str, faults: FaultList
) -> None:
    """Add a fault for every member that is missing and for every one that is not known."""
    for name in sorted(set(needed) - given.keys()):
        faults.add(at(path, name), "missing", f'"{name}" is missing here.')
    for name in given:
        if name not in needed and name not in allowed:
            faults.add(
                at(path, str(name)), "unknown_member", f"{shown(name)} is not known here; leave it out."
            )
