"""Marks as entries of COCO's JSON (cocodataset.org, format-data): pictures, annotations, kinds of things."""

from collections.abc import Mapping
from typing import Any, Final

from .frames import Frame, Stack
from .labels import Drawing, Mark
from .places import Placed
from .raster import Runs, runs_down

Json = dict[str, Any]
_POINTS: Final = {"point": ("place",), "length": ("from", "to")}


def picture(frame: Frame, stack: Stack, number: int, case: str) -> Json:
    """The entry of one frame: its id, size, and which stored file it is of, by pseudonym."""
    return {
        "id": number,
        "file_name": f"{frame.sop}.dcm",
        "frame": frame.number,
        "width": frame.columns,
        "height": frame.rows,
        "case": case,
        "study": stack.study,
        "series": stack.series,
        "sop": frame.sop,
    }


def category(drawing: Drawing, number: int) -> Json:
    """The entry of one kind of thing, with its code."""
    points = _POINTS.get(drawing.mark["kind"])
    term = drawing.concept
    told: Json = {"id": number, "name": term.meaning, "supercategory": drawing.mark["kind"]}
    told["code"] = {"scheme": term.scheme, "value": term.value, "version": term.version}
    return told | (
        {"keypoints": list(points), "skeleton": [[1, 2]] if len(points) > 1 else []} if points else {}
    )


def annotations(drawing: Drawing, where: Placed, covered: Mapping[int, Runs]) -> list[tuple[int, Json]]:
    """Each frame's index with what is annotated on it, as yet without ids."""
    about: Json = {"iscrowd": 0, "mark": drawing.path, "kind": drawing.mark["kind"]}
    about["answers"] = {
        key: [one.answer.meaning for one in drawing.choices if one.key == key]
        for key in dict.fromkeys(one.key for one in drawing.choices)
    }
    about["numbers"] = {one.key: {"value": one.value, "unit": one.unit} for one in drawing.numbers}
    found = []
    for index in where.indexes:
        shape = _shape(drawing.mark, where.stack.frames[index], covered.get(index))
        if shape is not None:
            found.append((index, about | shape))
    return found


def _shape(mark: Mark, frame: Frame, runs: Runs | None) -> Json | None:
    match mark["kind"]:
        case "point" | "length":
            return _keypoints([mark["at"]] if mark["kind"] == "point" else [mark["from"], mark["to"]])
        case "box":
            return _box(mark)
        case "span":
            return {"segmentation": [], "bbox": [0, 0, frame.columns, frame.rows], "area": 0}
    return None if not runs else _pixels(mark, frame, runs)


def _keypoints(places: list[list[int]]) -> Json:
    flat = [number for x, y in places for number in (x / 1000, y / 1000, 2)]
    left, top = (min(place[axis] for place in places) / 1000 for axis in (0, 1))
    right, bottom = (max(place[axis] for place in places) / 1000 for axis in (0, 1))
    box = [left, top, right - left, bottom - top]
    return {"keypoints": flat, "num_keypoints": len(places), "segmentation": [], "bbox": box, "area": 0}


def _box(mark: Mark) -> Json:
    (left, top), (right, bottom) = mark["min"], mark["max"]
    corners = [left, top, right, top, right, bottom, left, bottom]
    box = [left / 1000, top / 1000, (right - left) / 1000, (bottom - top) / 1000]
    area = (right - left) * (bottom - top) / 10**6
    return {"segmentation": [[one / 1000 for one in corners]], "bbox": box, "area": area}


def _pixels(mark: Mark, frame: Frame, runs: Runs) -> Json:
    """What a mask or an outline covers, pixel by pixel; the outline itself beside it."""
    begins, lengths = runs[::2], runs[1::2]
    rows = [begins[0] // frame.columns, (begins[-1] + lengths[-1] - 1) // frame.columns]
    left, right = _sides(runs, frame.columns)
    told: Json = {
        "segmentation": {
            "size": [frame.rows, frame.columns],
            "counts": runs_down(runs, frame.rows, frame.columns),
        },
        "bbox": [left, rows[0], right - left, rows[1] - rows[0] + 1],
        "area": sum(lengths),
    }
    return (
        told if mark["kind"] == "mask" else told | {"outline": {k: v for k, v in mark.items() if k != "on"}}
    )


def _sides(runs: Runs, columns: int) -> tuple[int, int]:
    left, right = columns, 0
    for start, length in zip(runs[::2], runs[1::2], strict=True):
        begin, whole = start % columns, start % columns + length > columns
        left, right = (0, columns) if whole else (min(left, begin), max(right, begin + length))
    return left, right
