"""How a case's images are laid out at first, by modality: in plain values, so that anybody can read the rules.

Stacks (CT, MR, PT, …) open one at a time. Radiographs stand side by side, with their prior where there is one view.
Mammograms hang as radiologists hang them: CC above MLO, the right breast on the left, backs together, current before
prior. Whoever asks for a layout gets that one. Pictures come in the order in which their person wants them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

CURRENT: Final = "current"
FLAT: Final = frozenset({"CR", "DX", "RG"})
MAMMOGRAPHY: Final = "MG"
CROSS_SECTIONS: Final = frozenset({"CT", "MR", "PT", "NM"})
VIEWS: Final = ("CC", "MLO")
SIDES: Final = ("R", "L")
MOST_CELLS: Final = 3  # rows, and columns, that somebody may ask for

Hanging = dict[str, Any]
Cell = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Picture:
    """What hangs in one cell: a series, or one image of a series of single images.

    `faces`: to which side of the picture the front of the body looks, `L` or `R`; empty if nothing says so.
    """

    series: str
    sop: str = ""
    role: str = CURRENT
    modality: str = ""
    laterality: str = ""
    view: str = ""
    faces: str = ""


def hanging(pictures: Sequence[Picture], asked: tuple[int, int] | None = None) -> Hanging:
    """`{rows, columns, cells}`, cells row by row; `asked`: rows and columns that the person wants instead."""
    current = [one for one in pictures if one.role == CURRENT] or list(pictures)
    priors = [one for one in pictures if one not in current]
    usual = _usual(pictures, current, priors)
    if asked is None or asked == (usual["rows"], usual["columns"]):
        return usual
    return _side_by_side(pictures, *asked)


def modality_of(pictures: Sequence[Picture]) -> str:
    """The modality by which a case hangs: that of its first current picture."""
    return next(
        (one.modality for one in pictures if one.role == CURRENT), pictures[0].modality if pictures else ""
    )


def _usual(pictures: Sequence[Picture], current: list[Picture], priors: list[Picture]) -> Hanging:
    modality = current[0].modality if current else ""
    if modality == MAMMOGRAPHY and (found := _mammograms(current, priors)):
        return found
    if modality in FLAT:
        two = (current[:1] + _like(current[0], priors)) if len(current) == 1 else current[:2]
        return _row([one for one in pictures if one in two])
    return _row(current[:1])


def _row(pictures: Sequence[Picture]) -> Hanging:
    return {"rows": 1, "columns": max(len(pictures), 1), "cells": [_cell(one) for one in pictures] or [EMPTY]}


def _side_by_side(pictures: Sequence[Picture], rows: int, columns: int) -> Hanging:
    """As many as fit; stacks of one kind scroll together."""
    rows, columns = (min(max(number, 1), MOST_CELLS) for number in (rows, columns))
    cells = [_cell(one, link=_link(one, pictures)) for one in pictures[: rows * columns]]
    return {"rows": rows, "columns": columns, "cells": cells + [EMPTY] * (rows * columns - len(cells))}


def _mammograms(current: Sequence[Picture], priors: Sequence[Picture]) -> Hanging | None:
    """Rows by view, a column for each breast, current first; None if no image says view and side."""
    columns = [(group, side) for group in (current, priors) for side in SIDES if _any(group, laterality=side)]
    views = [view for view in VIEWS if _any([*current, *priors], view=view)]
    if not columns or not views:
        return None
    cells = [_breast(group, side, view) for view in views for group, side in columns]
    return {"rows": len(views), "columns": len(columns), "cells": cells}


def _breast(group: Sequence[Picture], side: str, view: str) -> Cell:
    """One breast in one view, turned over where its back isn't to the middle."""
    found = next((one for one in group if (one.laterality, one.view) == (side, view)), None)
    if found is None:
        return EMPTY
    outward = {"R": "L", "L": "R"}[side]  # the right breast hangs on the left, and looks to the left
    return _cell(found, mirrored=found.faces not in ("", outward))


def _any(pictures: Sequence[Picture], **has: str) -> bool:
    return any(getattr(one, name) == value for one in pictures for name, value in has.items())


def _like(one: Picture, priors: Sequence[Picture]) -> list[Picture]:
    """The prior to compare a radiograph with: of the same view, if there is one."""
    return [prior for prior in priors if prior.view == one.view][:1] or list(priors[:1])


def _link(one: Picture, pictures: Sequence[Picture]) -> str:
    alike = [other for other in pictures if other.modality == one.modality]
    return one.modality if one.modality in CROSS_SECTIONS and len(alike) > 1 else ""


def _cell(one: Picture, *, mirrored: bool = False, link: str = "") -> Cell:
    cell: Cell = {"series": one.series}
    if one.sop:
        cell["sop"] = one.sop
    if mirrored:
        cell["mirrored"] = True
    return cell | ({"link": link} if link else {})


EMPTY: Final[Cell] = {"series": None}
