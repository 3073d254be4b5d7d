"""Numbers for Prometheus: who gets them, what they count, and that they name nobody."""

import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from audit.background import job
from tests.api.client import As
from tests.people import labels, study

TOKEN = "a-token-for-the-scraper"
NOTHING = "00000000-0000-4000-8000-000000000000"


@job
def nothing_to_do(case_id: str) -> None:
    """A job for counting."""


def scraped(**headers: str) -> tuple[int, dict[str, float]]:
    """The status and every sample by its name with labels, from this machine unless headers say otherwise."""
    answer = Client().get("/metrics", headers={name.replace("_", "-"): v for name, v in headers.items()})
    samples = dict(re.findall(r"^(\w+(?:\{.*\})?) (\S+)$", answer.content.decode(), re.MULTILINE))
    return answer.status_code, {name: float(value) for name, value in samples.items()}


@pytest.mark.django_db
def test_this_machine_may_ask_and_nobody_through_a_proxy() -> None:
    assert scraped()[0] == 200
    for name in ("X_Forwarded_For", "Forwarded", "X_Real_IP"):
        assert scraped(**{name: "127.0.0.1"}) == (403, {})


@pytest.mark.django_db
def test_another_machine_may_not_ask() -> None:
    assert Client(REMOTE_ADDR="192.0.2.7").get("/metrics").status_code == 403


@pytest.mark.django_db
def test_where_a_token_is_set_it_alone_opens(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert scraped()[0] == 403
    assert scraped(Authorization="Bearer something-else")[0] == 403
    assert scraped(Authorization=f"Bearer {TOKEN}", X_Forwarded_For="192.0.2.7")[0] == 200


@pytest.mark.django_db(transaction=True)
def test_cases_tasks_and_what_waits_for_its_seal_are_counted() -> None:
    study("case-1", "case-2").read("anna")
    _, found = scraped()
    assert found['consilium_cases{state="annotation"}'] == 2
    assert found['consilium_tasks{kind="annotate",status="open"}'] == 3
    assert found['consilium_tasks{kind="review",status="open"}'] == 1
    assert found["consilium_unsealed_events"] > 10
    assert found["consilium_unsealed_seconds"] >= 0
    assert (found["consilium_database_up"], found["consilium_broker_up"]) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_claims_and_submits_are_counted_once_they_are_committed() -> None:
    chest = study("case-1")
    before = scraped()[1]
    chest.read("anna")
    with transaction.atomic():
        chest.read("bob")
        transaction.set_rollback(True)
    after = scraped()[1]
    for action in ("task.claimed", "read.submitted"):
        name = f'consilium_events_total{{action="{action}"}}'
        assert after[name] == before.get(name, 0) + 1


@pytest.mark.django_db(transaction=True)
def test_requests_are_counted_by_their_route_and_no_name_or_id_is_a_label() -> None:
    study("case-1")
    task = As("anna").claim()
    refused = {"token": NOTHING, "result": {"labels": labels()}}
    As("anna").send(f"/tasks/{task['id']}/submit", refused)
    told = " ".join(scraped()[1])
    assert not re.search(r"[0-9a-f]{8}-|anna|chest|/", told)
    assert 'consilium_requests_total{method="POST",route="submit",status="409"}' in told


@pytest.mark.django_db
def test_jobs_are_counted_where_they_end() -> None:
    name = f'consilium_jobs_total{{job="{__name__}.nothing_to_do",outcome="done"}}'
    before = scraped()[1].get(name, 0)
    nothing_to_do.task.apply_async((NOTHING,))
    assert scraped()[1][name] == before + 1


@pytest.mark.django_db
def test_without_its_broker_it_tells_the_rest(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1"
    status, found = scraped()
    assert (status, found["consilium_broker_up"], found["consilium_database_up"]) == (200, 0, 1)


@pytest.mark.django_db(transaction=True)
def test_without_its_database_it_tells_the_rest() -> None:
    from django.db import connection

    connection.close()
    there, connection.settings_dict["PORT"] = connection.settings_dict["PORT"], "1"
    try:
        status, found = scraped()
        assert (status, found["consilium_broker_up"], found["consilium_database_up"]) == (200, 1, 0)
    finally:
        connection.settings_dict["PORT"] = there


def test_several_web_processes_add_up(tmp_path: Any) -> None:
    from tests.config import production

    count = (
        "import django; django.setup()\n"
        "from api.metrics import observe, exposition\n"
        "observe(method='POST', route='claim', status=200, seconds=0.01)\n"
        "print(exposition().decode())\n"
    )
    for expected in ("1.0", "2.0"):
        told = production.run(count, PROMETHEUS_MULTIPROC_DIR=str(tmp_path)).stdout
        assert f'consilium_requests_total{{method="POST",route="claim",status="200"}} {expected}\n' in told
