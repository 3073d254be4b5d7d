"""Outlines and masks as lines of text: a point or a slice on each."""

import re
from typing import Any

from .decimals import thousandths, thousandths_text, whole

_BREAK = re.compile(r"[\s,;]+")
Points = list[list[int]]


def outlines_text(outlines: list[Points]) -> str:
    """One point per line, an empty line before each hole."""
    return "\n\n".join(
        "\n".join(f"{thousandths_text(x)} {thousandths_text(y)}" for x, y in points) for points in outlines
    )


def outlines_from(text: str) -> list[Points] | None:
    """The outline and its holes; None if a line is no point."""
    blocks = [block for block in re.split(r"\n[ \t]*\n", text.strip()) if block.strip()]
    outlines = [[_point(line) for line in block.splitlines() if line.strip()] for block in blocks]
    points = [point for outline in outlines for point in outline]
    return None if None in points else [[p for p in outline if p is not None] for outline in outlines]


def runs_text(slices: list[dict[str, Any]]) -> str:
    """One slice per line: its number, then first pixel and length of each run."""
    return "\n".join(f"{one['slice']}: {' '.join(str(n) for n in one['runs'])}" for one in slices)


def runs_from(text: str) -> list[dict[str, Any]] | None:
    """The slices of a mask; None if a line can't be read."""
    slices = [_slice(line) for line in text.splitlines() if line.strip()]
    return None if None in slices else [one for one in slices if one is not None]


def _point(line: str) -> list[int] | None:
    numbers = [thousandths(word) for word in _BREAK.split(line.strip())]
    if len(numbers) != 2 or None in numbers:
        return None
    return [n for n in numbers if n is not None]


def _slice(line: str) -> dict[str, Any] | None:
    number, colon, rest = line.partition(":")
    runs = [whole(word) for word in _BREAK.split(rest.strip()) if word]
    if not colon or (place := whole(number)) is None or None in runs:
        return None
    return {"slice": place, "runs": runs}
