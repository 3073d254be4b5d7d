"""One person at work: over HTTP with a connection that is kept, in this process, or in plain SQL.

Told by lines `WHAT SECONDS ARGUMENTS…`, it answers each with a line of JSON: cycles, seconds, the claims' latencies.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from itertools import cycle as cycle_of
from typing import Any

from bench.plain import AUDIT, CLAIM, SUBMIT, audited

Cycle = Callable[[], float]


def main() -> None:
    """Work until the input ends."""
    from bench.inside.telling import tell

    tell({"ready": True})
    for line in sys.stdin:
        what, seconds, told = line.split(" ", 2)
        about = json.loads(told)
        with {"ours": _ours, "inside": _inside, "bare": _bare, "raw": _raw, "looked": _looked}[what](
            about
        ) as cycle:
            tell(_repeat(cycle, float(seconds), about.get("most")))


def _repeat(cycle: Cycle, seconds: float, most: int | None) -> dict[str, Any]:
    waits: list[float] = []
    start = time.perf_counter()
    while time.perf_counter() - start < seconds and len(waits) != most:
        waits.append(cycle())
    return {"cycles": len(waits), "seconds": time.perf_counter() - start, "claims": waits}


class _Http:
    """JSON over one connection."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.connection = HTTPConnection("127.0.0.1", port)
        self.headers = {**headers, "Content-Type": "application/json"}

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        self.connection.request("POST", path, json.dumps(body), self.headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}: {text[:300]!r} {answer.headers}")
        told: dict[str, Any] = json.loads(text)
        return told


@contextmanager
def _ours(told: dict[str, Any]) -> Iterator[Cycle]:
    http = _Http(told["port"], {"Authorization": f"Bearer {told['token']}"})
    result = {"labels": told["labels"]}

    def cycle() -> float:
        start = time.perf_counter()
        task = http.post("/api/v1/tasks/claim", {})
        waited = time.perf_counter() - start
        http.post(f"/api/v1/tasks/{task['id']}/submit", {"token": task["token"], "result": result})
        return waited

    with closing(http.connection):
        yield cycle


@contextmanager
def _inside(told: dict[str, Any]) -> Iterator[Cycle]:
    """By the functions that the service calls; a claim's wait is that of its statements alone, up to its COMMIT."""
    import django
    from django.conf import settings

    django.setup()
    settings.DEBUG = False  # else every statement is kept
    from django.db import connection

    from accounts.scopes import WHOLE
    from tasks.completing import submit
    from tasks.leases import claim
    from tasks.models import Task
    from workflow.acting import Acting
    from workflow.models import Membership

    member = Membership.objects.select_related("project__log", "user").get(pk=told["member"])
    member.scope = WHOLE
    acting = Acting(member, "annotator")
    waited = 0.0

    def timed(execute: Callable[..., Any], *call: Any) -> Any:
        nonlocal waited
        start = time.perf_counter()
        try:
            return execute(*call)
        finally:
            waited += time.perf_counter() - start

    def cycle() -> float:
        nonlocal waited
        waited = 0.0
        with connection.execute_wrapper(timed):
            task = claim(acting=acting)
        of_claim = waited
        assert isinstance(task, Task)
        assert task.token is not None
        submit(acting=acting, task_id=task.pk, token=task.token, result={"labels": told["labels"]})
        return of_claim

    yield cycle


@contextmanager
def _bare(told: dict[str, Any]) -> Iterator[Cycle]:
    http = _Http(told["port"], {})

    def cycle() -> float:
        start = time.perf_counter()
        task = http.post("/claim", {"holder": told["number"]})
        waited = time.perf_counter() - start
        http.post("/submit", {"id": task["id"], "result": told["labels"]})
        return waited

    with closing(http.connection):
        yield cycle


@contextmanager
def _looked(told: dict[str, Any]) -> Iterator[Cycle]:
    """One address after another, over one connection; each wait is until the last byte."""
    connection, addresses = HTTPConnection("127.0.0.1", told["port"]), cycle_of(told["addresses"])

    def cycle() -> float:
        address, size = next(addresses)
        start = time.perf_counter()
        connection.request("GET", address, headers=told["headers"])
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200 or len(body) < size:
            raise SystemExit(f"{address} answered {answer.status}: {body[:300]!r}")
        return time.perf_counter() - start

    with closing(connection):
        yield cycle


@contextmanager
def _raw(told: dict[str, Any]) -> Iterator[Cycle]:
    import psycopg

    with psycopg.connect(told["database"], autocommit=True) as connection:

        def cycle() -> float:
            start = time.perf_counter()
            with connection.transaction():
                row = connection.execute(CLAIM, {"holder": told["number"]}).fetchone()
                assert row is not None
                connection.execute(AUDIT, {"body": audited("claimed", str(row[0]))})
            waited = time.perf_counter() - start
            with connection.transaction():
                connection.execute(SUBMIT, {"task": row[0], "result": json.dumps(told["labels"])})
                connection.execute(AUDIT, {"body": audited("submitted", str(row[0]))})
            return waited

        yield cycle


if __name__ == "__main__":
    main()
