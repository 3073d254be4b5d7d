"""Where a mark lies, in words: pixels and slices, never the UIDs of the images."""

from collections.abc import Mapping
from typing import Any

from .decimals import thousandths_text

Mark = Mapping[str, Any]


def place_words(mark: Mark, first: int = 0) -> str:
    """A mark's place and size in a line; a mark that is stored, so that all its parts are there.

    first: what the first slice is called: 0 as marks are stored, 1 beside a viewer, which counts as people do.
    """
    return " · ".join(filter(None, (_shape(mark, first), *_on(mark.get("on") or {}, first))))


def _shape(mark: Mark, first: int) -> str:
    match mark["kind"]:
        case "point":
            return f"column {_px(mark['at'][0])}, row {_px(mark['at'][1])} px"
        case "length":
            return f"from {_point(mark['from'])} to {_point(mark['to'])} px"
        case "box":
            (left, top), (right, bottom) = mark["min"], mark["max"]
            size = f"{_px(right - left)} × {_px(bottom - top)} px"
            return f"columns {_px(left)}–{_px(right)}, rows {_px(top)}–{_px(bottom)} ({size})"
        case "ellipse":
            radii = " and ".join(_px(radius) for radius in mark["radii"])
            return f"centre {_point(mark['center'])}, radii {radii} px, angle {_px(mark['angle_mdeg'])}°"
        case "polygon":
            holes = len(mark.get("holes") or ())
            return f"outline of {len(mark['points'])} points" + (
                f" with {_count(holes, 'hole')}" if holes else ""
            )
        case "mask":
            slices = [one["slice"] + first for one in mark["slices"]]
            return f"painted on {_range('slice', slices[0], slices[-1])}"
        case _:
            return _range("frame", *mark["frames"])


def _on(on: Mark, first: int) -> list[str]:
    frame = [f"frame {on['frame']}"] if "frame" in on else []
    return [
        *frame,
        *([_range("slice", *(number + first for number in on["slices"]))] if "slices" in on else []),
    ]


def _range(what: str, first: int, last: int) -> str:
    return f"{what} {first}" if first == last else f"{what}s {first}–{last}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _point(point: list[int]) -> str:
    return f"({_px(point[0])}, {_px(point[1])})"


def _px(number: int) -> str:
    return thousandths_text(number)
