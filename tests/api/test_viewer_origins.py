"""A browser lets a viewer that is hosted elsewhere read a task's own addresses, without cookies, and no others."""

from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client

from config.viewers import OPEN_METHODS
from tests.api.client import API, token_for
from tests.people import study

pytestmark = pytest.mark.django_db
VIEWER, OTHER = "https://viewer.example.org", "https://other.example.org"
TASK = f"{API}/tasks/{UUID(int=7)}"
OPEN = [TASK, f"{TASK}/heartbeat", f"{TASK}/draft", f"{TASK}/submit", f"{API}/dicomweb/studies"]
OPEN += [f"{API}/dicomweb/links/cns_x/studies", f"{API}/dicomweb/tasks/{UUID(int=7)}/studies"]
CLOSED = [f"{API}/me", f"{API}/tokens", f"{API}/tasks", f"{API}/tasks/claim", f"{TASK}/skip", f"{TASK}/links"]
CLOSED += [f"{TASK}/release", f"{TASK}/report", f"{API}/projects", "/work/", "/accounts/login/", "/healthz"]


@pytest.fixture(autouse=True)
def _origins(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = [VIEWER]


def preflight(path: str, origin: str = VIEWER) -> HttpResponse:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    return Client().options(path, headers={"Origin": origin, **asked})


@pytest.mark.parametrize("path", OPEN)
def test_a_tasks_own_addresses_are_open_to_a_viewer_that_is_named(path: str) -> None:
    answer = preflight(path)
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == VIEWER
    assert set(answer["Access-Control-Allow-Methods"].split(", ")) == set(OPEN_METHODS)
    assert {"authorization", "idempotency-key"} <= set(answer["Access-Control-Allow-Headers"].split(", "))
    assert "Access-Control-Allow-Credentials" not in answer
    assert "origin" in answer["Vary"].lower()


@pytest.mark.parametrize("path", OPEN)
def test_they_are_closed_to_any_other_origin(path: str) -> None:
    for origin in (OTHER, "null", "https://viewer.example.org.evil.example", "http://viewer.example.org"):
        assert "Access-Control-Allow-Origin" not in preflight(path, origin)


@pytest.mark.parametrize("path", CLOSED)
def test_nothing_else_is_open_to_anybody(path: str) -> None:
    for answer in (preflight(path), Client().get(path, headers={"Origin": VIEWER})):
        assert not [name for name in answer.headers if name.startswith("Access-Control")]


def test_an_answer_and_a_refusal_can_be_read_by_the_viewer_that_asked() -> None:
    chest = study("case-1")
    task = chest.claim("anna")
    bearer = {"Authorization": f"Bearer {token_for('anna')}", "Origin": VIEWER}
    for path, status in ((f"{API}/tasks/{task.pk}", 200), (TASK, 404)):
        answer = Client().get(path, headers=bearer)
        assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (status, VIEWER)
        assert "ETag" in answer["Access-Control-Expose-Headers"]


def test_the_policy_of_our_own_pages_stays_as_strict() -> None:
    policy = Client().get("/accounts/login/", headers={"Origin": VIEWER})["Content-Security-Policy"]
    assert "connect-src 'self'" in policy
    assert "viewer.example.org" not in policy
