"""How many statements a request to a task's holder's addresses costs: exact, so that one more is noticed.

Counted is everything that the request sends to the database: the token and the person's memberships,
the Idempotency-Key, the act, the answer. BEGIN, COMMIT and savepoints are not counted; nor is the comparison after the
last verdict, which is a job of its own. Guideline and protocol are known by their digest already, as in any process
that has answered once.
"""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.client import As, key
from tests.people import Study, labels, person, study
from workflow.projects import add_member, create_project

pytestmark = pytest.mark.django_db(transaction=True)

FRAME = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
DECISION = {"outcome": "decided", "reason_code": "perception", "rationale": "The margin is clear."}
# In the order of `steps`: two reads, two reviews (the second moves the case on), an arbitration. With an
# Idempotency-Key, which costs two: it is reserved first, and its answer is kept last.
CLAIM = [9, 9, 10, 10, 16]
SUBMIT = [14, 14, 12, 14, 18]
HEARTBEAT = 2
ARBITRATION = {**DECISION, "labels": labels(malignancy=5)}


@pytest.fixture
def chest() -> Study:
    """One case was carried through every tier, so that this process knows the versions; another waits."""
    chest = study("case-0")
    for name, result in steps():
        As(name).finish(result)
    chest.register("case-1")
    return chest


def steps() -> list[tuple[str, dict[str, Any]]]:
    reads = [(name, {"labels": labels(malignancy=m)}) for name, m in (("anna", 3), ("bob", 4))]
    return [*reads, ("jin", {"verdict": "accept"}), ("jana", {"verdict": "accept"}), ("sana", ARBITRATION)]


def sent(who: As, path: str, body: dict[str, Any], **headers: str) -> tuple[int, Any]:
    """How many statements a POST sends, and its answer."""
    with CaptureQueriesContext(connection) as captured:
        answer = who.post(path, body, **headers)
    told = [query["sql"] for query in captured.captured_queries]
    # With a key the answer is made before the COMMIT; a job that runs after it is no part of the request.
    until = told.index("COMMIT") if headers else len(told)
    return len([sql for sql in told[:until] if not sql.startswith(FRAME)]), answer


def claimed(name: str, **headers: str) -> tuple[int, Any]:
    return sent(As(name), "/tasks/claim", {}, **headers)


def submitted(name: str, result: dict[str, Any], task: Any, **headers: str) -> int:
    path, body = f"/tasks/{task['id']}/submit", {"token": task["token"], "result": result}
    return sent(As(name), path, body, **headers)[0]


def test_claiming_and_submitting_cost_a_fixed_number_of_statements_by_kind(chest: Study) -> None:
    claims, submissions = [], []
    for name, result in steps():
        count, task = claimed(name, Idempotency_Key=key())
        claims.append(count)
        submissions.append(submitted(name, result, task, Idempotency_Key=key()))
    assert (claims, submissions) == (CLAIM, SUBMIT)


def test_without_a_key_both_cost_two_less_and_a_heartbeat_two_in_all(chest: Study) -> None:
    name, result = steps()[0]
    count, task = claimed(name)
    assert count == CLAIM[0] - 2
    assert sent(As(name), f"/tasks/{task['id']}/heartbeat", {"token": task["token"]})[0] == HEARTBEAT
    assert submitted(name, result, task) == SUBMIT[0] - 2


def test_the_length_of_the_queue_changes_nothing(chest: Study) -> None:
    chest.register(*(f"more-{number}" for number in range(30)))
    name, result = steps()[0]
    count, task = claimed(name, Idempotency_Key=key())
    assert (count, submitted(name, result, task, Idempotency_Key=key())) == (CLAIM[0], SUBMIT[0])


def test_whoever_is_in_several_projects_is_looked_up_once_more(chest: Study) -> None:
    other = create_project(founder=person("maria"), slug="other", name="Other")
    boss = Study(other, {"maria": other.memberships.select_related("project__log").get()}).acting("maria")
    add_member(acting=boss, project=other, user=person("anna"), roles=("annotator",))
    name, result = steps()[0]
    count, task = claimed(name)
    assert (count, submitted(name, result, task)) == (CLAIM[0] - 2 + 1, SUBMIT[0] - 2 + 1)
