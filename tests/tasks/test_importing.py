"""Imports end to end: what comes of files, which cases they become, what waits at the gate, what is withdrawn."""

from pathlib import Path

import pydicom
import pytest
from django.db import connection

from audit.log import Reason
from tasks.cases import register
from tasks.importing.letting_in import let_in
from tasks.importing.processing import take_in
from tasks.importing.queries import files_of, progress_of, rows_of
from tasks.importing.withdrawing import withdraw_import
from tasks.settings import change_settings
from tests.breaking import forbidden, refused, sql
from tests.images import asking_little, imported, received_import, shipped
from tests.people import Study, study
from workflow.errors import AlreadyDone, ImportStays, InvalidInput
from workflow.images.places import incoming, stored, thumbnail
from workflow.images.vault import identity_behind
from workflow.intake import NewCase
from workflow.models import Case, GateFinding, ImportBatch, Instance, Series

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("images_folder")]
CT, MR = "CT_small.dcm", "MR_small.dcm"


@pytest.fixture
def chest() -> Study:
    """A study whose gate asks nothing, so that single slices may pass."""
    return asking_little(study())


def test_each_study_becomes_a_case_that_begins(chest: Study) -> None:
    batch = imported(chest, *shipped(CT, MR))
    assert progress_of(batch).files == {"accepted": 2}
    cases = Case.objects.filter(project=chest.project)
    assert {case.state for case in cases} == {"annotation"}
    assert [case.external_ref.startswith("study-") for case in cases] == [True, True]
    assert {case.strata["modality"] for case in cases} == {"CT", "MR"}
    assert batch.state == "done"
    assert not incoming(batch.pk).exists()


def test_stored_files_are_those_that_the_log_cites(chest: Study) -> None:
    imported(chest, *shipped(CT))
    instance = Instance.objects.get()
    path = stored(chest.project.pk, instance.pk)
    assert path.stat().st_size == instance.size
    assert thumbnail(chest.project.pk, instance.pk).exists()
    kept, came = pydicom.dcmread(path), pydicom.dcmread(shipped(CT)[0])
    assert (kept.pixel_array == came.pixel_array).all()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.data FROM audit_event e JOIN audit_content c ON c.digest = e.after_digest"
            " WHERE e.action = 'case.study_attached'"
        )
        (manifest,) = cursor.fetchone()
    assert '"digest": "' + instance.digest in str(manifest).replace("'", '"')


def test_the_same_file_again_is_a_duplicate(chest: Study) -> None:
    imported(chest, *shipped(CT))
    again = imported(chest, *shipped(CT))
    assert progress_of(again).files == {"duplicate": 1}
    assert Case.objects.count() == Instance.objects.count() == 1


def test_what_is_a_case_already_gets_no_more_images_but_its_study_may_have_another_series(
    chest: Study, tmp_path: Path
) -> None:
    imported(chest, *shipped(CT))
    more = pydicom.dcmread(shipped(CT)[0])
    more.SOPInstanceUID = more.file_meta.MediaStorageSOPInstanceUID = "1.2.840.7"
    more.save_as(tmp_path / "more.dcm")
    other = pydicom.dcmread(tmp_path / "more.dcm")
    other.SeriesInstanceUID = "1.2.840.8"
    other.SOPInstanceUID = other.file_meta.MediaStorageSOPInstanceUID = "1.2.840.9"
    other.save_as(tmp_path / "other.dcm")
    both = (tmp_path / "more.dcm", tmp_path / "other.dcm")
    refused_again = imported(chest, *both)
    assert {file.code for file in files_of(refused_again)} == {"is_a_case_already"}
    by_series = imported(chest, *both, unit="series")
    assert [file.state for file in files_of(by_series)] == ["refused", "accepted"]
    assert [row.result for row in rows_of(by_series)] == ["registered"]


