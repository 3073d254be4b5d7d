"""Checks and normalises a mark: where it lies, and the geometry of its kind."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workflow.labels.coordinates import MAX_INDEX, check_members, check_range, is_int
from workflow.labels.faults import FaultList, at, shown
from workflow.labels.masks import check_mask
from workflow.labels.polygons import check_polygon
from workflow.labels.schema_parts import Kind, MarkSpec
from workflow.labels.shapes import check_box, check_ellipse, check_length, check_point, check_span

_UID = re.compile(r"[0-9]+(\.[0-9]+)*")


@dataclass(frozen=True, slots=True)
class _Shape:
    check: Callable[[dict[str, Any], str, FaultList], None]
    members: frozenset[str]
    may_have: frozenset[str] = frozenset()


_SHAPES = {
    Kind.POINT: _Shape(check_point, frozenset({"at"})),
    Kind.LENGTH: _Shape(check_length, frozenset({"from", "to"})),
    Kind.BOX: _Shape(check_box, frozenset({"min", "max"})),
    Kind.ELLIPSE: _Shape(check_ellipse, frozenset({"center", "radii", "angle_mdeg"})),
    Kind.POLYGON: _Shape(check_polygon, frozenset({"points"}), frozenset({"holes"})),
    Kind.MASK: _Shape(check_mask, frozenset({"rows", "columns", "slices"})),
    Kind.SPAN: _Shape(check_span, frozenset({"frames"})),
}


def normal_mark(spec: MarkSpec, mark: object, path: str, faults: FaultList) -> dict[str, Any]:
    """Return a copy of the mark in its normal form; when a fault is added, what is returned means nothing."""
    before = faults.count
    if type(mark) is not dict:
        faults.add(path, "wrong_kind", f"A drawn {spec.kind} is needed here, not {shown(mark)}.")
        return {}
    if mark.get("kind") != spec.kind:
        message = f"A {spec.kind} is to be drawn here, not {shown(mark.get('kind'))}."
        faults.add(at(path, "kind"), "wrong_mark_kind", message)
        return {}
    _check(spec, mark, path, faults)
    return _normal(mark) if faults.count == before else {}


def _check(spec: MarkSpec, mark: dict[str, Any], path: str, faults: FaultList) -> None:
    shape = _SHAPES[spec.kind]
    check_members(mark, {"kind", "on"} | shape.members, shape.may_have, path, faults)
    if "on" in mark:
        _check_on(mark["on"], at(path, "on"), faults)
    shape.check(mark, path, faults)
    if mark.get("holes") and not spec.holes:
        message = "This outline may have no holes; draw it without them."
        faults.add(at(path, "holes"), "holes_refused", message)
    if spec.kind is Kind.BOX:
        _check_box_slices(spec, mark, path, faults)


def _check_box_slices(spec: MarkSpec, mark: dict[str, Any], path: str, faults: FaultList) -> None:
    through = type(mark.get("on")) is dict and "slices" in mark["on"]
    if spec.slices and not through:
        message = "This box runs through slices; say the first and the last one."
        faults.add(at(path, "on", "slices"), "missing", message)
    if through and not spec.slices:
        message = "This box lies on one image; leave out the slices."
        faults.add(at(path, "on", "slices"), "slices_refused", message)


def _check_on(on: object, path: str, faults: FaultList) -> None:
    if type(on) is not dict:
        faults.add(path, "wrong_kind", f"This must say on which image the mark lies, not {shown(on)}.")
        return
    check_members(on, set(), {"series", "sop", "frame", "slices"}, path, faults)
    for name in ("series", "sop"):
        uid = on.get(name, "0")
        if type(uid) is not str or len(uid) > 64 or not _UID.fullmatch(uid):
            message = "This must be a DICOM UID: numbers joined by dots, at most 64 characters."
            faults.add(at(path, name), "bad_uid", message)
    if not is_int(on.get("frame", 1), 1, MAX_INDEX):
        faults.add(at(path, "frame"), "bad_frame", "Frames are counted 1, 2, 3 and so on.")
    if "slices" in on:
        check_range(on["slices"], 0, "slices", at(path, "slices"), faults)


def _normal(mark: dict[str, Any]) -> dict[str, Any]:
    """Copy a mark, without the members that only repeat what its others say."""
    copied: dict[str, Any] = _copied(mark)
    if copied.get("holes") == []:
        del copied["holes"]
    if copied["kind"] == Kind.MASK:
        copied["on"].pop("slices", None)
    return copied


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list) else value
