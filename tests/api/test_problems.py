"""Every refusal is a problem document with a stable code, and tells nothing that it shouldn't."""

import json
from typing import Any

import pytest
from django.db import DataError, OperationalError
from django.test import Client

from api.problems import as_problem, handler
from tests.api.client import API, As
from tests.people import Study, labels, study

MEMBERS = {"type", "title", "status", "detail", "code", "instance"}


@pytest.fixture
def chest() -> Study:
    return study("case-1")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/nowhere", 404, "not_found"),
        ("/me/", 404, "not_found"),
        ("/projects/none", 404, "not_found"),
        ("/projects/%00", 404, "not_found"),
        ("/projects/a%0Ab", 404, "not_found"),
        ("/cases/not-a-uuid", 404, "not_found"),
        ("/tasks/claim", 405, "method_not_allowed"),
        ("/cases?state=nowhere", 422, "invalid"),
        ("/cases?cursor=x", 422, "invalid"),
        ("/cases?page_size=0", 422, "invalid"),
        ("/cases?held=perhaps", 422, "invalid"),
        ("/cases?unknown=1", 422, "invalid"),
        ("/tasks?kind=nothing", 422, "invalid"),
    ],
)
def test_what_goes_wrong_is_told_as_a_problem(path: str, status: int, code: str) -> None:
    maria = As("maria")
    answer = maria.http.get(API + path, headers=maria.headers)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    problem = json.loads(answer.content)
    assert problem["code"] == code
    assert problem.keys() - {"faults"} == MEMBERS
    assert problem["instance"] == f"urn:uuid:{answer.headers['X-Request-ID']}"


@pytest.mark.django_db
def test_405_names_what_is_allowed() -> None:
    maria = As("maria")
    assert "POST" in maria.http.get(f"{API}/tasks/claim", headers=maria.headers).headers["Allow"]


@pytest.mark.django_db
def test_only_json_is_given() -> None:
    maria = As("maria")
    answer = maria.http.get(f"{API}/me", headers={**maria.headers, "Accept": "text/html"})
    assert (answer.status_code, json.loads(answer.content)["code"]) == (406, "not_acceptable")


@pytest.mark.django_db(transaction=True)
def test_labels_that_do_not_fit_are_refused_with_every_place(chest: Study) -> None:
    anna = As("anna")
    task = anna.claim()
    result = {"labels": labels(finding="tumour", malignancy=9)}
    problem = anna.post(f"/tasks/{task['id']}/submit", {"token": task["token"], "result": result}, 422)
    assert {fault["path"] for fault in problem["faults"]} == {"/fields/finding", "/fields/malignancy"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "result",
    [{}, {"labels": 5}, {"verdict": "accept"}, {"labels": {}, "more": 1}, {"labels": {"fields": []}}],
)
def test_a_result_of_the_wrong_form_stores_nothing(chest: Study, result: dict[str, Any]) -> None:
    anna = As("anna")
    task = anna.claim()
    problem = anna.post(f"/tasks/{task['id']}/submit", {"token": task["token"], "result": result}, 422)
    assert problem["faults"]
    assert not chest.case().reads.exists()


@pytest.mark.django_db(transaction=True)
def test_a_rule_of_the_machine_comes_with_its_own_code(chest: Study) -> None:
    problem = As("maria").post(f"/cases/{chest.case().pk}/resume", {}, 409)
    assert (problem["code"], problem["detail"]) == ("illegal_move", "The case isn't on hold.")


class Gone(Exception):
    sqlstate = "08006"


class Deadlock(Exception):
    sqlstate = "40P01"


def raised(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (raised(OperationalError("host=10.0.0.1 password=x"), Gone()), 503, "database_away"),
        (raised(OperationalError("deadlock"), Deadlock()), 503, "busy"),
        (DataError("value too long: Jane Doe"), 422, "invalid"),
        (RuntimeError("Jane Doe"), 500, "internal"),
    ],
)
def test_what_the_database_or_a_fault_of_ours_says_is_not_passed_on(
    error: Exception, status: int, code: str
) -> None:
    problem = as_problem(error)
    assert (problem["status"], problem["code"]) == (status, code)
    assert not any(secret in json.dumps(problem) for secret in ("Jane", "host", "password"))


def test_503_says_when_to_try_again() -> None:
    class Asked:
        META: dict[str, str] = {}

    assert handler(OperationalError(), {"request": Asked()}).headers["Retry-After"] == "5"


@pytest.mark.django_db
def test_a_value_that_the_database_cannot_hold_is_the_senders_fault(chest: Study) -> None:
    As("maria").get("/projects/chest/guideline-versions/99999999999999999999", 404)


@pytest.mark.django_db
@pytest.mark.parametrize("given", ["not-a-uuid", "", "x" * 36])
def test_every_answer_carries_a_request_id_and_a_good_one_is_kept(given: str) -> None:
    ours = Client().get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"]
    assert Client().get("/healthz", headers={"X-Request-ID": ours}).headers["X-Request-ID"] == ours != given
