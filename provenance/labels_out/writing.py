"""One labelled case as files of the kinds that are wanted."""

from typing import Any

from imaging.out.labels import Answers

from .case_files import REFERENCE, CaseFiles
from .coco_files import Coco
from .coded import Coder
from .dicom_files import write_dicom, write_shares
from .gathering import Labelled, Version
from .images import NoImages, images_of
from .index import Files
from .soft import shares
from .volume_files import write_share_volumes, write_volumes

Json = dict[str, Any]


def write_case(
    case: Labelled, coder: Coder, files: Files, coco: Coco | None, software: str, wanted: frozenset[str]
) -> None:
    """Write a case, or say why nothing of it is there."""
    try:
        images = images_of(case.case)
    except NoImages as why:
        files.leave_out(case.case, "case", str(why))
        return
    into = CaseFiles(case, images, files, software, wanted)
    if coco is not None:
        coco.begin(case.case, images.current)
    _write_label(into, coder, coco)
    if {"reads", "nifti", "coco"} & wanted:
        for version in case.reads:
            _write_read(into, version, coco)


def _write_label(into: CaseFiles, coder: Coder, coco: Coco | None) -> None:
    told = into.reference()
    write_dicom(into, told)
    if "seg" in into.wanted:
        write_shares(into, told)
    if "nifti" in into.wanted:
        write_volumes(into, told)
        write_share_volumes(into, told)
    if coco is not None:
        label, case = into.case.label, into.case
        about = {"version": label.version, "digest": label.digest}
        said = {"fields": _said(told.answers), "soft": shares(case, coder)}
        coco.add(
            REFERENCE, about, told.laid, said | {"split": case.split, "synthetic": into.images.synthetic}
        )


def _write_read(into: CaseFiles, version: Version, coco: Coco | None) -> None:
    told, read = into.read(version), version.read
    if "reads" in into.wanted:
        write_dicom(into, told)
    if "nifti" in into.wanted:
        write_volumes(into, told)
    if coco is not None:
        name = f"readers/{read.actor}" + ("" if version.newest else "-earlier")
        about = {"slot": read.slot, "revision": read.revision, "kind": read.kind, "digest": read.digest}
        coco.add(name, about, told.laid, {"fields": _said(told.answers)})


def _said(answers: Answers) -> Json:
    """The answers of the case's own fields; of several choices a list."""
    told: Json = {}
    for one in answers.choices:
        value = {"scheme": one.answer.scheme, "value": one.answer.value, "meaning": one.answer.meaning}
        told.setdefault(one.key, []).append(value)
    return told | {one.key: {"value": one.value, "unit": one.unit} for one in answers.numbers}
