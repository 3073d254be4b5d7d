"""The demonstration's images: a phantom CT around each nodule, and the real files that ship with pydicom.

LIDC's reads come without the scans' pixels, so each case is drawn: its nodule from the readers' own outlines
(or boxes, where there are only those) and middle ratings, in the scan's matrix and spacing, in an invented
chest. The files say so themselves, and a case shows it wherever it shows its images.
"""

from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from demo.lidc import DemoCase, Json, record
from imaging.phantom import Phantom, covered, uid, write
from imaging.phantoms.nodule import Mark, Nodule, Outline, middle

RATINGS: Final = (
    *("subtlety", "internalStructure", "calcification", "sphericity", "margin"),
    *("lobulation", "spiculation", "texture", "malignancy"),
)

REAL: Final = {
    "pydicom.data": {
        "test_files/CT_small.dcm": "CT of the chest",
        "test_files/MR_small.dcm": "MR, 64 pixels across",
        "test_files/examples_overlay.dcm": "MR of the abdomen",
        "test_files/examples_ybr_color.dcm": "ultrasound, a film of 30 frames",
        "test_files/examples_palette.dcm": "ultrasound with a palette",
    },
    "data_store": {
        "data/693_J2KR.dcm": "CT of the head",
        "data/MR2_J2KR.dcm": "MR of the shoulder",
        "data/emri_small_jpeg_ls_lossless.dcm": "MR of the head, ten frames without positions: the gate holds it",
        "data/RG1_J2KR.dcm": "X-ray of the chest",
        "data/RG3_J2KR.dcm": "X-ray of a leg",
        "data/JPEG-LL.dcm": "scintigraphy of the whole body",
        "data/color3d_jpeg_baseline.dcm": "echocardiography, a film of 120 frames",
    },
}
"""The files of the second project, `assorted-images`, by the package that brings them: path and what it shows."""


def phantom_files(case: DemoCase, folder: Path) -> list[Path]:
    """Draw a case's phantom into a folder, one DICOM file for each slice; the same bytes each time."""
    return write(phantom(case), folder)


def series_uid(case: DemoCase) -> str:
    """The series that `phantom_files` writes; the case's own marks name the scan's real one."""
    return uid("series", case.external_ref)


def first_slice(case: DemoCase) -> int:
    """Which of the scan's slices (from 0) is the first that `phantom_files` writes: a series is counted as it is."""
    return covered(phantom(case)).start


def on_phantom(value: Any, series: str, first: int) -> Any:
    """A copy of marks on a scan, or of what holds some, as they lie on the phantom that begins at slice `first`."""
    if isinstance(value, list):
        return [on_phantom(each, series, first) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: {"series": series, "slices": [place - first for place in each["slices"]]}
        if name == "on"
        else on_phantom(each, series, first)
        for name, each in value.items()
    }


def phantom(case: DemoCase) -> Phantom:
    """What is to be drawn for a case."""
    nodule, scan, outlined = record(case.external_ref)
    return Phantom(
        name=case.external_ref,
        scan=scan["series_uid"],
        patient=case.patient_key,
        pixel_mm=scan["pixel_spacing_mm"],
        slice_mm=scan["slice_spacing_mm"],
        thickness_mm=scan["slice_thickness_mm"],
        slices=scan["n_slices"],
        nodule=_nodule(nodule["reads"], outlined),
        contrast=scan["contrast"] is True,
    )


def real_files() -> list[Path]:
    """The installed real files of the second project; they must be installed, nothing is fetched."""
    return [Path(str(files(package) / name)) for package, named in REAL.items() for name in named]


def _nodule(reads: list[Json], outlined: Json | None) -> Nodule:
    rated = {key: middle([read["ratings"][place] for read in reads]) for place, key in enumerate(RATINGS)}
    marks = [_outlines(read) for read in outlined["reads"]] if outlined else [_box(read) for read in reads]
    return Nodule(
        tuple(marks),
        texture=rated["texture"],
        margin=rated["margin"],
        calcification=rated["calcification"],
        structure=rated["internalStructure"],
    )


def _outlines(read: Json) -> Mark:
    of: dict[bool, list[tuple[int, Outline]]] = {True: [], False: []}
    for one in read["contours"]:
        of[one["inclusion"]].append((one["k"], tuple((x, y) for x, y in one["xy"])))
    return Mark(outlines=tuple(of[True]), holes=tuple(of[False]))


def _box(read: Json) -> Mark:
    top, left, first, bottom, right, after = read["bbox"]
    return Mark(box=(top, left, first, bottom, right, after))
