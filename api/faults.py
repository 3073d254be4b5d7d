"""The framework's nested complaints as a flat list of faults, each with its place."""

from collections.abc import Iterator
from typing import Any

from audit.canonical import escape

Fault = dict[str, str]


def faults_of(detail: Any) -> list[Fault]:
    """`[{path, code, message}]` from a ValidationError's detail; the path is a JSON pointer."""
    return list(_walk(detail, ""))


def _walk(detail: Any, path: str) -> Iterator[Fault]:
    if isinstance(detail, dict):
        for key, below in detail.items():
            yield from _walk(below, path if key == "non_field_errors" else f"{path}/{escape(str(key))}")
    elif isinstance(detail, list):
        for index, item in enumerate(detail):
            # A list of texts belongs to this place; a list of containers has a place for each.
            yield from _walk(item, f"{path}/{index}" if isinstance(item, dict | list) else path)
    else:
        yield {"path": path, "code": str(getattr(detail, "code", "invalid")), "message": str(detail)}
