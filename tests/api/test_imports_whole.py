"""A study from the first byte to its case, over the API alone; no name of its patient or files comes back."""

import pytest

from tests.api.client import As, told
from tests.api.test_imports import IMPORTS, put
from tests.images import shipped
from tests.people import Study, study
from workflow.images.places import stored
from workflow.models import Case, Instance

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("images_folder")]


@pytest.fixture
def chest() -> Study:
    return study()


def test_files_become_cases_and_one_bad_file_loses_no_neighbour(chest: Study) -> None:
    maria, contents = As("maria"), [path.read_bytes() for path in shipped("CT_small.dcm", "MR_small.dcm")]
    contents.append(b"This is no image at all.")
    here = f"{IMPORTS}/{maria.post(IMPORTS, {'split': 'train'}, 201)['id']}"
    maria.post(f"{here}/files", {"sizes": [len(one) for one in contents]}, 201)
    for number, content in enumerate(contents, 1):
        half = len(content) // 2
        told(put(maria, f"{here}/files/{number}", content[:half]), 200)
        told(put(maria, f"{here}/files/{number}", content[half:], half), 200)
    assert maria.post(f"{here}/submit", None, 202)["state"] in ("waiting", "done")
    done = maria.get(here)
    assert (done["state"], done["files"]["accepted"], done["files"]["refused"]) == ("done", 2, 1)
    assert done["cases"]["registered"] == 2
    (refused,) = maria.get(f"{here}/files", state="refused")["results"]
    assert (refused["number"], refused["code"]) == (3, "not_dicom")
    rows = maria.get(f"{here}/cases")["results"]
    for row in rows:
        shown = maria.get(f"/cases/{row['case']}")
        assert [one["instances"] for one in shown["images"]] == [1]
        assert "CompressedSamples" not in str(shown)  # the patient's name in pydicom's files
    assert "CompressedSamples" not in str([done, rows, maria.get(f"{here}/files")])


def test_a_withdrawn_study_leaves_no_file_behind_and_can_come_again(chest: Study) -> None:
    maria, content = As("maria"), shipped("CT_small.dcm")[0].read_bytes()

    def brought() -> str:
        here = f"{IMPORTS}/{maria.post(IMPORTS, {'split': 'train'}, 201)['id']}"
        maria.post(f"{here}/files", {"sizes": [len(content)]}, 201)
        told(put(maria, f"{here}/files/1", content), 200)
        maria.post(f"{here}/submit", None, 202)
        return here

    here = brought()
    path = stored(chest.project.pk, Instance.objects.get().pk)
    assert path.exists()
    maria.post(f"{here}/withdraw", {"reason_code": "wrong_files"})
    assert not path.exists()
    assert Case.objects.get().state == "excluded"
    again = maria.get(brought())
    assert again["files"]["accepted"] == 1


def test_once_a_case_is_claimed_its_import_stays(chest: Study) -> None:
    maria, content = As("maria"), shipped("CT_small.dcm")[0].read_bytes()
    here = f"{IMPORTS}/{maria.post(IMPORTS, {'split': 'train'}, 201)['id']}"
    maria.post(f"{here}/files", {"sizes": [len(content)]}, 201)
    told(put(maria, f"{here}/files/1", content), 200)
    maria.post(f"{here}/submit", None, 202)
    case = Case.objects.get()
    if case.state == "intake":
        maria.post(f"/cases/{case.pk}/let-in", {"reason_code": "good_enough"})
    chest.claim("anna")
    refused = maria.post(f"{here}/withdraw", {"reason_code": "wrong_files"}, 409)
    assert refused["code"] == "import_stays"
