"""A mark made ready to be compared with many others: where it lies, its geometry, the size of its pixels."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workflow.consensus.ellipses import outline_of
from workflow.consensus.spacing import Scale, Spacing
from workflow.labels.overlap import Region, region_of

Mark = dict[str, Any]
Key = tuple[Any, ...]
_GEOMETRY = {
    "point": ("at",),
    "ellipse": ("center", "radii", "angle_mdeg"),
    "polygon": ("points", "holes"),
    "mask": ("rows", "columns", "slices"),
    "span": ("frames",),
}


@dataclass(frozen=True, order=True)
class Drawn:
    """A mark; equal to another of the same place and geometry, and ordered by these, never by reader."""

    on: Key
    geometry: Key
    mark: Mark = field(compare=False)
    spacing: Spacing | None = field(compare=False, default=None)

    @cached_property
    def region(self) -> Region:
        """The area or volume that it covers."""
        mark = self.mark
        return region_of(outline_of(mark) if mark["kind"] == "ellipse" else mark)

    @cached_property
    def voxels(self) -> NDArray[np.int64]:
        """The voxels of a mask, one row [slice, row, column] each, rising."""
        parts = [_voxels(one["slice"], one["runs"], self.mark["columns"]) for one in self.mark["slices"]]
        # Column by column in memory: their ends are looked for far more often than single voxels.
        return np.concatenate(parts, axis=1).T if parts else np.zeros((0, 3), dtype=np.int64)


def drawn_from(mark: Mark, scale: Scale) -> Drawn:
    """The comparable form of a stored mark; `on.slices` is part of its place, except for outlines."""
    where = mark.get("on", {})
    on = tuple((name, _frozen(where[name])) for name in sorted(where))
    return Drawn(on, _geometry(mark), mark, scale.of(where))


def _geometry(mark: Mark) -> Key:
    if mark["kind"] == "length":
        return tuple(sorted((tuple(mark["from"]), tuple(mark["to"]))))
    return tuple(_frozen(mark.get(name, [])) for name in _GEOMETRY[mark["kind"]])


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple(_frozen(value[name]) for name in sorted(value, reverse=True))
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _voxels(number: int, runs: list[int], columns: int) -> NDArray[np.int64]:
    starts, lengths = np.array(runs, dtype=np.int64).reshape(-1, 2).T
    before = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    pixels = np.arange(int(lengths.sum())) + np.repeat(starts - before, lengths)
    rows, within = np.divmod(pixels, columns)
    return np.stack([np.full_like(pixels, number), rows, within])
