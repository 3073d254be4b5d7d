"""HD95 and NSD of two masks, in one written definition.

Border voxels are those of the mask with a neighbour outside it (4 neighbours in a slice, 6 through slices);
distances run between the centres of border voxels, in the spacing given; HD95 is the greater of the two
directed 95th percentiles (linear interpolation); NSD is the share of border voxels of both that lie within
the tolerance (≤) of the other's border. Other tools weigh surface elements and give other numbers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workflow.consensus.voxels import ends_of, places

Voxels = NDArray[np.int64]  # (n, 3): slice, row, column
DEFINITION = "border voxels, 4/6-connected; percentile 95, linear; NSD over both borders, <="
PLACES = 9


@dataclass(frozen=True, slots=True)
class Surfaces:
    """The distances from each border voxel of one mask to the other's border, both ways (mm or px)."""

    there: NDArray[np.float64]
    back: NDArray[np.float64]

    @property
    def hausdorff(self) -> float:
        """The greatest distance."""
        return float(max(self.there.max(), self.back.max()))

    @property
    def hd95(self) -> float:
        """The greater of the two directed 95th percentiles."""
        return float(max(np.percentile(self.there, 95), np.percentile(self.back, 95)))

    def nsd(self, tolerance: float) -> tuple[int, int]:
        """How many border voxels lie within the tolerance, of how many."""
        near = [int((np.round(way, PLACES) <= tolerance).sum()) for way in (self.there, self.back)]
        return sum(near), len(self.there) + len(self.back)


def surfaces(a: Voxels, b: Voxels, spacing: tuple[float, float, float]) -> Surfaces:
    """The surface distances of two masks, neither empty; spacing by slice, row and column."""
    # Imported here: scipy costs half a second, and few cases have masks.
    from scipy.spatial import cKDTree

    flat = len({int(end) for mark in (a, b) for end in (mark[:, 0].min(), mark[:, 0].max())}) == 1
    edges = [border(voxels, flat=flat) * np.array(spacing) for voxels in (a, b)]
    there, _ = cKDTree(edges[1]).query(edges[0])
    back, _ = cKDTree(edges[0]).query(edges[1])
    return Surfaces(np.asarray(there, dtype=np.float64), np.asarray(back, dtype=np.float64))


def border(voxels: Voxels, *, flat: bool) -> Voxels:
    """The voxels that have a neighbour outside; `flat` looks for neighbours in the slice alone."""
    first, last = ends_of(voxels)
    low = first - 1
    inside = np.zeros(last - low + 2, dtype=bool)
    inside.reshape(-1)[places(voxels, low, inside.shape)] = True
    whole = inside[1:-1, 1:-1, 1:-1].copy()
    for axis in (1, 2) if flat else (0, 1, 2):
        for side in (slice(None, -2), slice(2, None)):
            near = [slice(1, -1)] * 3
            near[axis] = side
            whole &= inside[tuple(near)]
    edge: Voxels = np.argwhere(inside[1:-1, 1:-1, 1:-1] & ~whole).astype(np.int64) + low + 1
    return edge
