"""A reader sees the images of the task in their hands, under names of their own, and learns nothing else."""

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pydicom
import pytest
from django.utils import timezone

from imaging.deid.marks import IMPLEMENTATION
from tasks.models import Task
from tests.api.dicomweb.scans import (
    Viewer,
    address_of,
    body,
    json_of,
    reader,
    scanned,
    staff,
    stored_file,
    value,
)
from tests.people import Study, labels
from workflow.images.shown import uids_of
from workflow.members import change_roles
from workflow.models import Instance, Part

pytestmark = pytest.mark.django_db(transaction=True)
OURS = re.compile(rb"2\.25\.[0-9]+")


def everything(viewer: Viewer) -> dict[str, Any]:
    """Every kind of answer about the first image that somebody sees, by its path."""
    [image] = viewer.json("/instances?includefield=all")
    study, series, instance = (address_of(image, depth) for depth in (1, 2, 3))
    paths = ["/studies?includefield=all", "/series?includefield=all", "/instances?includefield=all"]
    paths += [
        f"{at}{end}"
        for at in (study, series, instance)
        for end in ("", "/metadata", "/rendered", "/thumbnail")
    ]
    paths += [
        f"{study}/series",
        f"{series}/instances",
        f"{instance}/frames/1",
        f"{instance}/bulkdata/7FE00010",
    ]
    return {path: viewer.get(path) for path in paths}


def told(answer: Any) -> bytes:
    """All that an answer says: its head and its body."""
    return repr(sorted(answer.headers.items())).encode() + body(answer)


def secrets(chest: Study) -> list[bytes]:
    """What names the case, its patient and its images to others."""
    instance = Instance.objects.select_related("series__study").get()
    series = instance.series
    case = chest.project.cases.get(source_case=None)
    dataset = pydicom.dcmread(io.BytesIO(stored_bytes(instance)), stop_before_pixels=True)
    named = {case.external_ref, case.patient_key, series.study.patient, str(dataset.PatientID)}
    uids = {
        element.value
        for element in dataset.iterall()
        if element.VR == "UI" and element.value.startswith("2.25.")
    }
    named |= uids | {
        series.study.uid,
        series.uid,
        instance.uid,
        str(instance.pk),
        instance.digest[7:],
        str(case.pk),
    }
    return [one.encode() for one in named]


def stored_bytes(instance: Instance) -> bytes:
    return stored_file(instance).read_bytes()


def test_a_reader_is_never_told_what_others_know_the_images_by(images_folder: Path) -> None:
    chest = scanned("CT_small.dcm")
    chest.project.cases.get()  # one case, which the gate let in
    anna, maria = reader(chest, "anna"), staff()
    number = Part.objects.get().case_number
    hidden = secrets(chest)
    known = Instance.objects.get().series.study.uid.encode()
    assert known in told(maria.get("/studies"))  # the staff is told
    for path, answer in everything(anna).items():
        whole = told(answer)
        assert [one for one in hidden if one in whole] == [], path
    [image] = anna.json("/instances?includefield=all")
    assert (value(image, "PatientID"), value(image, "PatientName")) == (number, {"Alphabetic": number})
    assert (value(image, "AccessionNumber"), value(image, "StudyID")) == (None, None)
    as_file = pydicom.dcmread(io.BytesIO(body(anna.get(address_of(image), accept="application/dicom"))))
    assert (
        as_file.file_meta.MediaStorageSOPInstanceUID
        == as_file.SOPInstanceUID
        == value(image, "SOPInstanceUID")
    )
    assert (as_file.PatientID, as_file.PatientName, as_file.StudyID) == (number, number, "")


def test_nested_references_are_shown_under_the_readers_own_uids_too(images_folder: Path) -> None:
    chest = scanned("liver.dcm")
    anna = reader(chest, "anna")
    [image] = anna.json("/instances")
    task, member = Task.objects.get(status="leased"), chest.members["anna"]
    uids = uids_of(task.case_id, task.round, member.pk)
    stored = set(
        OURS.findall(
            b"".join(sorted(_all_uids(pydicom.dcmread(io.BytesIO(stored_bytes(Instance.objects.get()))))))
        )
    )
    shown = set(OURS.findall(told(anna.get(f"{address_of(image)}/metadata"))))
    assert len(stored) > 4
    assert not stored & shown
    assert {uids.shown(one.decode()).encode() for one in stored - {b"2.25.0"}} <= shown


