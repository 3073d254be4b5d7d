"""How large the pixels of a series are, and how far its slices lie apart, where the whole series agrees on it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from statistics import median
from typing import Any, Final

from .gate.series import Series, places

DECIMALS: Final = Decimal("1e-9")  # mm
LARGEST: Final = Decimal(100_000)
EVEN: Final = (
    0.01  # of the usual distance, by which slices may lie nearer or further and still be evenly spaced
)
STRAIGHT: Final = 1.0  # degrees


def grid_of(facts: Sequence[Mapping[str, Any]]) -> dict[str, str] | None:
    """Of a series by its instances' facts: distances in mm along `x` (columns), `y` (rows), `z` (slices), as text.

    None if images differ in their spacing or one says none; without `z` unless the slices form one even stack.
    """
    stated = {tuple(one.get("spacing") or ()) for one in facts}
    rows_columns = [_text(part) for part in stated.pop()] if len(stated) == 1 else []
    if len(rows_columns) != 2 or None in rows_columns:
        return None
    y, x = (str(part) for part in rows_columns)
    z = _between_slices(facts)
    return {"x": x, "y": y} | ({} if z is None else {"z": z})


def _between_slices(facts: Sequence[Mapping[str, Any]]) -> str | None:
    series = Series([{"facts": one} for one in facts])
    stack = places(series.stack(STRAIGHT))
    together = {len(at) for _, at in stack}  # more than one where there are phases
    if len(stack) < 2 or len(together) > 1 or sum(together) * len(stack) != _frames(series):
        return None
    steps = [after[0] - before[0] for before, after in pairwise(stack)]
    usual = median(steps)
    if max(abs(step - usual) for step in steps) > usual * EVEN:
        return None
    return _text(f"{usual:.6f}")


def _frames(series: Series) -> int:
    return sum(image.frames for image in series.images)


def _text(value: object) -> str | None:
    """Decimal text without a tail of zeros; None for what is no distance."""
    try:
        number = Decimal(str(value)).quantize(DECIMALS).normalize()
    except InvalidOperation:
        return None
    return f"{number:f}" if 0 < number < LARGEST else None
