"""What is drawn over a case's images for a task: the case's own marks and, where they may be seen, those of reads."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from screens.forms.labels import type_of
from workflow.labels.schema import LabelSchema
from workflow.labels.schema_parts import Kind

from .desk import Desk

CASE: Final = "case"
FIELD: Final = "fields."  # before a field's key: the name of its tool, and of its mark
Json = dict[str, Any]


def tools_of(schema: LabelSchema) -> list[Json]:
    """What may be drawn: each type of finding by its key, each drawn field as `fields.<key>`; a colour for each."""
    drawn = [(kind.key, kind.label, kind.mark) for kind in schema.finding_types()]
    drawn += [(f"{FIELD}{one.key}", one.label, one.mark) for one in schema.fields if one.mark is not None]
    return [
        {
            "id": key,
            "kind": str(spec.kind),
            "slices": spec.slices,
            "holes": spec.holes,
            "label": label,
            "colour": n,
        }
        for n, (key, label, spec) in enumerate(drawn)
    ]


def layers_of(desk: Desk) -> list[Json]:
    """The locked layers of a task's page: no more than its page says in words."""
    told = [(CASE, "Marked in the case", _of_case(desk.material["case"]))]
    told += [(layer, name, drawn(desk.schema, labels)) for layer, name, labels in _reads(desk)]
    return [
        {"layer": layer, "name": name, "drawn": _named(layer, marks)} for layer, name, marks in told if marks
    ]


def drawn(schema: LabelSchema, labels: Mapping[str, Any]) -> list[Json]:
    """Every mark of a read, each with its tool and its words."""
    answers = labels.get("fields") or {}
    found = [_drawn(f"{FIELD}{key}", f"{FIELD}{key}", value, schema) for key, value in answers.items()]
    for finding in labels.get("findings") or ():
        kind = type_of(schema, str(finding.get("type", "")))
        found.append(_drawn(str(finding["id"]), kind.key if kind else "", finding.get("mark"), schema))
    return [one for one in found if one]


def _named(layer: str, marks: list[Json]) -> list[Json]:
    """Each mark as `layer:id`, so that all that is drawn over the images has a name of its own."""
    return [{**one, "id": f"{layer}:{one['id']}"} for one in marks]


def _reads(desk: Desk) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Layer, name and labels of each read that this task's page shows."""
    match desk.mode:
        case "review":
            yield "read", "The read", desk.material["read"]
        case "second_look":
            # Counted, as on the page: the letter of a read would tell the place of one's own.
            for number, labels in enumerate(desk.material["reads"].values(), 2):
                yield chr(ord("A") + number - 2), f"Reader {number}", labels
        case "arbitrate":
            for letter, labels in desk.material["reads"].items():
                yield letter, f"Reader {letter}", labels


def _of_case(told: Mapping[str, Any]) -> list[Json]:
    """Marks that are told of the case, such as the place that its question is about."""
    return [
        {"id": key, "tool": "", "mark": value, "label": key.replace("_", " ").capitalize()}
        for key, value in told.items()
        if _is_mark(value)
    ]


def _drawn(name: str, tool: str, mark: Any, schema: LabelSchema) -> Json:
    if not _is_mark(mark):
        return {}
    label = next((one["label"] for one in tools_of(schema) if one["id"] == tool), "")
    return {"id": name, "tool": tool, "mark": mark, "label": label}


def _is_mark(value: Any) -> bool:
    return isinstance(value, Mapping) and value.get("kind") in list(Kind)
