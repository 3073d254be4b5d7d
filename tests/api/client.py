"""A person at the API: a token of their own, JSON in and out, the status checked on the way."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import Token, new_token_text, token_hash
from tests.people import person

API = "/api/v1"


class As:
    """One of the cast, or an outsider, with a bearer token; `As(None)` is nobody."""

    def __init__(self, name: str | None) -> None:
        self.http = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {token_for(name)}"} if name else {}

    def get(self, path: str, status: int = 200, **query: Any) -> Any:
        """The JSON of a GET; the test fails on another status."""
        return told(self.http.get(API + path, query, headers=self.headers), status)

    def post(self, path: str, body: object = None, status: int = 200, **headers: str) -> Any:
        """The JSON of a POST; the test fails on another status."""
        return told(self.send(path, body, **headers), status)

    def send(self, path: str, body: object = None, **headers: str) -> HttpResponse:
        """The whole answer to a POST; `Idempotency_Key=…` becomes a header."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        text = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        return self.http.post(API + path, text, "application/json", headers={**self.headers, **more})

    def claim(self, **wanted: Any) -> Any:
        """The next task; the test fails if there is none."""
        return self.post("/tasks/claim", wanted)

    def finish(self, result: dict[str, Any], **wanted: Any) -> Any:
        """Claim the next task and submit a result."""
        task = self.claim(**wanted)
        return self.post(f"/tasks/{task['id']}/submit", {"token": task["token"], "result": result})


def token_for(name: str, **more: Any) -> str:
    """A token of a person, made without signing in."""
    text = new_token_text()
    times = {"expires_at": timezone.now() + timedelta(days=1), **more}
    Token.objects.create(user=person(name), name="test", sha256=token_hash(text), **times)
    return text


def told(response: HttpResponse, status: int) -> Any:
    """The JSON of an answer with the expected status."""
    assert response.status_code == status, (
        f"{response.status_code} instead of {status}: {response.content.decode()}"
    )
    return json.loads(response.content) if response.content else None


def key() -> str:
    """A fresh Idempotency-Key."""
    return str(uuid4())