def test_a_file_that_is_no_image_is_refused_beside_its_neighbours(chest: Study, tmp_path: Path) -> None:
    wrong = tmp_path / "Doe^John.dcm"
    wrong.write_bytes(b"This is no image of Doe^John." * 20)
    batch = imported(chest, wrong, *shipped(CT))
    states = [(file.number, file.state, file.code) for file in files_of(batch)]
    assert states == [(1, "refused", "not_dicom"), (2, "accepted", "")]


def test_the_vault_knows_who_a_pseudonym_is_and_nobody_else_does(chest: Study) -> None:
    imported(chest, *shipped(CT))
    case = Case.objects.get()
    came = pydicom.dcmread(shipped(CT)[0])
    told = identity_behind(chest.project.pk, "patient", case.patient_key)
    assert told is not None
    assert told["patient_id"] == str(came.PatientID)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM vault.identity")
        assert not any(str(came.PatientID).encode() in bytes(row[0]) for row in cursor.fetchall())


def test_a_case_that_fails_the_gate_waits_until_its_manager_lets_it_in() -> None:
    chest = study()
    changes = {"gate": {"modalities": ["MR"], "tags_present": False, "noise": None, "blur": None}}
    chest.project = change_settings(acting=chest.acting("maria"), project=chest.project, changes=changes)
    imported(chest, *shipped(CT))
    case = Case.objects.get()
    assert case.state == "intake"
    assert "wrong_modality" in set(GateFinding.objects.values_list("code", flat=True))
    let_in(acting=chest.acting("maria"), case_id=case.pk, reason=Reason("pilot", "To try."))
    assert Case.objects.get().state == "annotation"
    with pytest.raises(AlreadyDone):
        let_in(acting=chest.acting("maria"), case_id=case.pk, reason=Reason("pilot"))


def test_the_database_keeps_a_case_at_the_gate() -> None:
    chest = study()
    changes = {"gate": {"modalities": ["MR"]}}
    chest.project = change_settings(acting=chest.acting("maria"), project=chest.project, changes=changes)
    imported(chest, *shipped(CT))
    with refused("case_waits_at_the_gate"):
        sql("UPDATE workflow_case SET state = 'annotation', round = 1")
    with refused("gate_findings_are_decided_once"):
        sql("UPDATE workflow_gatefinding SET sentence = 'Fine.'")
    with refused("decision_has_its_event"):
        sql("UPDATE workflow_gatefinding SET decided_event_id = found_event_id")
        sql("SET CONSTRAINTS ALL IMMEDIATE")
    with forbidden():
        sql("DELETE FROM workflow_gatefinding")
    with forbidden():
        sql("UPDATE workflow_instance SET digest = 'sha256:0'")
    with refused("images_are_written_once"):
        sql("DELETE FROM workflow_instance")
    with refused("imports_go_forward"):
        sql("UPDATE workflow_importbatch SET state = 'receiving'")


def test_a_manifest_names_the_case_and_what_images_do_not_say(chest: Study) -> None:
    ct, mr = (pydicom.dcmread(path) for path in shipped(CT, MR))
    manifest = (
        "external_ref,patient_key,split,study,priors,clinical_text,site,truth\n"
        f"case-7,P7,test,{ct.StudyInstanceUID},,Cough for weeks.,north,Adenocarcinoma at biopsy.\n"
    )
    batch = imported(chest, *shipped(CT, MR), manifest=manifest, split="")
    (row,) = rows_of(batch)
    assert (row.result, row.faults) == ("registered", [])
    case = Case.objects.get(external_ref="case-7")
    assert (case.patient_key, case.split, case.strata["site"]) == ("P7", "test", "north")
    assert case.shown["clinical_text"] == "Cough for weeks."
    (series,) = Series.objects.filter(cases__case=case)
    assert case.shown["spacing"] == [{"series": series.uid, "x": "0.661468", "y": "0.661468"}]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM vault.truth WHERE case_id = %s", [case.pk])
        assert cursor.fetchone() == (1,)
        cursor.execute(
            "SELECT count(*) FROM audit_content WHERE position('biopsy' in encode(body, 'escape')) > 0"
        )
        assert cursor.fetchone() == (0,)
    assert mr.StudyInstanceUID  # came, and no row wants it: it stays without a case
    assert Case.objects.count() == 1


