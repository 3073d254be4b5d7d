"""The quality gate over the API: what waits, why, and how it is let in."""

from typing import Any

import pytest

from audit.models import Event
from tests.api.client import As
from tests.imported import at_gate
from tests.people import Study, study
from tests.staff import give
from workflow.states import State

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("images_folder")]
GATE = "/projects/chest/gate"
REASON = {"reason_code": "good_enough", "note": "Three slices show it all."}


@pytest.fixture
def chest() -> Study:
    return study()


def test_what_waits_is_listed_with_what_was_found_and_measured(chest: Study) -> None:
    case = at_gate(chest)
    at_gate(chest, "scan-2", findings=())
    (shown,) = As("aud").get(GATE)["results"]
    assert (shown["id"], shown["external_ref"]) == (str(case.pk), "scan-1")
    assert [(one["code"], one["measured"]) for one in shown["findings"]] == [
        ("burned_in_text", {"instances": 1}),
        ("too_few_slices", {"slices": 3}),
    ]
    assert chest.case("scan-2").state == State.ANNOTATION


def test_the_file_of_a_case_tells_its_images_and_what_waits(chest: Study) -> None:
    case = at_gate(chest, synthetic=True)
    shown = As("aud").get(f"/cases/{case.pk}")
    assert {one["code"] for one in shown["gate"]} == {"burned_in_text", "too_few_slices"}
    (image,) = shown["images"]
    assert (image["modality"], image["role"], image["synthetic"], image["instances"]) == (
        "CT",
        "current",
        True,
        3,
    )
    assert shown["strata"] == {"synthetic": True}


def test_a_manager_lets_a_case_in_with_a_reason_and_it_begins(chest: Study) -> None:
    case = at_gate(chest)
    As("maria").post(f"/cases/{case.pk}/let-in", {}, 422)
    shown = As("maria").post(f"/cases/{case.pk}/let-in", REASON)
    assert (shown["state"], shown["gate"]) == ("annotation", [])
    assert not As("maria").get(GATE)["results"]
    event = Event.objects.filter(stream_id=case.pk, action="deviation.recorded").get()
    assert event.actor_id == chest.members["maria"].actor_id
    assert As("maria").post(f"/cases/{case.pk}/let-in", REASON, 409)["code"] == "already_done"


def test_an_excluded_case_waits_no_longer(chest: Study) -> None:
    case = at_gate(chest)
    As("maria").post(f"/cases/{case.pk}/exclude", {"reason_code": "bad_image"})
    assert not As("maria").get(GATE)["results"]


def test_only_a_manager_lets_in(chest: Study) -> None:
    case = at_gate(chest)
    for name in ("aud", "anna", "jin", "sana"):
        As(name).post(f"/cases/{case.pk}/let-in", REASON, 403)


def test_whoever_comes_to_play_a_part_no_longer_sees_the_file(chest: Study) -> None:
    at_gate(chest, "scan-1", findings=())
    give(chest, "mehmet", "annotator", "manager")
    chest.claim("mehmet")
    As("mehmet").get(f"/cases/{chest.case('scan-1').pk}", 403)


def test_the_gate_asks_the_same_however_long_it_is(chest: Study, django_assert_max_num_queries: Any) -> None:
    at_gate(chest, "scan-0")
    with django_assert_max_num_queries(20) as asked:
        As("aud").get(GATE)
    for number in range(1, 4):
        at_gate(chest, f"scan-{number}")
    with django_assert_max_num_queries(len(asked)):
        assert len(As("aud").get(GATE)["results"]) == 4
