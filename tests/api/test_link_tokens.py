"""A token for one task lives while the task is in its person's hands, under the lease that it was made under."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Token
from audit.log import Reason
from tasks.leases import release
from tasks.models import Task
from tasks.taking_back import take_back
from tests.api.client import As, key, token_for
from tests.people import Study, labels, person, study

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chest() -> Study:
    return study("case-1")


def of_task(held: Task, **more: Any) -> dict[str, Any]:
    hour = timezone.now() + timedelta(hours=1)
    verbs = ["see", "work"]
    return {
        "task": held.pk, "lease": held.token, "projects": ["chest"], "verbs": verbs, "expires_at": hour, **more
    }  # fmt: skip


def let_in(task: Task, name: str = "anna", **more: Any) -> As:
    """A program with a token for one task."""
    who = As(None)
    who.headers = {"Authorization": f"Bearer {token_for(name, **of_task(task, **more))}"}
    return who


def test_a_program_sees_the_task_saves_and_submits(chest: Study) -> None:
    task = chest.claim("anna")
    tool, path = let_in(task), f"/tasks/{task.pk}"
    told = tool.get(path)
    assert (told["token"], [f["key"] for f in told["label_schema"]["fields"]]) == (
        str(task.token),
        ["finding", "malignancy"],
    )
    lease = {"token": told["token"]}
    assert tool.post(f"{path}/heartbeat", lease)["lease_until"]
    assert tool.post(f"{path}/draft", {**lease, "data": {"labels": labels()}})["version"] == 1
    assert tool.post(f"{path}/submit", {**lease, "result": {"labels": labels()}})["status"] == "done"
    assert chest.case().reads.get().member.user.username == "anna"


def submitted(chest: Study, task: Task) -> None:
    chest.submit("anna", task, {"labels": labels()})


def given_back(chest: Study, task: Task) -> None:
    assert task.token is not None
    release(acting=chest.acting("anna"), task_id=task.pk, token=task.token)


def taken_again(chest: Study, task: Task) -> None:
    given_back(chest, task)
    assert chest.claim("anna").pk == task.pk


def lapsed(chest: Study, task: Task) -> None:
    Task.objects.filter(pk=task.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def taken_away(chest: Study, task: Task) -> None:
    (row,) = take_back(acting=chest.acting("maria"), task_ids=[task.pk], reason=Reason("urgent"))
    assert row.taken


@pytest.mark.parametrize("ended", [submitted, given_back, taken_again, lapsed, taken_away])
def test_it_ends_with_the_lease(chest: Study, ended: Callable[[Study, Task], None]) -> None:
    task = chest.claim("anna")
    tool, path = let_in(task), f"/tasks/{task.pk}"
    tool.get(path)
    ended(chest, task)
    lease = {"token": str(task.token)}
    assert tool.get(path, 401)["code"] == "link_over"
    assert tool.post(f"{path}/heartbeat", lease, 401)["code"] == "link_over"
    assert tool.post(f"{path}/draft", {**lease, "data": {}}, 401)["code"] == "link_over"
    result = {**lease, "result": {"labels": labels()}}
    assert tool.post(f"{path}/submit", result, 401)["code"] == "link_over"


def test_who_lost_the_answer_to_a_submit_gets_it_again(chest: Study) -> None:
    task = chest.claim("anna")
    tool, again = let_in(task), key()
    result = {"token": str(task.token), "result": {"labels": labels()}}
    first, second = (tool.post(f"/tasks/{task.pk}/submit", result, Idempotency_Key=again) for _ in range(2))
    assert first == second
    assert chest.case().reads.count() == 1


@pytest.mark.parametrize("how", [{"revoked_at": timezone.now()}, {"expires_at": timezone.now()}])
def test_a_revoked_or_expired_one_opens_nothing(chest: Study, how: dict[str, Any]) -> None:
    task = chest.claim("anna")
    tool = let_in(task, **how)
    assert tool.get(f"/tasks/{task.pk}", 401)["code"] in ("token_revoked", "token_expired")


def test_it_is_for_its_own_task_alone(chest: Study) -> None:
    chest.register("case-2")
    task, other = chest.claim("anna"), chest.claim("bob")
    problem = let_in(task).get(f"/tasks/{other.pk}", 403)
    assert (problem["code"], problem["detail"]) == (
        "token_scope",
        "This token may only look at and work on the one task that it was made for.",
    )
    # Somebody else's token for a task that isn't theirs opens it no more than they do.
    assert let_in(task, "bob").get(f"/tasks/{task.pk}", 401)["code"] == "link_over"
    assert let_in(task, "otto").get(f"/tasks/{task.pk}", 404)["code"] == "not_found"


def test_it_makes_no_other_token_not_even_with_the_password(chest: Study) -> None:
    user = person("anna")
    user.set_password("a long enough password")
    user.save()
    tool = let_in(chest.claim("anna"))
    for more in ({}, {"username": "anna", "password": "a long enough password"}):
        assert tool.post("/tokens", more, 403)["code"] == "token_scope"
    assert Token.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"projects": None},
        {"projects": ["chest", "knee"]},
        {"verbs": None},
        {"lease": None},
        {"task": None},
        {"expires_at": timezone.now() + timedelta(hours=9)},
    ],
)
def test_the_database_refuses_one_that_is_for_more_or_for_longer(chest: Study, wrong: dict[str, Any]) -> None:
    task = chest.claim("anna")
    with pytest.raises(IntegrityError, match="token_of_a_task"), transaction.atomic():
        token_for("anna", **of_task(task, **wrong))