def test_a_patient_is_in_one_split_whatever_key_a_manifest_gives(chest: Study) -> None:
    imported(chest, *shipped(CT))
    uid = pydicom.dcmread(shipped(CT)[0]).StudyInstanceUID
    manifest = f"external_ref,patient_key,split,study\nother,OTHER,test,{uid}\n"
    again = imported(chest, *shipped(CT), manifest=manifest, split="")
    (row,) = rows_of(again)
    assert [one["code"] for one in row.faults] == ["patient_in_other_split"]


def test_the_database_keeps_a_patient_in_one_split(chest: Study) -> None:
    imported(chest, *shipped(CT))
    other = NewCase("elsewhere", "patient-of-another-key", "test", {})
    register(acting=chest.acting("maria"), project=chest.project, cases=[other])
    with refused("patient_is_in_one_split"):
        sql(
            "INSERT INTO workflow_caseimage (case_id, batch_id, series_id, role, position, event_id)"
            " SELECT c.id, i.batch_id, i.series_id, 'current', 1, i.event_id"
            " FROM workflow_case c, workflow_caseimage i WHERE c.external_ref = 'elsewhere'"
        )


def test_what_looks_the_same_is_not_let_into_another_split(chest: Study, tmp_path: Path) -> None:
    imported(chest, *shipped(CT))
    other = pydicom.dcmread(shipped(CT)[0])
    other.PatientID, other.StudyInstanceUID = "SOMEBODY", pydicom.uid.generate_uid(entropy_srcs=["a"])
    other.SeriesInstanceUID = pydicom.uid.generate_uid(entropy_srcs=["b"])
    other.SOPInstanceUID = other.file_meta.MediaStorageSOPInstanceUID = pydicom.uid.generate_uid(
        entropy_srcs=["c"]
    )
    other.save_as(tmp_path / "other.dcm")
    batch = imported(chest, tmp_path / "other.dcm", split="test")
    (row,) = rows_of(batch)
    assert [one["code"] for one in row.faults] == ["near_duplicate"]


def test_an_import_is_withdrawn_as_one_until_somebody_claims_a_case(chest: Study) -> None:
    batch = imported(chest, *shipped(CT, MR))
    withdraw_import(acting=chest.acting("maria"), batch=batch, reason=Reason("wrong_files", "By mistake."))
    assert set(Case.objects.values_list("state", flat=True)) == {"excluded"}
    assert not Instance.objects.exists()
    again = imported(chest, *shipped(MR))
    assert [row.result for row in rows_of(again)] == ["registered"]
    chest.claim("anna")
    with pytest.raises(ImportStays):
        withdraw_import(acting=chest.acting("maria"), batch=again, reason=Reason("wrong_files"))


def test_who_is_interrupted_goes_on_and_nothing_is_taken_in_twice(chest: Study) -> None:
    batch = received_import(chest, shipped(CT, MR))
    stops = iter([True])

    def stop(what: str, done: int, of: int) -> None:
        if what == "files" and next(stops, False):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_in(batch.pk, stop)
    assert progress_of(batch).done == 1
    assert take_in(batch.pk)
    assert not take_in(batch.pk)
    assert progress_of(batch).files == {"accepted": 2}
    assert Instance.objects.count() == Case.objects.count() == 2


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ("study\n1.2\n", "external_ref"),
        ("external_ref,study\ncase,\n", "Line 2: Name the study"),
        ("external_ref,study,split\ncase,1.2,best\n", "Line 2: The split is"),
        ("external_ref,study\na,1.2\na,1.3\n", "Line 3 names its case again"),
        ("external_ref,study,gold\na,1.2,yes\n", "Line 2: Give the known labels"),
    ],
)
def test_a_wrong_manifest_is_refused_with_its_line(chest: Study, manifest: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        received_import(chest, [], manifest=manifest)
    assert said in " ".join(one["message"] for one in refusal.value.extra["faults"])
    assert not ImportBatch.objects.exists()
