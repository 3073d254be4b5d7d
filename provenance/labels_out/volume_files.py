"""A version of a case's label as NIfTI masks, and the shares of readers beside the reference label's."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from imaging.out.nifti import volume
from imaging.out.places import NotPlaced
from imaging.out.raster import painted

from .case_files import SHARE, CaseFiles, Laid, Told
from .soft import counts


def write_volumes(files: CaseFiles, told: Told) -> None:
    """Write a mask for each region of a version."""
    for laid in told.laid:
        if laid.runs:
            _write(files, told, laid, _pictures(laid), told.set)


def write_share_volumes(files: CaseFiles, told: Told) -> None:
    """Write for each region of the reference label which share of the readers marked it."""
    readers = len(files.case.inputs)
    for laid in told.laid:
        marked = counts(files.case, laid.drawing.path, laid.where) if readers > 1 else {}
        if marked and laid.drawing.region is not None:
            _write(files, told, laid, marked, SHARE, readers)


def _write(
    files: CaseFiles, told: Told, laid: Laid, pictures: Mapping[int, Any], of: str, readers: int = 1
) -> None:
    try:
        pieces = volume(laid.where.stack, pictures, readers, f"{of} {laid.drawing.path}")
        whole: Iterator[bytes] = chain([next(pieces)], pieces)  # no volume: known before a byte is written
    except NotPlaced as why:
        files.leave_out("nifti", str(why), told, laid.drawing.path, of if of == SHARE else "")
        return
    ending = "-share.nii.gz" if of == SHARE else ".nii.gz"
    files.files.stream(
        files.path("nifti", told, f"{laid.name}{ending}"), whole, files.row("nifti", told, laid, of)
    )


def _pictures(laid: Laid) -> dict[int, Any]:
    frames = laid.where.stack.frames
    return {
        index: painted(some, frames[index].rows, frames[index].columns) for index, some in laid.runs.items()
    }
