"""A manager takes work out of somebody's hands; nothing that they typed is lost."""

from uuid import uuid4

import pytest
from django.test import Client

from audit.log import Reason
from audit.models import Event
from provenance.replay import replay
from tasks.drafts import save_draft
from tasks.errors import LeaseLost
from tasks.models import Draft, Task
from tasks.taking_back import take_back
from tests.api.client import As
from tests.people import Study, labels, person, study
from tests.rules import broken_rules
from workflow.errors import InvalidInput

pytestmark = pytest.mark.django_db(transaction=True)
WHY = Reason("holder_away", "On leave.")


@pytest.fixture
def chest() -> Study:
    return study("case-1")


def taken(chest: Study, *tasks: Task) -> list[str]:
    rows = take_back(acting=chest.acting("maria"), task_ids=[task.pk for task in tasks], reason=WHY)
    return ["taken" if row.taken else row.code for row in rows]


def test_what_is_taken_back_is_anybodys_and_its_draft_is_kept(chest: Study) -> None:
    task = chest.claim("anna")
    assert task.token is not None
    save_draft(acting=chest.acting("anna"), task_id=task.pk, token=task.token, data={"n": 1}, version=0)
    assert taken(chest, task) == ["taken"]
    with pytest.raises(LeaseLost):
        chest.submit("anna", task, {"labels": labels()})
    assert Draft.objects.get().data == {"n": 1}
    assert chest.claim("bob").pk == task.pk
    assert chest.claim("anna").slot == 2
    assert broken_rules(chest.project) == []
    assert replay(chest.project).differences == []


def test_the_log_says_who_took_it_from_whom_and_why(chest: Study) -> None:
    taken(chest, chest.claim("anna"))
    event = Event.objects.get(action="task.released")
    assert event.actor_id == chest.members["maria"].actor_id
    assert chest.members["anna"].actor_id in bytes(event.body).decode()
    assert '"code":"holder_away"' in bytes(event.body).decode()


def test_what_nobody_holds_or_is_somebodys_own_is_left_alone(chest: Study) -> None:
    first = chest.read("anna")
    second = chest.claim("bob")
    chest.review("jin", "return")
    chest.submit("bob", second, {"labels": labels()})
    chest.review("jana")
    mine = chest.claim("anna")
    assert mine.bound
    open_one = Task(pk=uuid4())
    assert taken(chest, mine, first, open_one) == ["only_theirs", "not_held", "not_found"]
    assert Task.objects.get(pk=mine.pk).holder_id == chest.members["anna"].pk


def test_a_reason_is_needed(chest: Study) -> None:
    with pytest.raises(InvalidInput):
        take_back(acting=chest.acting("maria"), task_ids=[chest.claim("anna").pk], reason=Reason("No Code"))


def test_over_the_api_each_task_has_its_row(chest: Study) -> None:
    task = chest.claim("anna")
    body = {"project": "chest", "tasks": [str(task.pk), str(uuid4())], "reason_code": "holder_away"}
    rows = As("maria").post("/tasks/withdraw", body)["results"]
    assert [(row["taken"], row["code"]) for row in rows] == [(True, ""), (False, "not_found")]
    assert As("anna").post("/tasks/withdraw", body, 403)["code"] == "not_allowed"


def test_on_screen_the_manager_says_why_first(chest: Study) -> None:
    task, http = chest.claim("anna"), Client()
    http.force_login(person("maria"))
    address = f"/projects/chest/work/{task.pk}/"
    assert address in http.get("/projects/chest/work/").content.decode()
    assert "Anna Annotator" in http.get(address).content.decode()
    assert http.post(address, {"reason_code": ""}).status_code == 422
    assert Task.objects.get(pk=task.pk).status == "leased"
    answer = http.post(address, {"reason_code": "urgent", "note": ""})
    assert (answer.status_code, Task.objects.get(pk=task.pk).status) == (302, "open")
    again = http.post(address, {"reason_code": "urgent", "note": ""})
    assert (again.status_code, "Nobody has this task" in again.content.decode()) == (422, True)
