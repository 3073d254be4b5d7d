"""What our functions write, in files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imaging.out.frames import Stack
from imaging.out.labels import Answers, Drawing
from imaging.out.nifti import volume
from imaging.out.places import covered, placed
from imaging.out.raster import painted
from imaging.out.report import report
from imaging.out.segmentation import binary
from tests.imaging.out.scans import origin

SOFTWARE = "consilium/test"


def pixels(drawn: Drawing, on: Stack) -> dict[int, list[int]]:
    """The runs of a drawing by the index of the frame."""
    assert drawn.region is not None
    return covered(drawn.region, drawn.mark, placed(drawn.mark, [on]))


def pictures(drawn: Drawing, on: Stack) -> dict[int, NDArray[np.uint8]]:
    """The same as pictures."""
    first = on.frames[0]
    return {index: painted(runs, first.rows, first.columns) for index, runs in pixels(drawn, on).items()}


def sr_file(path: Path, *drawings: Drawing, on: tuple[Stack, ...], **more: Any) -> Path:
    """The report on these drawings, with their segmentations cited; none may be left out."""
    segments = {}
    for drawn in drawings:
        if drawn.mark["kind"] == "mask" or drawn.mark.get("holes"):
            segments[drawn.path] = binary(drawn, on[0], pixels(drawn, on[0]), origin(), 1, SOFTWARE)[1]
    data, left_out = report(Answers(drawings=drawings, **more), on, origin(), segments, SOFTWARE)
    assert not left_out
    path.write_bytes(data)
    return path


def seg_file(path: Path, drawn: Drawing, on: Stack) -> Path:
    """The segmentation of a drawing."""
    path.write_bytes(binary(drawn, on, pixels(drawn, on), origin(), 1, SOFTWARE)[0])
    return path


def nifti_file(path: Path, counts: Mapping[int, NDArray[np.uint8]], on: Stack, readers: int = 1) -> Path:
    """The volume of some pictures."""
    path.write_bytes(b"".join(volume(on, counts, readers)))
    return path


def voxels(drawn: Drawing, on: Stack) -> set[tuple[int, int, int]]:
    """Frame, row and column of every pixel of a drawing."""
    return {
        (index, int(row), int(column))
        for index, picture in pictures(drawn, on).items()
        for row, column in np.argwhere(picture)
    }


def place_of(on: Stack, voxel: tuple[int, int, int]) -> NDArray[np.float64]:
    """Where the centre of a voxel lies in the patient in mm, as DICOM has it (PS3.3 C.7.6.2.1.1)."""
    frame = on.frames[voxel[0]]
    assert frame.position is not None
    assert frame.directions is not None
    between_rows, between_columns = 0.8, 0.5
    along, down = frame.directions[:3], frame.directions[3:]
    place: NDArray[np.float64] = (
        frame.position + along * between_columns * voxel[2] + down * between_rows * voxel[1]
    )
    return place
