"""A request sent twice is done once, and answered twice alike."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.http import HttpResponse
from django.test import Client

from api.idempotency import REPLAYED, forget_old_answers
from api.models import IdempotencyKey
from audit.models import Event
from tests.api.client import API, As, key
from tests.people import Study, labels, person, study

pytestmark = pytest.mark.django_db(transaction=True)

BODY = {"priority": 7}


@pytest.fixture
def chest() -> Study:
    return study("case-1")


def path(chest: Study, act: str = "priority") -> str:
    return f"/cases/{chest.case().pk}/{act}"


def test_a_repeat_gets_the_stored_answer_and_changes_nothing(chest: Study) -> None:
    maria, again = As("maria"), key()
    first = maria.send(path(chest), BODY, Idempotency_Key=again)
    events = Event.objects.count()
    second = maria.send(path(chest), BODY, Idempotency_Key=again)
    assert (second.status_code, second.content, second.headers["Content-Type"]) == (
        first.status_code,
        first.content,
        first.headers["Content-Type"],
    )
    assert (first.headers.get(REPLAYED), second.headers.get(REPLAYED)) == (None, "true")
    assert Event.objects.count() == events


def test_without_a_key_each_request_is_its_own(chest: Study) -> None:
    events = Event.objects.count()
    for _ in range(2):
        As("maria").post(path(chest), BODY)
    assert Event.objects.count() == events + 2


@pytest.mark.parametrize("other", [("priority", {"priority": 8}), ("hold", {"reason_code": "later"})])
def test_a_key_is_of_one_request(chest: Study, other: tuple[str, dict[str, Any]]) -> None:
    maria, again = As("maria"), key()
    maria.post(path(chest), BODY, Idempotency_Key=again)
    problem = maria.post(path(chest, other[0]), other[1], 422, Idempotency_Key=again)
    assert problem["code"] == "idempotency_key_reused"


def test_two_people_may_have_the_same_key(chest: Study) -> None:
    again = key()
    for name, priority in (("maria", 1), ("mehmet", 2)):
        assert (
            As(name).post(path(chest), {"priority": priority}, Idempotency_Key=again)["priority"] == priority
        )


def test_a_refusal_is_not_kept(chest: Study) -> None:
    maria, again = As("maria"), key()
    maria.post(path(chest, "resume"), {}, 409, Idempotency_Key=again)
    maria.post(path(chest, "hold"), {"reason_code": "later"})
    assert maria.post(path(chest, "resume"), {}, Idempotency_Key=again)["held"] is False


def test_that_there_was_no_task_is_not_kept(chest: Study) -> None:
    sana, again = As("sana"), key()
    assert sana.send("/tasks/claim", {}, Idempotency_Key=again).status_code == 204
    assert not IdempotencyKey.objects.exists()


def test_a_claim_sent_twice_gives_one_task(chest: Study) -> None:
    chest.register("case-2")
    anna, again = As("anna"), key()
    first = anna.post("/tasks/claim", {}, Idempotency_Key=again)
    done = {"token": first["token"], "result": {"labels": labels()}}
    anna.post(f"/tasks/{first['id']}/submit", done)
    assert anna.post("/tasks/claim", {}, Idempotency_Key=again) == first
    assert anna.claim()["id"] != first["id"]


@pytest.mark.parametrize("bad", ["short", "x" * 256, "with\ttab-in-it", "ümlaut-key"])
def test_a_key_has_a_form(chest: Study, bad: str) -> None:
    assert As("maria").post(path(chest), BODY, 400, Idempotency_Key=bad)["code"] == "bad_idempotency_key"


def test_two_at_once_are_done_once_and_both_answered(chest: Study) -> None:
    maria, again, where = As("maria"), key(), path(chest)
    events = Event.objects.count()

    def send(_: int) -> HttpResponse:
        try:
            return maria.send(where, BODY, Idempotency_Key=again)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(send, range(2)))
    assert {(a.status_code, a.content) for a in answers} == {(200, answers[0].content)}
    assert sorted(a.headers.get(REPLAYED, "") for a in answers) == ["", "true"]
    assert Event.objects.count() == events + 1


def test_what_fails_at_commit_keeps_no_answer(chest: Study) -> None:
    """The key and the change are one transaction: a rule that is checked at commit undoes both."""
    from rest_framework.response import Response

    from api.idempotency import changing
    from workflow.models import Case

    class Broken:
        @changing
        def post(self, request: Any) -> Response:
            Case.objects.filter(pk=chest.case().pk).update(priority=9)  # without an event
            return Response({})

    class Asked:
        method, body, headers, user = "POST", b"", {"Idempotency-Key": key()}, chest.members["maria"].user
        auth = None

        def get_full_path(self) -> str:
            return "/somewhere"

    with pytest.raises(IntegrityError, match="event"):
        Broken().post(Asked())
    assert not IdempotencyKey.objects.exists()
    assert chest.case().priority == 0


def test_old_answers_are_forgotten(chest: Study) -> None:
    from datetime import timedelta

    from django.utils import timezone

    As("maria").post(path(chest), BODY, Idempotency_Key=key())
    assert forget_old_answers() == 0
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(days=8))
    assert forget_old_answers() == 1


def test_who_is_signed_in_acts_with_the_token_against_forgery_and_not_without(chest: Study) -> None:
    """The check against forgery must leave the body for what comes after it."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person("maria"))
    page = browser.get("/projects/chest/").content.decode()
    forgery = page.partition('X-CSRFToken": "')[2].partition('"')[0]
    for headers, status in (({}, 403), ({"X-CSRFToken": forgery}, 200), ({"X-CSRFToken": forgery}, 200)):
        sent = {**headers, "Idempotency-Key": "of this tab"}
        answer = browser.post(API + path(chest), json.dumps(BODY), "application/json", headers=sent)
        assert answer.status_code == status, answer.content
    assert answer.headers[REPLAYED] == "true"
