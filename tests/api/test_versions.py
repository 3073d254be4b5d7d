"""Guideline and protocol versions: drafted, published for ever, acknowledged."""

import pytest

from tests.api.client import As
from tests.people import GUIDELINE, PROTOCOL, Study, study

pytestmark = pytest.mark.django_db(transaction=True)
GUIDELINES, PROTOCOLS = "/projects/chest/guideline-versions", "/projects/chest/protocol-versions"
NOTE = {"change_note": "Clearer words."}


@pytest.fixture
def chest() -> Study:
    return study()


def test_a_published_version_has_its_digest_and_document(chest: Study) -> None:
    version = As("anna").get(f"{GUIDELINES}/1")
    assert (version["status"], version["digest"], version["acknowledged"]) == (
        "published",
        chest.guideline.content_id,
        True,
    )
    assert version["document"]["label_schema"] == GUIDELINE["label_schema"]


def test_publishing_a_new_version_retires_the_one_before(chest: Study) -> None:
    maria = As("maria")
    number = maria.post(GUIDELINES, {"document": {**GUIDELINE, "title": "Chest, again"}}, 201)["number"]
    maria.post(f"{GUIDELINES}/{number}/publish", NOTE)
    assert [(v["number"], v["status"]) for v in maria.get(GUIDELINES)["results"]] == [
        (1, "retired"),
        (2, "published"),
    ]
    assert As("anna").get(f"{GUIDELINES}/2")["acknowledged"] is False
    assert As("anna").post(f"{GUIDELINES}/2/acknowledge")["acknowledged"] is True
    assert maria.post(f"{GUIDELINES}/{number}/publish", NOTE, 409)["code"] == "already_done"


def test_readers_do_not_see_drafts(chest: Study) -> None:
    As("maria").post(GUIDELINES, {"document": GUIDELINE}, 201)
    assert [v["number"] for v in As("anna").get(GUIDELINES)["results"]] == [1]
    As("anna").get(f"{GUIDELINES}/2", 404)
    As("anna").post(f"{GUIDELINES}/2/acknowledge", {}, 404)
    assert [v["number"] for v in As("aud").get(GUIDELINES)["results"]] == [1, 2]


def test_a_faulty_guideline_is_kept_as_a_draft_and_not_published(chest: Study) -> None:
    maria = As("maria")
    maria.post(GUIDELINES, {"document": {**GUIDELINE, "title": ""}}, 201)
    problem = maria.post(f"{GUIDELINES}/2/publish", NOTE, 422)
    assert problem["faults"][0]["path"] == "/title"


def test_a_guideline_that_cannot_be_written_canonically_is_the_senders_fault(chest: Study) -> None:
    maria = As("maria")
    maria.post(GUIDELINES, {"document": {**GUIDELINE, "examples": [{"größe": 1}]}}, 201)
    problem = maria.post(f"{GUIDELINES}/2/publish", NOTE, 422)
    assert problem["code"] == "invalid"


def test_a_protocol_must_fit_the_published_guideline(chest: Study) -> None:
    maria = As("maria")
    maria.post(
        PROTOCOLS, {"document": {**PROTOCOL, "fields": {"unknown": {"comparator": {"equal": {}}}}}}, 201
    )
    assert maria.post(f"{PROTOCOLS}/2/publish", NOTE, 422)["faults"]
    maria.post(PROTOCOLS, {"document": PROTOCOL}, 201)
    assert maria.post(f"{PROTOCOLS}/3/publish", NOTE)["status"] == "published"
    assert As("aud").get(f"{PROTOCOLS}/3")["document"]["reads"]["rule"] == "2+1"


@pytest.mark.parametrize("name", ["anna", "jin", "sana", "aud"])
def test_only_managers_write_versions(chest: Study, name: str) -> None:
    for path in (GUIDELINES, PROTOCOLS):
        As(name).post(path, {"document": {}}, 403)
        As(name).post(f"{path}/1/publish", NOTE, 403)


def test_the_project_says_what_is_in_force(chest: Study) -> None:
    project = As("anna").get("/projects/chest")
    assert (project["roles"], project["guideline"]["number"], project["protocol"]["number"]) == (
        ["annotator"],
        1,
        1,
    )
    assert (project["guideline_acknowledged"], project["guideline"]["digest"]) == (
        True,
        chest.guideline.content_id,
    )
