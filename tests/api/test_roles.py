"""Each role does its own work, and is told in a sentence what it may not do."""

import pytest

from audit.log import Reason
from tests.api.client import As
from tests.people import Study, labels, study
from workflow.members import change_roles, set_status

pytestmark = pytest.mark.django_db(transaction=True)

READERS = ("anna", "jin", "sana")


@pytest.fixture
def chest() -> Study:
    return study("case-1")


@pytest.mark.parametrize("name", READERS)
def test_readers_see_no_case_and_no_protocol(chest: Study, name: str) -> None:
    who = As(name)
    assert who.get(f"/cases/{chest.case().pk}", 403)["code"] == "not_allowed"
    who.get(f"/cases/{chest.case().pk}/timeline", 403)
    who.get("/cases?project=chest", 403)
    who.get("/projects/chest/protocol-versions", 403)
    assert who.get("/cases")["results"] == []


@pytest.mark.parametrize("name", ["maria", "aud"])
def test_managers_and_auditors_get_no_work(chest: Study, name: str) -> None:
    As(name).post("/tasks/claim", {"project": "chest"}, 403)
    response = As(name).send("/tasks/claim")
    assert (response.status_code, response.headers["X-Consilium-Why"]) == (
        204,
        "You hold no role in any project that takes up work.",
    )


@pytest.mark.parametrize("name", ["aud", *READERS])
def test_only_managers_change_a_case(chest: Study, name: str) -> None:
    problem = As(name).post(f"/cases/{chest.case().pk}/priority", {"priority": 5}, 403)
    assert "manager" in problem["detail"]


def test_only_managers_see_the_patient(chest: Study) -> None:
    path = f"/cases/{chest.case().pk}"
    assert As("maria").get(path)["patient_key"] == "patient-case-1"
    assert "patient_key" not in As("aud").get(path)
    assert "patient_key" not in As("aud").get("/cases")["results"][0]


def test_a_reader_sees_a_number_of_their_own_and_nothing_that_names_the_case(chest: Study) -> None:
    tasks = [As(name).claim() for name in ("anna", "bob")]
    assert tasks[0]["case_number"] != tasks[1]["case_number"]
    for task in tasks:
        told = str(task)
        assert not any(
            secret in told for secret in ("case-1", "patient", str(chest.case().pk), "slot", "round")
        )


def test_a_reviewer_sees_the_read_but_not_whose(chest: Study) -> None:
    As("anna").finish({"labels": labels(malignancy=2)})
    task = As("jin").claim()
    assert task["material"]["read"]["fields"]["malignancy"] == 2
    assert "anna" not in str(task).lower()


def test_nobody_opens_the_task_of_another(chest: Study) -> None:
    task = As("anna").claim()
    As("bob").get(f"/tasks/{task['id']}", 404)
    As("maria").get(f"/tasks/{task['id']}", 403)
    stolen = {"token": task["token"], "result": {"labels": labels()}}
    assert As("bob").post(f"/tasks/{task['id']}/submit", stolen, 403)["code"] == "not_your_task"


def test_a_reader_lists_their_own_tasks_and_a_manager_all(chest: Study) -> None:
    As("anna").claim()
    mine = As("anna").get("/tasks?mine=true")["results"]
    assert [(t["kind"], "case_id" in t, "slot" in t) for t in mine] == [("annotate", False, False)]
    every = As("maria").get("/tasks?status=leased&status=open")["results"]
    assert {(t["status"], t["case_id"]) for t in every} == {
        (s, str(chest.case().pk)) for s in ("leased", "open")
    }
    assert As("maria").get("/tasks?mine=true")["results"] == []


def test_a_manager_who_reads_a_case_has_no_look_at_its_file_before_it_is_final(chest: Study) -> None:
    roles = ["annotator", "manager"]
    change_roles(acting=chest.acting("maria"), member=chest.members["mehmet"], roles=roles)
    mehmet, path = As("mehmet"), f"/cases/{chest.case().pk}"
    assert mehmet.get(path)["state"] == "annotation"
    mehmet.claim()
    assert "play a part" in mehmet.get(path, 403)["detail"]
    mehmet.get(f"{path}/timeline", 403)
    assert mehmet.get("/cases")["results"] == []
    assert mehmet.get("/tasks") == mehmet.get("/tasks?mine=true")


def test_a_person_who_left_is_told_so(chest: Study) -> None:
    anna, why = chest.members["anna"], Reason("moved_away")
    set_status(acting=chest.acting("maria"), member=anna, status="left", reason=why)
    assert "no longer" in As("anna").get("/projects/chest", 403)["detail"]
