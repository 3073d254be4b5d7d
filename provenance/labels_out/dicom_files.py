"""A version of a case's label as DICOM: its report, and the segmentations that this cites."""

from pydicom.dataset import Dataset

from imaging.out.places import NotPlaced
from imaging.out.report import report
from imaging.out.segmentation import binary, fractional

from .case_files import SHARE, CaseFiles, Laid, Told
from .soft import counts


def write_dicom(files: CaseFiles, told: Told) -> None:
    """Write the version as SR and SEG, as far as they are wanted."""
    segments: dict[str, Dataset] = {}
    if {"sr", "seg"} & files.wanted:
        for laid in told.laid:
            if laid.drawing.region is not None:
                segments |= _segmentation(files, told, laid)
    if "sr" in files.wanted:
        _report(files, told, segments)


def write_shares(files: CaseFiles, told: Told) -> None:
    """Write for each region of the reference label which share of the readers marked it."""
    readers = len(files.case.inputs)
    for laid in told.laid:
        marked = counts(files.case, laid.drawing.path, laid.where) if readers > 1 else {}
        if laid.drawing.region is None or not marked:
            continue
        made = (told.origin, laid.number, files.software)
        try:
            data, _ = fractional(laid.drawing, laid.where.stack, marked, readers, *made)
        except NotPlaced as why:
            files.leave_out("seg", str(why), told, laid.drawing.path, SHARE)
            continue
        path = files.path("seg", told, f"{laid.name}-share.dcm")
        files.files.add(path, data, files.row("seg", told, laid, SHARE))


def _segmentation(files: CaseFiles, told: Told, laid: Laid) -> dict[str, Dataset]:
    """Write what a mark covers, if that is wanted; its header, by the mark's path."""
    stack = laid.where.stack
    try:
        data, header = binary(laid.drawing, stack, laid.runs, told.origin, laid.number, files.software)
    except NotPlaced as why:
        files.leave_out("seg", str(why), told, laid.drawing.path)
        return {}
    if "seg" in files.wanted:
        files.files.add(files.path("seg", told, f"{laid.name}.dcm"), data, files.row("seg", told, laid))
    return {laid.drawing.path: header}


def _report(files: CaseFiles, told: Told, segments: dict[str, Dataset]) -> None:
    answers = told.answers.of(laid.drawing for laid in told.laid)  # the others are listed already
    try:
        data, left_out = report(answers, files.images.stacks, told.origin, segments, files.software)
    except NotPlaced as why:
        files.leave_out("sr", str(why), told)
        return
    for path, sentence in left_out:
        files.leave_out("sr", sentence, told, path)
    files.files.add(f"{files.path('sr', told)}.dcm", data, files.row("sr", told))
