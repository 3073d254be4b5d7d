"""Drawn kinds as inputs: coordinates in pixels, slices and frames. Thousandths of a pixel are converted exactly."""

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from workflow.labels.schema_parts import Kind, MarkSpec

from .decimals import thousandths, thousandths_text, whole
from .lines import outlines_from, outlines_text, runs_from, runs_text
from .typed import Typed

PIXELS, DEGREES, WHOLE, OUTLINES, RUNS = "pixels", "degrees", "whole", "outlines", "runs"
HIDDEN = "on"


class Unreadable(ValueError):
    """What stands in one input is no coordinate; the text says how to write it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One input of a mark: its name, what it is called, how it is written, and where its value lies in the mark."""

    name: str
    label: str
    unit: str
    place: tuple[str | int, ...]
    optional: bool = False
    hint: str = ""


_POINTS = "one point per line, such as 120.5 88; an empty line before each hole"
_RUNS = "one slice per line, such as 12: 4051 7 4563 9 (first pixel, length, and so on)"


def _pair(label: str, member: str, x: str, y: str) -> tuple[Part, Part]:
    return (
        Part(x, f"{label}, column".strip(", ").capitalize(), PIXELS, (member, 0)),
        Part(y, f"{label}, row".strip(", ").capitalize(), PIXELS, (member, 1)),
    )


_FRAME = Part("frame", "Frame", WHOLE, ("on", "frame"), optional=True)
_SLICES = (
    Part("slice1", "First slice", WHOLE, ("on", "slices", 0)),
    Part("slice2", "Last slice", WHOLE, ("on", "slices", 1)),
)
_PARTS: dict[Kind, tuple[Part, ...]] = {
    Kind.POINT: _pair("", "at", "x", "y"),
    Kind.LENGTH: (*_pair("start", "from", "x1", "y1"), *_pair("end", "to", "x2", "y2")),
    Kind.BOX: (
        Part("x1", "Left edge", PIXELS, ("min", 0)),
        Part("y1", "Top edge", PIXELS, ("min", 1)),
        Part("x2", "Right edge", PIXELS, ("max", 0)),
        Part("y2", "Bottom edge", PIXELS, ("max", 1)),
    ),
    Kind.ELLIPSE: (
        *_pair("centre", "center", "x", "y"),
        Part("r1", "First radius", PIXELS, ("radii", 0)),
        Part("r2", "Second radius", PIXELS, ("radii", 1)),
        Part("angle", "Angle", DEGREES, ("angle_mdeg",)),
    ),
    Kind.POLYGON: (Part("outline", "Outline", OUTLINES, (), hint=_POINTS),),
    Kind.MASK: (
        Part("rows", "Rows of the image", WHOLE, ("rows",)),
        Part("columns", "Columns of the image", WHOLE, ("columns",)),
        Part("runs", "Runs of pixels", RUNS, ("slices",), hint=_RUNS),
    ),
    Kind.SPAN: (
        Part("first", "First frame", WHOLE, ("frames", 0)),
        Part("last", "Last frame", WHOLE, ("frames", 1)),
    ),
}


def parts_of(spec: MarkSpec) -> tuple[Part, ...]:
    """The inputs of a mark, in the order of the form."""
    slices = _SLICES if spec.slices else ()
    return (*_PARTS[spec.kind], *slices, *(() if spec.kind is Kind.SPAN else (_FRAME,)))


def mark_texts(spec: MarkSpec, name: str, mark: dict[str, Any]) -> dict[str, list[str]]:
    """What the inputs below `name` show of a stored mark; what has no input of its own goes along unseen."""
    texts = {f"{name}.{part.name}": [_text(part, mark)] for part in parts_of(spec)}
    rest = {key: value for key, value in mark.get("on", {}).items() if not _has_input(spec, key)}
    if rest:
        texts[f"{name}.{HIDDEN}"] = [json.dumps(rest, sort_keys=True)]
    return texts


def typed_mark(spec: MarkSpec, name: str, typed: Typed) -> tuple[dict[str, Any] | None, list[str]]:
    """The mark that was typed below `name`, and what can't be read of it; no mark where all is empty."""
    parts = parts_of(spec)
    texts = {part: typed.one(f"{name}.{part.name}").strip() for part in parts}
    if not any(text for part, text in texts.items() if not part.optional):
        return None, []
    empty = [part.label.lower() for part, text in texts.items() if not text and not part.optional]
    faults = [f"Fill in {_joined(empty)} too, or empty all of it."] if empty else []
    mark: dict[str, Any] = {"kind": str(spec.kind), "on": _unseen(spec, typed.one(f"{name}.{HIDDEN}"))}
    for part, text in texts.items():
        if text:
            faults += _put(mark, part, text)
    return mark, faults


def _put(mark: dict[str, Any], part: Part, text: str) -> list[str]:
    try:
        value = _value(part, text)
    except Unreadable as error:
        _set(mark, part.place or ("points",), None)
        return [f"{part.label}: {error}"]
    if part.unit == OUTLINES:
        mark["points"] = value[0]
        if value[1:]:
            mark["holes"] = value[1:]
    else:
        _set(mark, part.place, value)
    return []


def _value(part: Part, text: str) -> Any:
    match part.unit:
        case "pixels" | "degrees":
            if (number := thousandths(text)) is None:
                raise Unreadable("write a number such as 120.5, with at most three decimals.")
            return number
        case "whole":
            if (number := whole(text)) is None:
                raise Unreadable("write a whole number.")
            return number
        case "outlines":
            found: list[Any] | None = outlines_from(text)
            if found is None:
                raise Unreadable(f"write {_POINTS}.")
            return found
        case _:
            if (found := runs_from(text)) is None:
                raise Unreadable(f"write {_RUNS}.")
            return found


def _text(part: Part, mark: dict[str, Any]) -> str:
    if part.unit == OUTLINES:
        return outlines_text([mark["points"], *mark.get("holes", [])])
    value: Any = mark
    for step in part.place:
        try:
            value = value[step]
        except (KeyError, IndexError):
            return ""
    if part.unit == RUNS:
        return runs_text(value)
    return thousandths_text(value) if part.unit in (PIXELS, DEGREES) else str(value)


def _set(mark: dict[str, Any], place: tuple[str | int, ...], value: Any) -> None:
    """Put a value into a mark, making the pairs and objects on the way to it."""
    inside: Any = mark
    for step, following in pairwise(place):
        inside = inside.setdefault(step, [None, None] if isinstance(following, int) else {})
    inside[place[-1]] = value


def _has_input(spec: MarkSpec, key: str) -> bool:
    return any(part.place[:2] == ("on", key) for part in parts_of(spec))


def _unseen(spec: MarkSpec, text: str) -> dict[str, Any]:
    """What a mark says that has no input of its own, as the form carried it along."""
    try:
        rest = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(rest, dict):
        return {}
    return {key: value for key, value in rest.items() if not _has_input(spec, key)}


def _joined(labels: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(labels[:-1]), labels[-1])))
