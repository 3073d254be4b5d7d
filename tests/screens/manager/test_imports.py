"""The manager's pages of imports: opened, looked at file by file, sent off, withdrawn."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.imported import at_gate, opened
from tests.people import Study, study
from tests.screens.desk import Desk
from workflow.models import ImportBatch, ImportFile, ImportRow

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("images_folder")]
IMPORTS = "/projects/chest/imports/"
REASON = {"reason_code": "wrong_files", "note": ""}


@pytest.fixture
def chest() -> Study:
    return study()


def manifest(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("SMITH^JOHN.csv", text.encode())


def test_an_import_begins_with_how_cases_come_to_be(chest: Study) -> None:
    maria = Desk("maria")
    assert "Say into which split" in maria.post(f"{IMPORTS}new/", 422, unit="study")
    page = maria.follow(f"{IMPORTS}new/", unit="study", split="train")
    assert "Send the files" in page
    assert "File names stay on this computer" in page
    assert "manage.py import_study chest" in page
    assert "being sent" in maria.get(IMPORTS)


def test_faults_of_a_manifest_are_told_by_their_lines(chest: Study) -> None:
    wrong = "external_ref,study,split\na,1.2,train\na,1.3,nowhere\n"
    told = Desk("maria").post(f"{IMPORTS}new/", 422, unit="study", split="", manifest=manifest(wrong))
    assert "Line 3: The split is train, tune or test." in told
    many = "external_ref,study,split\n" + "".join(f"c{n},1.{n},nowhere\n" for n in range(50))
    assert "And 30 more faults." in Desk("maria").post(
        f"{IMPORTS}new/", 422, unit="study", split="", manifest=manifest(many)
    )
    assert "not UTF-8" in Desk("maria").post(
        f"{IMPORTS}new/", 422, unit="study", split="train", manifest=SimpleUploadedFile("x.csv", b"\xff\xfe")
    )
    assert not ImportBatch.objects.exists()


def test_a_manifest_that_fits_is_kept_without_its_name(chest: Study) -> None:
    right = "external_ref,study,split\na,1.2,train\nb,1.3,test\n"
    page = Desk("maria").follow(f"{IMPORTS}new/", unit="study", split="", manifest=manifest(right))
    assert "the manifest is here" in page
    assert "SMITH" not in page
    assert ImportRow.objects.count() == 2


def test_files_are_listed_by_state_and_as_csv(chest: Study) -> None:
    batch, maria = opened(chest, *(b"x" for _ in range(201))), Desk("maria")
    batch.files.filter(number=7).update(state="refused", code="not_dicom", sentence="This is no DICOM file.")
    files = f"{IMPORTS}{batch.pk}/files/"
    page = maria.get(files)
    assert "refused 1" in page
    assert any("after=200.0" in link for link in maria.links(files))
    assert " 201 " in maria.get(files, after="200.0")
    refused = maria.get(files, state="refused")
    assert "This is no DICOM file." in refused
    lines = maria.download(files, format="csv", state="refused").splitlines()
    assert lines == [
        "number,member,bytes,received,state,code,sentence",
        "7,0,1,1,refused,not_dicom,This is no DICOM file.",
    ]
    maria.get(files, 422, after="x")


def test_an_import_is_sent_off_once(chest: Study) -> None:
    batch, maria = opened(chest, b"no image"), Desk("maria")
    other = opened(chest)
    assert "No file is here yet." in maria.post(f"{IMPORTS}{other.pk}/submit/", 422)
    maria.post(f"{IMPORTS}{batch.pk}/submit/")
    ImportBatch.objects.filter(pk=batch.pk).exclude(state="receiving").get()
    assert "takes no more files" in maria.post(f"{IMPORTS}{batch.pk}/submit/", 409)  # from a stale tab


def test_what_became_of_an_import_is_told_with_ways_to_look(chest: Study) -> None:
    case = at_gate(chest)
    batch = ImportBatch.objects.get()
    ImportFile.objects.create(batch=batch, number=1, size=1, received=1, state="refused", code="not_dicom")
    faults = [{"path": "", "code": "no_images", "message": "It names no study or series that came."}]
    ImportRow.objects.create(batch=batch, number=2, external_ref="scan-2", result="refused", faults=faults)
    ImportBatch.objects.filter(pk=batch.pk).update(state="waiting")
    page = Desk("maria").get(f"{IMPORTS}{batch.pk}/")
    for words in ("New cases 1", "Files refused 1", "Cases refused 1", "At the gate 1", "It names no study"):
        assert words in page, words
    links = Desk("maria").links(f"{IMPORTS}{batch.pk}/")
    assert f"/projects/chest/cases/{case.pk}/" in links
    assert f"{IMPORTS}{batch.pk}/files/?state=refused" in links


def test_withdrawing_says_first_what_it_will_do(chest: Study) -> None:
    case, maria = at_gate(chest), Desk("maria")
    batch = ImportBatch.objects.get()
    page = f"{IMPORTS}{batch.pk}/withdraw/"
    assert "1 case is excluded , and 3 images are deleted for good" in maria.get(page).replace(
        "excluded,", "excluded ,"
    )
    maria.post(page, 422, reason_code="")
    assert "is withdrawn" in maria.follow(page, **REASON)
    assert chest.case(case.external_ref).state == "excluded"
    assert "withdrawn already" in maria.post(page, 422, **REASON)  # from a stale tab


def test_an_import_of_another_project_is_not_found(chest: Study) -> None:
    batch = opened(chest)
    study(slug="knee")
    for place in ("", "files/", "withdraw/"):
        Desk("maria").get(f"/projects/knee/imports/{batch.pk}/{place}", 404)


def test_the_list_asks_the_same_however_long_it_is(chest: Study, django_assert_max_num_queries: Any) -> None:
    maria = Desk("maria")
    opened(chest, b"a")
    maria.get(IMPORTS)
    with django_assert_max_num_queries(30) as asked:
        maria.get(IMPORTS)
    for _ in range(3):
        opened(chest, b"a")
    with django_assert_max_num_queries(len(asked)):
        maria.get(IMPORTS)
