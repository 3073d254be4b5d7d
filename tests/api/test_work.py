"""What the holder of a task does with it: holds, saves, passes on, takes back."""

from typing import Any
from uuid import uuid4

import pytest

from tasks.models import Task
from tasks.why import NOT_COUNTED
from tests.api.client import As
from tests.people import Study, labels, study

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chest() -> Study:
    return study("case-1")


def act(who: As, task: dict[str, Any], name: str, status: int = 200, **more: Any) -> Any:
    return who.post(f"/tasks/{task['id']}/{name}", {"token": task["token"], **more}, status)


def test_a_task_comes_with_all_that_its_holder_needs(chest: Study) -> None:
    task = As("anna").claim()
    assert (task["kind"], task["status"], task["step"]) == ("annotate", "leased", "result")
    assert task["guideline"]["digest"] == chest.guideline.content_id
    assert [field["key"] for field in task["label_schema"]["fields"]] == ["finding", "malignancy"]
    assert As("anna").get(f"/tasks/{task['id']}") == task


def test_a_claim_needs_no_body_at_all(chest: Study) -> None:
    anna = As("anna")
    assert anna.http.generic("POST", "/api/v1/tasks/claim", headers=anna.headers).status_code == 200


def test_claiming_again_resumes_the_task_in_hand(chest: Study) -> None:
    chest.register("case-2")
    anna = As("anna")
    first, second = anna.claim(), anna.claim()
    assert (first["id"], first["token"]) == (second["id"], second["token"])


def test_why_there_is_nothing_is_said_in_the_header(chest: Study) -> None:
    As("anna").finish({"labels": labels()})
    answer = As("anna").send("/tasks/claim", {"project": "chest", "kinds": ["annotate"]})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["X-Consilium-Why"] == f"chest: Nothing is open for you now. {NOT_COUNTED}"


def test_a_heartbeat_extends_the_lease(chest: Study) -> None:
    anna = As("anna")
    task = anna.claim()
    assert act(anna, task, "heartbeat")["lease_until"] > task["lease_until"]
    assert act(anna, {**task, "token": str(uuid4())}, "heartbeat", 409)["code"] == "lease_lost"


def test_a_draft_is_kept_and_not_overwritten_by_an_older_one(chest: Study) -> None:
    anna = As("anna")
    task = anna.claim()
    assert act(anna, task, "draft", data={"finding": "mass"})["version"] == 1
    assert act(anna, task, "draft", data={"finding": "none"}, version=1)["version"] == 2
    assert act(anna, task, "draft", 409, data={}, version=1)["version"] == 2
    assert anna.claim()["draft"]["data"] == {"finding": "none"}


def test_a_released_task_goes_to_somebody_else_and_the_draft_waits(chest: Study) -> None:
    anna = As("anna")
    task = anna.claim()
    act(anna, task, "draft", data={"finding": "mass"}, explicit=True)
    act(anna, task, "release")
    anna.get(f"/tasks/{task['id']}", 404)
    assert anna.claim()["draft"]["data"] == {"finding": "mass"}


def test_a_skipped_case_is_not_offered_again(chest: Study) -> None:
    anna = As("anna")
    act(anna, anna.claim(), "skip", 422)
    act(anna, anna.claim(), "skip", reason_code="knows_patient", note="A neighbour.")
    assert anna.send("/tasks/claim").status_code == 204


def test_a_read_is_recalled_until_somebody_opened_it(chest: Study) -> None:
    anna = As("anna")
    task = anna.finish({"labels": labels()})
    anna.post(f"/tasks/{task['id']}/recall")
    again = anna.finish({"labels": labels(malignancy=1)})
    As("jin").claim()
    assert anna.post(f"/tasks/{again['id']}/recall", {}, 409)["code"] == "cannot_recall"


def test_a_finished_task_tells_its_holder_nothing_more(chest: Study) -> None:
    anna = As("anna")
    task = anna.finish({"labels": labels()})
    assert (task["status"], task["token"], task["material"], task["draft"]) == ("done", None, None, None)
    stale = {"token": str(uuid4()), "result": {"labels": labels()}}
    assert anna.post(f"/tasks/{task['id']}/submit", stale, 409)["code"] == "task_finished"


def test_whoever_lost_the_lease_is_told_so_and_nothing_is_stored(chest: Study) -> None:
    from datetime import timedelta

    from django.utils import timezone

    chest.register("case-2")
    anna = As("anna")
    task = anna.claim()
    Task.objects.filter(pk=task["id"]).update(lease_until=timezone.now() - timedelta(minutes=1))
    Task.objects.exclude(pk=task["id"]).update(rank=timezone.now() + timedelta(days=1))
    assert As("bob").claim()["id"] == task["id"]
    assert act(anna, task, "submit", 409, result={"labels": labels()})["code"] == "lease_lost"
    assert not chest.case().reads.exists()
