"""Cases of one or two fields for the tests of other designs."""

from collections.abc import Sequence
from typing import Any

from workflow.protocol.protocol import Protocol
from workflow.what_if.cases import WhatIfCase

Values = Sequence[Any]


def schema(kind: str = "nominal", categories: Sequence[Any] = (0, 1, 2, 3, 4, 5)) -> dict[str, Any]:
    """A label schema of one field `a`."""
    labels = [{"value": value, "label": str(value)} for value in categories]
    return {
        "schema": "consilium/label-schema/v1",
        "fields": [{"key": "a", "kind": kind, "label": "A", "categories": labels}],
    }


def protocol(**field: Any) -> Protocol:
    """A protocol with a rule for the field `a`."""
    return Protocol.parse(
        {
            "schema": "consilium/protocol/v1",
            "reads": {"rule": "2+1", "count": 2},
            "safety_contact": {"none_because": "Made-up cases."},
            "fields": {"a": field or {"comparator": {"equal": {}}}},
        }
    )


def content(value: Any) -> dict[str, Any]:
    """A read that gives the field this value."""
    return {"schema": "consilium/read/v1", "fields": {"a": value}, "findings": []}


def case(name: str, values: Values, *, arbiter: Any = None, further: Values = (), **more: Any) -> WhatIfCase:
    """A case whose planned reads give these values; its own patient unless told."""
    return WhatIfCase(
        id=name,
        patient=more.pop("patient", name),
        reads=tuple(map(content, values)),
        further=tuple(map(content, further)),
        arbiter=None if arbiter is None else content(arbiter),
        **more,
    )