def _all_uids(dataset: pydicom.Dataset) -> set[bytes]:
    return {f"{element.value} ".encode() for element in dataset.iterall() if element.VR == "UI"}


def test_two_readers_of_a_case_can_not_tell_that_they_see_the_same(images_folder: Path) -> None:
    chest = scanned("MR_small.dcm")
    seen = []
    for name in ("anna", "bob"):
        answers = everything(reader(chest, name))
        marks = {answer["ETag"] for answer in answers.values() if "ETag" in answer}
        uids = {uid for path, answer in answers.items() for uid in OURS.findall(path.encode() + told(answer))}
        assert len(marks) > 4
        assert len(uids) > 2
        seen.append((marks, uids - {IMPLEMENTATION.encode()}))
    (marks, uids), (other_marks, other_uids) = seen
    assert not marks & other_marks
    assert not uids & other_uids


def test_nobody_else_comes_through_a_readers_door(images_folder: Path) -> None:
    chest = scanned("CT_small.dcm")
    anna = reader(chest, "anna")
    [image] = anna.json("/instances")
    paths = ["/studies", "/instances", address_of(image), f"{address_of(image)}/frames/1"]
    for name, status in (("bob", 404), ("otto", 404), ("jin", 404), ("maria", 403), ("aud", 403)):
        for path in paths:
            assert Viewer(name, anna.root).get(path, status)["Content-Type"] == "application/problem+json"
    for name, status in (("anna", 403), ("otto", 404)):
        Viewer(name, "dicomweb/projects/chest").get("/studies", status)
    # What another was shown opens nothing, and neither do stored names.
    bob = reader(chest, "bob")
    instance = Instance.objects.select_related("series__study").get()
    stored = f"/studies/{instance.series.study.uid}/series/{instance.series.uid}/instances/{instance.uid}"
    for path in (address_of(image), stored):
        assert json_of(bob.get(path, 404))["code"] == "not_found"
        assert json_of(bob.get(f"{path}/frames/1", 404))["code"] == "not_found"


def test_what_is_out_of_a_readers_hands_is_shown_no_more(images_folder: Path) -> None:
    chest = scanned("CT_small.dcm")
    anna = reader(chest, "anna")
    [image] = anna.json("/instances")
    frame = f"{address_of(image)}/frames/1"
    union = Viewer("anna", "dicomweb")
    assert len(union.json("/studies")) == 1
    union.get(frame)
    task = Task.objects.filter(status="leased")
    until = task.get().lease_until
    task.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert json_of(anna.get(frame, 409))["code"] == "lease_lost"
    union.get(frame, 404)
    union.get("/studies", 204)
    task.update(lease_until=until)
    anna.get(frame)
    held = task.get()
    chest.submit("anna", held, {"labels": labels()})
    assert json_of(anna.get(frame, 409))["code"] == "task_finished"


def test_the_staff_sees_no_case_in_which_they_play_a_part(images_folder: Path) -> None:
    chest = scanned("CT_small.dcm", "MR_small.dcm")
    mehmet = staff("mehmet")
    assert len(mehmet.json("/studies")) == 2
    chest.members["mehmet"] = change_roles(
        acting=chest.acting("maria"), member=chest.members["mehmet"], roles=["annotator", "manager"]
    )
    task = chest.claim("mehmet")
    [other] = mehmet.json("/studies")
    shown = Instance.objects.get(series__cases__case=task.case_id).series.study.uid
    assert value(other, "StudyInstanceUID") != shown
    mehmet.get(f"/studies/{shown}", 404)
    # Through all their doors they see both, and what they read themselves as a reader does.
    studies = Viewer("mehmet", "dicomweb").json("/studies")
    assert len(studies) == 2
    assert shown not in {value(study, "StudyInstanceUID") for study in studies}


def test_an_auditor_sees_no_images_that_wait_at_the_gate(images_folder: Path) -> None:
    scanned("CT_small.dcm", "SC_rgb.dcm")
    assert {value(row, "Modality") for row in staff("maria").json("/series")} == {"CT", "OT"}
    assert {value(row, "Modality") for row in staff("aud").json("/series")} == {"CT"}
