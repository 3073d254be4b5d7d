"""The labels of a study as files that foreign readers read: what is in them, and what is not."""

import csv
import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pydicom
import pytest
from pycocotools.coco import COCO

from provenance.models import Export
from provenance.packing import pack_to
from tests.databases import ROOT, TestDatabases
from tests.imaging.out.validating import faults
from tests.people import Study
from tests.provenance.exports import exported
from tests.provenance.labelled import COLUMNS, ROWS, SECRET, labelled_study
from tests.sealed import a_sealer
from workflow.models import Case, Instance, Series

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("images_folder"),
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]
DRAWN = {(start + shift) + at for start in (30, 54, 78) for shift in (0, 1) for at in range(6)}


def members(path: Path) -> dict[str, bytes]:
    """Every file of an export by its path."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name.removeprefix("labels/"): archive.read(name) for name in archive.namelist()}


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def opened(data: bytes) -> Any:
    return pydicom.dcmread(io.BytesIO(data))


def test_a_study_goes_out_and_is_read_by_others(own_databases: TestDatabases, tmp_path: Path) -> None:
    chest = labelled_study(tmp_path)
    first, second = Case.objects.filter(project=chest.project).order_by("created_at")
    without = exported_with_a_case_without_images(chest, own_databases, tmp_path)
    found = members(tmp_path / "labels.zip")
    rows = table(found["index.csv"])
    assert {row["file"]: row["sha256"] for row in rows} == {
        name: hashlib.sha256(data).hexdigest()
        for name, data in found.items()
        if name not in ("about.json", "index.csv", "left_out.csv")
    }
    assert {row["case"] for row in rows if row["case"]} == {str(first.pk), str(second.pk)}
    assert table(found["left_out.csv"]) == [
        {
            "case": str(without.pk),
            "path": "",
            "version": "reference",
            "what": "case",
            "why": "The case has no images here.",
        }
    ]
    assert all(SECRET.encode() not in data for data in found.values())
    _check_reports(chest, found, first, second)
    _check_segmentations(found, first, second)
    _check_volumes(found, first)
    _check_coco(chest, found, first, tmp_path)


def exported_with_a_case_without_images(chest: Study, databases: TestDatabases, folder: Path) -> Case:
    """Label one more case, which never had images, and export all; packed again, the same bytes."""
    chest.register("bare")
    reads = {"quality": "good", "outline": _far("polygon"), "box": _far("box"), "axis": _far("length")}
    for name in ("anna", "bob"):
        labels = {"schema": "consilium/read/v1", "fields": reads, "findings": []}
        chest.submit(name, chest.claim(name), {"labels": labels})
    for name in ("jin", "jana"):
        chest.review(name)
    export = exported(chest, folder / "labels.zip", a_sealer(folder), databases, profile="labels")
    assert (export.state, export.fault, export.formats) == (
        "written",
        "",
        ["coco", "nifti", "reads", "seg", "sr"],
    )
    assert pack_to(export.pk, folder / "again.zip")
    assert (folder / "again.zip").read_bytes() == (folder / "labels.zip").read_bytes()
    return chest.case("bare")


def _far(kind: str) -> dict[str, Any]:
    on: dict[str, Any] = {"series": "1.2.3", "slices": [0, 0]}
    shapes: dict[str, dict[str, Any]] = {
        "polygon": {"points": [[0, 0], [9000, 0], [0, 9000]]},
        "box": {"min": [0, 0], "max": [9000, 9000]},
        "length": {"from": [0, 0], "to": [9000, 9000]},
    }
    return {"kind": kind, "on": on, **shapes[kind]}


def _check_reports(chest: Study, found: dict[str, bytes], first: Case, second: Case) -> None:
    agreed, decided = opened(found[f"sr/{first.pk}.dcm"]), opened(found[f"sr/{second.pk}.dcm"])
    assert (agreed.VerificationFlag, decided.VerificationFlag) == ("UNVERIFIED", "VERIFIED")
    senior = chest.members["sana"].actor_id
    assert str(decided.VerifyingObserverSequence[0].VerifyingObserverName) == f"{senior}^"
    images = set(Instance.objects.filter(project=chest.project).values_list("uid", flat=True))
    for read in (agreed, decided):
        assert read.StudyInstanceUID in {s.study.uid for s in Series.objects.select_related("study")}
        cited = {
            one.ReferencedSOPInstanceUID
            for study in read.CurrentRequestedProcedureEvidenceSequence
            for series in study.ReferencedSeriesSequence
            for one in series.ReferencedSOPSequence
            if one.ReferencedSOPClassUID != "1.2.840.10008.5.1.4.1.1.66.4"
        }
        assert cited <= images
        assert "RID38780" in str(read)


def _check_segmentations(found: dict[str, bytes], first: Case, second: Case) -> None:
    reference = opened(found[f"seg/{first.pk}/04-findings-f1.dcm"])
    share = opened(found[f"seg/{first.pk}/04-findings-f1-share.dcm"])
    assert {int(at) for frame in reference.pixel_array for at in np.flatnonzero(frame)} == DRAWN
    assert share.MaximumFractionalValue == 2
    alone = {start + 6 for start in (30, 54, 78)} | {30, 54, 78}
    assert {int(at) for frame in share.pixel_array for at in np.flatnonzero(frame == 1)} == alone
    frames = opened(found[f"seg/{second.pk}/01-fields-outline.dcm"])
    assert (
        frames.pixel_array.sum() == opened(found[f"seg/{first.pk}/01-fields-outline.dcm"]).pixel_array.sum()
    )


def _check_volumes(found: dict[str, bytes], first: Case) -> None:
    data = gzip.decompress(found[f"nifti/{first.pk}/04-findings-f1-share.nii.gz"])
    read: Any = nibabel.Nifti1Image.from_bytes(data)  # type: ignore[attr-defined]
    assert read.shape == (COLUMNS, ROWS, 4)
    assert sorted(np.unique(read.get_fdata()).tolist()) == [0.0, 0.5, 1.0]
    readers = [name for name in found if name.startswith(f"nifti/{first.pk}/reads/")]
    assert len(readers) == 4


def _check_coco(chest: Study, found: dict[str, bytes], first: Case, folder: Path) -> None:
    anna = chest.members["anna"].actor_id
    sets = {name for name in found if name.startswith("coco/")}
    assert {"coco/reference.json", f"coco/readers/{anna}.json", f"coco/readers/{anna}-earlier.json"} <= sets
    told = json.loads(found["coco/reference.json"])
    (quality,) = [one["soft"]["quality"] for one in told["cases"] if one["case"] != str(first.pk)]
    assert quality == {"of": 3, "shares": dict.fromkeys(("bad", "good", "poor"), 0.333333)}
    (folder / "c.json").write_bytes(found["coco/reference.json"])
    read = COCO(str(folder / "c.json"))
    lesion = read.getCatIds(catNms=["lesion"])
    here = [one["id"] for one in told["images"] if one["case"] == str(first.pk)]
    marks = read.loadAnns(read.getAnnIds(imgIds=here, catIds=lesion))
    assert [set(np.flatnonzero(read.annToMask(one)).tolist()) for one in marks] == [DRAWN, DRAWN]
    assert {one["numbers"]["diameter"]["value"] for one in marks} == {"12.5"}


def test_every_dicom_file_of_an_export_is_valid(own_databases: TestDatabases, tmp_path: Path) -> None:
    chest = labelled_study(tmp_path)
    more = {"profile": "labels", "formats": ["sr", "seg", "reads"]}
    exported(chest, tmp_path / "labels", a_sealer(tmp_path), own_databases, **more)
    files = sorted((tmp_path / "labels").rglob("*.dcm"))
    reports = [file for file in files if "sr" in file.parts]
    assert (len(files), len(reports)) == (28, 8)
    assert len({pydicom.dcmread(file).SOPInstanceUID for file in files}) == len(files)
    assert not [fault for file in files for fault in faults(file)]
    assert not list((tmp_path / "labels").rglob("*.gz"))
    assert Export.objects.get().formats == ["reads", "seg", "sr"]


def test_no_web_process_loads_what_reads_or_writes_dicom_when_it_starts() -> None:
    program = (
        "import django, sys; django.setup(); import config.urls, provenance.packing;"
        " print(sorted({'highdicom', 'nibabel', 'pydicom', 'PIL', 'jpeg_ls'} & set(sys.modules)))"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
