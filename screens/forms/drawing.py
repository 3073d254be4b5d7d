"""A finding that was drawn on the images, put into the form as if its coordinates had been typed."""

import json
import re
from typing import Any, Final

from workflow.labels.faults import FaultList
from workflow.labels.marks import normal_mark
from workflow.labels.schema import LabelSchema

from .labels import finding_texts, new_id, type_of
from .typed import Typed, name_of_finding

NOT_HERE: Final = "This can’t be marked here."
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def with_drawn(schema: LabelSchema, typed: Typed, key: str, text: str) -> tuple[Typed, list[str]]:
    """The form with one finding of this type more, drawn as `{"id", "mark"}` says in JSON; else why it isn't there."""
    kind, given, faults = type_of(schema, key), _object(text), FaultList()
    if kind is None or schema.findings is None:
        return typed, [NOT_HERE]
    if len(typed.findings()) >= schema.findings.most:
        return typed, [f"No more than {schema.findings.most} may be marked."]
    mark = normal_mark(kind.mark, given.get("mark"), "/mark", faults)
    if faults.count:
        return typed, [fault.message for fault in faults.listed()]
    finding = {"id": _name(typed, given.get("id")), "type": kind.key, "mark": mark}
    return typed.with_texts(finding_texts(schema, len(typed.findings()), finding)), []


def _name(typed: Typed, given: object) -> str:
    """The name that the viewer knows it by, if no finding of the form has it."""
    taken = {typed.one(f"{name_of_finding(number)}.id") for number in typed.findings()}
    free = isinstance(given, str) and _NAME.fullmatch(given) and given not in taken
    return str(given) if free else new_id(typed)


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
