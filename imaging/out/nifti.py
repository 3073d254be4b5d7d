"""Masks as NIfTI-1: one picture after another, compressed as they come, so that a volume is never whole in memory."""

import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from imaging import geometry

from .frames import Frame, Stack, Vector, normal_of
from .places import NotPlaced

_UNEVEN: Final = 0.01  # of the distance between slices: how far one may lie from its even place
_GZIP: Final = 31  # zlib's window of 32 KiB, in a gzip file without name and time
_MILLIMETRES, _SCANNER, _UNKNOWN = 2, 1, 0


def volume(
    stack: Stack, pictures: Mapping[int, NDArray[np.uint8]], readers: int = 1, purpose: str = ""
) -> Iterator[bytes]:
    """The pieces of a `.nii.gz`: columns by rows by frames, each picture (rows, columns), 0 where there is none.

    With several `readers` the pictures count those who marked a pixel, and the header's slope makes shares of them.
    NotPlaced if the frames are no volume.
    """
    head, empty = _header(stack, readers, purpose), bytes(stack.frames[0].rows * stack.frames[0].columns)
    squeeze = zlib.compressobj(6, zlib.DEFLATED, _GZIP)
    yield squeeze.compress(head)
    for index in range(len(stack.frames)):
        yield squeeze.compress(pictures[index].tobytes() if index in pictures else empty)
    yield squeeze.flush()


def affine(stack: Stack) -> NDArray[np.float64] | None:
    """(4, 4) from column, row, frame to mm in NIfTI's axes (right, anterior, superior); None without geometry.

    NotPlaced if the frames have places and no even step leads from one to the next.
    """
    first, last = stack.frames[0], stack.frames[-1]
    if first.position is None or first.directions is None or last.position is None:
        return None
    between_rows, between_columns = _spacing(first)
    made = np.eye(4)
    made[:3, 0] = first.directions[:3] * between_columns
    made[:3, 1] = first.directions[3:] * between_rows
    made[:3, 2] = _step(stack)
    made[:3, 3] = first.position
    # DICOM's axes run to the patient's left and back.
    return np.diag([-1.0, -1.0, 1.0, 1.0]) @ made


def _header(stack: Stack, readers: int, purpose: str) -> bytes:
    # Imported here: it costs a third of a second, and few processes write volumes.
    from nibabel.nifti1 import Nifti1Header

    first, place = stack.frames[0], affine(stack)
    if any((one.rows, one.columns) != (first.rows, first.columns) for one in stack.frames):
        raise NotPlaced("The images of the series differ in size.")
    build: Any = Nifti1Header
    made = build(endianness="<")
    made.set_data_dtype(np.uint8)
    made.set_data_shape((first.columns, first.rows, len(stack.frames)))
    made.set_zooms((*reversed(_spacing(first)), 1.0))
    if place is not None:
        made.set_qform(place, code=_SCANNER, strip_shears=True)
        made.set_sform(place, code=_SCANNER)
    made.set_xyzt_units("mm")
    made["magic"], made["vox_offset"] = b"n+1", 352
    made["scl_slope"], made["scl_inter"] = 1 / readers, 0
    made["descrip"] = purpose.encode("ascii", "replace")[:79]
    return bytes(made.binaryblock) + bytes(4)


def _spacing(frame: Frame) -> tuple[float, float]:
    """Between rows and between columns in mm, also where it is the detector's; 1 where nobody knows it."""
    found = geometry.spacing(frame.header) or ("1", "1")
    return float(found[0]), float(found[1])


def _step(stack: Stack) -> Vector:
    """From one frame to the next; of a single one, its thickness along the normal."""
    places = [frame.position for frame in stack.frames if frame.position is not None]
    first, count = stack.frames[0], len(stack.frames)
    if count == 1:
        normal = normal_of(first)
        assert normal is not None, "an image with directions has a normal"
        return normal * float(geometry.thickness(first.header) or 1)
    step: Vector = (places[-1] - places[0]) / (count - 1)
    even = np.stack([places[0] + index * step for index in range(count)])
    reach = float(np.linalg.norm(step))
    if len(places) < count or not reach or np.abs(np.stack(places) - even).max() > _UNEVEN * reach:
        raise NotPlaced("The slices of the series do not lie one step from each other.")
    if any(not np.allclose(one.directions, first.directions, atol=1e-3) for one in stack.frames):  # type: ignore[arg-type]
        raise NotPlaced("The slices of the series do not lie alike.")
    return step
