"""Whether a document has the shape of a protocol: JSON Schema, and the restricted JSON profile."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from workflow.protocol.faults import Fault, pointer

SCHEMA_FILE = Path(__file__).with_name("protocol-v1.json")
LARGEST_INTEGER = 2**53 - 1


def shape_faults(document: object) -> list[Fault]:
    """Every fault of shape; values outside the restricted profile are named first and alone."""
    outside = list(_outside_profile(document, ()))
    if outside:
        return sorted(outside)
    return sorted({_as_fault(error) for error in _validator().iter_errors(document)})


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))


def _as_fault(error: jsonschema_rs.ValidationError) -> Fault:
    return Fault(pointer(*error.instance_path), str(error.schema_path[-1]), error.message)


def _outside_profile(value: Any, at: tuple[str | int, ...]) -> Iterator[Fault]:
    # JSON Schema takes 2.0 for an integer; canonical bytes must not, so the check comes before it.
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _outside_member(key, member, at)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _outside_profile(member, (*at, index))
    elif isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            yield Fault(pointer(*at), "profile", "An integer must lie within ±(2^53-1).")
    elif value is not None and not isinstance(value, str):
        yield Fault(pointer(*at), "profile", 'Write decimals as strings, such as "0.5"; no other types.')


def _outside_member(key: object, member: Any, at: tuple[str | int, ...]) -> Iterator[Fault]:
    if not isinstance(key, str) or not key.isascii():
        yield Fault(pointer(*at), "profile", f"Keys must be ASCII strings, not {key!r}.")
    else:
        yield from _outside_profile(member, (*at, key))
