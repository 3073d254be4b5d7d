"""The quality gate's page: what waits and why, pictures of it, and the manager's decision."""

from typing import Any
from uuid import uuid4

import pytest

from tests.imported import PIXEL, at_gate
from tests.people import Study, study
from tests.screens.desk import Desk
from tests.staff import give
from workflow.models import Instance
from workflow.states import State

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("images_folder")]
GATE = "/projects/chest/gate/"


@pytest.fixture
def chest() -> Study:
    return study()


def test_what_waits_stands_there_with_what_was_measured_and_pictures(chest: Study) -> None:
    case, maria = at_gate(chest, synthetic=True), Desk("maria")
    page = maria.get(GATE)
    for words in ("scan-1", "synthetic", "fewer slices", "Measured: slices 3.", "Image 1 text?", "Image 3"):
        assert words in page, words
    assert maria.raw(GATE).count("<img ") == 3
    assert f"/projects/chest/cases/{case.pk}/let-in/?from=gate" in maria.links(GATE)
    assert "1 case waits at the quality gate" in maria.get("/projects/chest/")
    assert "1 waits" in maria.get("/projects/chest/imports/")


def test_a_case_is_accepted_with_a_reason_and_begins(chest: Study) -> None:
    case, maria = at_gate(chest), Desk("maria")
    act = f"/projects/chest/cases/{case.pk}/let-in/"
    assert "quality gate found something" in maria.get(act)
    maria.post(act, 422, reason_code="")
    assert "It is let in." in maria.follow(act, reason_code="good_enough", note="")
    assert chest.case("scan-1").state == State.ANNOTATION
    assert "Nothing waits to be decided" in maria.post(act, 422, reason_code="good_enough")  # a stale tab
    assert "Nothing waits." in maria.get(GATE)
    other = at_gate(chest, "scan-2")
    excluded = f"/projects/chest/cases/{other.pk}/exclude/?from=gate"
    assert excluded in maria.links(GATE)
    assert maria.post(excluded, reason_code="bad_image", note="") == GATE  # and on with the next one
    assert act not in maria.links(f"/projects/chest/cases/{case.pk}/")


def test_the_file_of_a_case_shows_its_images_and_why_it_waits(chest: Study) -> None:
    case, maria = at_gate(chest, synthetic=True), Desk("maria")
    page = maria.get(f"/projects/chest/cases/{case.pk}/")
    for words in (
        "waits at the quality gate",
        "fewer slices",
        "synthetic",
        "CT current 3",
        "Accept as it is",
    ):
        assert words in page, words
    assert "Image 2" in maria.get(f"/projects/chest/cases/{case.pk}/images/")
    for place in ("cases/", f"cases/{case.pk}/hold/", f"cases/together/?do=hold&case={case.pk}"):
        assert "scan-1 synthetic" in maria.get(f"/projects/chest/{place}").replace("scan-1  ", "scan-1 "), (
            place
        )
    for place in ("cases/", f"cases/{case.pk}/"):
        assert "synthetic" in Desk("aud").get(f"/audit/chest/{place}"), place
    maria.post(f"/projects/chest/cases/{case.pk}/let-in/", reason_code="good_enough")
    assert "scan-1 synthetic" in maria.get("/projects/chest/work/")


def test_pictures_are_for_managers_and_are_never_kept(chest: Study) -> None:
    at_gate(chest)
    image = Instance.objects.order_by("pk")[0]
    answer = Desk("maria").http.get(f"/projects/chest/images/{image.pk}/thumbnail")
    assert (answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (
        "image/png",
        "private, no-store",
    )
    assert b"".join(answer) == PIXEL
    Desk("maria").get(f"/projects/chest/images/{uuid4()}/thumbnail", 404)
    for name in ("aud", "anna", "sana"):
        Desk(name).get(f"/projects/chest/images/{image.pk}/thumbnail", 403)
    study(slug="knee")
    Desk("maria").get(f"/projects/knee/images/{image.pk}/thumbnail", 404)


def test_images_of_a_case_that_a_manager_reads_stay_closed_to_them(chest: Study) -> None:
    case = at_gate(chest, findings=())
    give(chest, "mehmet", "annotator", "manager")
    chest.claim("mehmet")
    Desk("mehmet").get(f"/projects/chest/cases/{case.pk}/images/", 403)


def test_the_gate_asks_the_same_however_long_it_is(chest: Study, django_assert_max_num_queries: Any) -> None:
    maria = Desk("maria")
    at_gate(chest, "scan-0")
    maria.get(GATE)
    with django_assert_max_num_queries(30) as asked:
        maria.get(GATE)
    for number in range(1, 4):
        at_gate(chest, f"scan-{number}")
    with django_assert_max_num_queries(len(asked)):
        assert "scan-3" in maria.get(GATE)
    for number in range(4, 11):
        at_gate(chest, f"scan-{number}")
    assert "scan-9" in maria.get(GATE)
    assert "scan-10" in maria.get(GATE, page=2)
