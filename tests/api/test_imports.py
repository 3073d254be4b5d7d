"""Imports over the API: opened, sent in pieces that go on where the line broke, submitted, watched, withdrawn."""

from io import BytesIO
from typing import Any

import pytest
from django.conf import settings as known
from django.http import HttpResponse

from tests.api.client import API, As, key, told
from tests.imported import opened, scanned
from tests.people import Study, study
from workflow.images.places import received
from workflow.images.receiving import LARGEST_PIECE
from workflow.models import ImportBatch, ImportFile

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("images_folder")]
IMPORTS = "/projects/chest/imports"
REASON = {"reason_code": "wrong_patients", "note": "They were of another project."}


@pytest.fixture
def chest() -> Study:
    return study()


def put(
    who: As, path: str, piece: bytes, offset: Any = 0, kind: str = "application/octet-stream"
) -> HttpResponse:
    headers = {**who.headers} if offset is None else {**who.headers, "Upload-Offset": str(offset)}
    return who.http.put(API + path, piece, kind, headers=headers)


def test_files_are_announced_sent_submitted_and_watched(chest: Study) -> None:
    maria = As("maria")
    made = maria.post(IMPORTS, {"split": "train"}, 201)
    assert (made["state"], made["unit"], made["requested_by"]) == (
        "receiving",
        "study",
        chest.members["maria"].actor_id,
    )
    here = f"{IMPORTS}/{made['id']}"
    files = maria.post(f"{here}/files", {"sizes": [5, 3]}, 201)["files"]
    assert [(one["number"], one["size"], one["state"]) for one in files] == [
        (1, 5, "receiving"),
        (2, 3, "receiving"),
    ]
    assert told(put(maria, f"{here}/files/1", b"abc"), 200)["received"] == 3
    assert maria.post(f"{here}/submit", None, 422)["faults"][0]["code"] == "not_received"
    assert told(put(maria, f"{here}/files/1", b"de", 3), 200)["state"] == "received"
    assert told(put(maria, f"{here}/files/2", b"xyz"), 200)["state"] == "received"
    seen = maria.get(here)
    assert (seen["received"], seen["announced"], seen["files"]["received"]) == (8, 8, 2)
    assert received(ImportBatch.objects.get().pk, 1).read_bytes() == b"abcde"
    assert maria.get(IMPORTS)["results"] == [seen]


def test_a_broken_line_goes_on_where_it_broke(chest: Study) -> None:
    maria, here = As("maria"), f"{IMPORTS}/{opened(chest).pk}"
    maria.post(f"{here}/files", {"sizes": [6]}, 201)
    put(maria, f"{here}/files/1", b"abc")
    refused = told(put(maria, f"{here}/files/1", b"abc"), 409)  # the answer never came, so it is sent again
    assert (refused["code"], refused["received"]) == ("wrong_offset", 3)
    assert maria.get(f"{here}/files/1")["received"] == 3
    assert told(put(maria, f"{here}/files/1", b"def", 3), 200)["state"] == "received"
    again = told(put(maria, f"{here}/files/1", b"def", 3), 409)
    assert (again["code"], again["received"]) == ("already_done", 6)


def test_a_line_that_breaks_within_a_piece_keeps_what_came(chest: Study) -> None:
    maria, here = As("maria"), f"{IMPORTS}/{opened(chest).pk}"
    maria.post(f"{here}/files", {"sizes": [6]}, 201)
    headers = {**maria.headers, "Upload-Offset": "0"}
    line: dict[str, Any] = {"CONTENT_LENGTH": "6", "wsgi.input": BytesIO(b"abc")}
    cut = maria.http.put(f"{API}{here}/files/1", b"abc", "application/octet-stream", headers=headers, **line)
    assert told(cut, 200)["received"] == 3


@pytest.mark.parametrize(
    ("piece", "offset", "kind", "status", "code"),
    [
        (b"abc", None, "application/octet-stream", 400, "bad_upload_offset"),
        (b"abc", "-1", "application/octet-stream", 400, "bad_upload_offset"),
        (b"abc", 0, "application/json", 415, "unsupported_media_type"),
        (b"abc", 1, "application/octet-stream", 409, "wrong_offset"),
        (b"abcdef", 0, "application/octet-stream", 422, "invalid"),
        (bytes(LARGEST_PIECE + 1), 0, "application/octet-stream", 413, "too_large"),
    ],
)
def test_a_piece_that_does_not_fit_is_refused_and_nothing_of_it_stays(
    chest: Study, piece: bytes, offset: Any, kind: str, status: int, code: str
) -> None:
    maria, here = As("maria"), f"{IMPORTS}/{opened(chest).pk}"
    maria.post(f"{here}/files", {"sizes": [5]}, 201)
    assert told(put(maria, f"{here}/files/1", piece, offset, kind), status)["code"] == code
    assert maria.get(f"{here}/files/1")["received"] == 0


def test_what_is_announced_has_bounds(chest: Study) -> None:
    maria, here = As("maria"), f"{IMPORTS}/{opened(chest).pk}"
    for sizes in ([], [0], [-1], [2**31 + 1], [1] * 1001, ["5"]):
        assert maria.post(f"{here}/files", {"sizes": sizes}, 422)["code"] == "invalid", sizes[:2]
    maria.post(f"{here}/files", {"sizes": [1], "names": ["SMITH^JOHN.dcm"]}, 422)
    told(put(maria, f"{here}/files/1", b"x"), 404)
    maria.get(f"{here}/files/1", 404)


