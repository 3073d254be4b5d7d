"""What is drawn over a case's images for a task: the case's own marks and, where they may be seen, those of reads."""

from collections.abc import Iterator, Mapping
from string import ascii_uppercase
from typing import Any, Final

from screens.forms.labels import type_of
from workflow.labels.schema import LabelSchema
from workflow.labels.schema_parts import Kind, MarkSpec

from .desk import MODEL, Desk

CASE: Final = "case"
LABEL: Final = 60  # characters beside a mark
MISSED: Final = "missed"
FIELD: Final = "fields."  # before a field's key: the name of its tool, and of its mark
Json = dict[str, Any]


def tools_of(schema: LabelSchema, *, judging: bool = False) -> list[Json]:
    """What may be drawn: each type of finding by its key, each drawn field as `fields.<key>`; a colour for each.

    `judging`: a reviewer may also draw where something was missed.
    """
    drawn = [(kind.key, kind.label, kind.mark) for kind in schema.finding_types()]
    drawn += [(f"{FIELD}{one.key}", one.label, one.mark) for one in schema.fields if one.mark is not None]
    drawn += [(MISSED, "Missed here", MarkSpec(Kind.BOX))] if judging else []
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
    told.append(("reviewer", "The reviewer", _missed(desk.material.get("returned") or {})))
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


def counted(reads: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Others' reads in a second look as A, B, …: the letters that they have would tell the place of one's own."""
    return list(zip(ascii_uppercase, reads.values(), strict=False))


def _named(layer: str, marks: list[Json]) -> list[Json]:
    """Each mark as `layer:id`, so that all that is drawn over the images has a name of its own."""
    return [{**one, "id": f"{layer}:{one['id']}"} for one in marks]


def _reads(desk: Desk) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Layer, name and labels of each read that this task's page shows."""
    if (model := desk.material.get("model")) is not None:
        yield MODEL, str(model.get("name") or "A model"), model["labels"]
    match desk.mode:
        case "review":
            yield "read", "The read", desk.material["read"]
        case "second_look":
            for letter, labels in counted(desk.material["reads"]):
                yield letter, f"Reader {letter}", labels
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


def _missed(returned: Mapping[str, Any]) -> list[Json]:
    """What the reviewer who returned the read drew as missed, each with their words."""
    marked = [comment for comment in returned.get("comments") or () if _is_mark(comment.get("mark"))]
    return [
        {"id": str(n), "tool": "", "mark": one["mark"], "label": f"Missed here: {one['text']}"[:LABEL]}
        for n, one in enumerate(marked, 1)
    ]


def _drawn(name: str, tool: str, mark: Any, schema: LabelSchema) -> Json:
    if not _is_mark(mark):
        return {}
    label = next((one["label"] for one in tools_of(schema) if one["id"] == tool), "")
    return {"id": name, "tool": tool, "mark": mark, "label": label}


def _is_mark(value: Any) -> bool:
    return isinstance(value, Mapping) and value.get("kind") in list(Kind)
