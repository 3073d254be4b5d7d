"""The outlines of LIDC-IDRI's radiologists, laid out as masks, overlap as the data say they do."""

import gzip
import json
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from workflow.consensus.areas import dice
from workflow.consensus.drawn import Drawn, drawn_from
from workflow.consensus.spacing import Scale
from workflow.consensus.voxels import mask_mark

DATA = Path(__file__).parents[3] / "demo/data/contours.json.gz"
# Two outlines on one slice, or one that touches itself: what lies inside is a convention, and moves one or two voxels.
CONVENTION = {"LIDC-IDRI-0068/79/5", "LIDC-IDRI-0186/187/5", "LIDC-IDRI-0194/195/3", "LIDC-IDRI-0910/745/2"}


def test_the_masks_of_four_readers_have_the_stated_dice() -> None:
    nodules = json.loads(gzip.decompress(DATA.read_bytes()))["nodules"]
    differ = set()
    for nodule in nodules:
        masks = [mask(nodule, read) for read in nodule["reads"]]
        mean = sum(float(dice(a, b)) for a, b in combinations(masks, 2)) / 6
        expected = nodule["expected"]["mean_pairwise_mask_dice"]
        assert mean == pytest.approx(expected, abs=3e-4)
        if mean != pytest.approx(expected, abs=1e-8):
            differ.add(nodule["nodule"])
    assert len(nodules) == 176
    assert differ == CONVENTION


def mask(nodule: Any, read: Any) -> Drawn:
    """The mask of a read: what lies within its outlines, whose own pixels are the first ones outside."""
    (row, column, first), (last_row, last_column, last) = read["bbox_ijk"][:3], read["bbox_ijk"][3:]
    low = np.array([first, row, column]) - 2
    held = np.zeros(np.array([last, last_row, last_column]) - low + 2, bool)
    for contour in sorted(read["contours"], key=lambda one: not one["inclusion"]):
        inside, edge = covered(contour["xy"], low[1:], held.shape[1:])
        at = contour["k"] - low[0]
        held[at] = (held[at] | inside) & ~edge if contour["inclusion"] else held[at] & ~inside & ~edge
    like = {"kind": "mask", "on": {}, "rows": nodule["rows"], "columns": nodule["columns"]}
    return drawn_from(mask_mark(like, held, low) or {**like, "slices": []}, Scale())


def covered(
    outline: list[list[int]], low: NDArray[np.int64], shape: tuple[int, ...]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The pixels within an outline, and those on it; none where it is a point or a line."""
    rows, columns = (place.astype(float) for place in np.indices(shape))
    inside, edge = np.zeros(shape, bool), np.zeros(shape, bool)
    if len({tuple(one) for one in outline}) < 3:
        return inside, edge
    for column, row in outline:
        edge[row - low[0], column - low[1]] = True
    return shapely.contains_xy(shapely.Polygon(outline), columns + low[1], rows + low[0]), edge