def test_with_a_key_files_are_announced_once(chest: Study) -> None:
    maria, here, once = As("maria"), f"{IMPORTS}/{opened(chest).pk}", key()
    for _ in "ab":
        maria.post(f"{here}/files", {"sizes": [1, 2]}, 201, Idempotency_Key=once)
    assert ImportFile.objects.count() == 2


def test_what_became_of_each_file_is_told_row_by_row(chest: Study) -> None:
    batch = opened(chest, b"a", b"b", b"c")
    refused = batch.files.get(number=2)
    refused.state, refused.code, refused.sentence = "refused", "not_dicom", "This is no DICOM file."
    refused.save()
    here = f"{IMPORTS}/{batch.pk}"
    aud = As("aud")
    first = aud.get(f"{here}/files", page_size=2)
    assert [one["number"] for one in first["results"]] == [1, 2]
    assert [
        one["number"] for one in aud.get(f"{here}/files", page_size=2, cursor=cursor(first))["results"]
    ] == [3]
    (row,) = aud.get(f"{here}/files", state="refused")["results"]
    assert (row["number"], row["code"], row["sentence"]) == (2, "not_dicom", "This is no DICOM file.")
    aud.get(f"{here}/files", 422, state="nowhere")


def cursor(page: dict[str, Any]) -> str:
    return str(page["next"]).partition("cursor=")[2].replace("%3D", "=")


def test_a_manifest_is_checked_line_by_line_before_anything_is_sent(chest: Study) -> None:
    wrong = "external_ref,study,split\na,1.2.3,train\na,1.2.4,nowhere\n"
    faults = As("maria").post(IMPORTS, {"manifest": wrong}, 422)["faults"]
    assert {fault["code"] for fault in faults} == {"bad_split", "twice"}
    assert not ImportBatch.objects.exists()
    right = "external_ref,study,split\na,1.2.3,train\nb,1.2.4,test\n"
    made = As("maria").post(IMPORTS, {"manifest": right}, 201)
    assert (made["has_manifest"], made["cases"]["waiting"]) == (True, 2)
    rows = As("aud").get(f"{IMPORTS}/{made['id']}/cases")["results"]
    assert [(row["external_ref"], row["split"], row["result"]) for row in rows] == [
        ("a", "train", "waiting"),
        ("b", "test", "waiting"),
    ]
    assert not As("aud").get(f"{IMPORTS}/{made['id']}/cases", result="refused")["results"]


def test_how_cases_come_to_be_must_be_said(chest: Study) -> None:
    for body in (
        {},
        {"split": "nowhere"},
        {"split": "train", "unit": "list"},
        {"split": "train", "unit": "x"},
    ):
        assert As("maria").post(IMPORTS, body, 422)["code"] == "invalid"


def test_withdrawing_takes_everything_back(chest: Study) -> None:
    batch = opened(chest, b"abc")
    scanned(chest, batch)
    here = f"{IMPORTS}/{batch.pk}"
    As("maria").post(f"{here}/withdraw", {"reason_code": ""}, 422)
    assert As("maria").post(f"{here}/withdraw", REASON)["state"] == "withdrawn"
    assert not batch.instances.exists()
    assert not received(batch.pk, 1).exists()
    assert As("maria").post(f"{here}/withdraw", REASON, 409)["code"] == "already_done"
    assert As("maria").post(f"{here}/files", {"sizes": [1]}, 409)["code"] == "already_done"


def test_a_withdrawn_import_takes_no_more_pieces(chest: Study) -> None:
    maria, batch = As("maria"), opened(chest)
    here = f"{IMPORTS}/{batch.pk}"
    maria.post(f"{here}/files", {"sizes": [3]}, 201)
    maria.post(f"{here}/withdraw", REASON)
    assert told(put(maria, f"{here}/files/1", b"abc"), 409)["code"] == "already_done"
    assert not received(batch.pk, 1).exists()


def test_auditors_look_on_and_readers_do_not(chest: Study) -> None:
    batch = opened(chest, b"abc")
    here = f"{IMPORTS}/{batch.pk}"
    As("aud").get(here)
    As("aud").post(IMPORTS, {"split": "train"}, 403)
    As("aud").post(f"{here}/submit", None, 403)
    told(put(As("aud"), f"{here}/files/1", b"x", 3), 403)
    for name in ("anna", "jin", "sana"):
        for place in (
            IMPORTS,
            here,
            f"{here}/files",
            f"{here}/cases",
            f"{here}/files/1",
            "/projects/chest/gate",
        ):
            As(name).get(place, 403)


def test_an_import_of_another_project_is_not_found(chest: Study) -> None:
    batch = opened(chest, b"abc")
    study(slug="knee")
    As("maria").get(f"/projects/knee/imports/{batch.pk}", 404)
    told(put(As("maria"), f"/projects/knee/imports/{batch.pk}/files/1", b"x", 3), 404)


def test_without_a_key_the_service_takes_no_images(chest: Study, settings: Any) -> None:
    settings.IMAGES_KEY = ""
    assert As("maria").post(IMPORTS, {"split": "train"}, 503)["code"] == "no_images_key"


def test_a_list_of_imports_asks_the_same_however_long_it_is(
    chest: Study, django_assert_max_num_queries: Any
) -> None:
    maria = As("maria")
    opened(chest, b"a")
    with django_assert_max_num_queries(20) as asked:
        maria.get(IMPORTS)
    before = len(asked)
    for _ in range(3):
        opened(chest, b"a", b"b")
    with django_assert_max_num_queries(before):
        assert len(maria.get(IMPORTS)["results"]) == 4


def test_no_piece_is_held_in_memory_whole_by_the_form_parser() -> None:
    assert LARGEST_PIECE < known.DATA_UPLOAD_MAX_MEMORY_SIZE
