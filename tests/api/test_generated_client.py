"""A client that a stranger makes from the OpenAPI document carries a read and its review, with types all the way."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from django.test import Client

from tests.api.client import token_for
from tests.people import labels, study
from workflow.models import Read, Review

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

NAME = "made_client"
AS_BYTES = dict.fromkeys(
    ("image/jpeg", "image/png", "image/jls", "multipart/related", "application/dicom"),
    "application/octet-stream",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The package that the generator writes, without leaving anything out."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "openapi.json").write_bytes(Client().get("/api/v1/schema").content)
    (folder / "config.yml").write_text(json.dumps({"post_hooks": [], "content_type_overrides": AS_BYTES}))
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning"]
    command += ["--path", "openapi.json", "--config", "config.yml", "--meta", "none", "--output-path", NAME]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert told.returncode == 0, told.stdout + told.stderr
    sys.path.insert(0, str(folder))
    yield importlib.import_module(NAME)
    sys.path.remove(str(folder))


class Stranger:
    """Somebody who knows the made package alone, with a token."""

    def __init__(self, made: ModuleType, server: str, name: str) -> None:
        self.client = made.AuthenticatedClient(base_url=server, token=token_for(name))

    def __enter__(self) -> "Stranger":
        self.client.__enter__()
        return self

    def __exit__(self, *what: object) -> None:
        self.client.__exit__(*what)

    def ask(self, operation: str, *path: Any, **named: Any) -> Any:
        """Call an operation, as `tag.name`, and return what it parsed; the answer must be a good one."""
        call = importlib.import_module(f"{NAME}.api.{operation}").sync_detailed
        answer = call(*path, client=self.client, **named)
        assert answer.status_code < 300, answer.content
        return answer.parsed

    def finish(self, result: dict[str, Any]) -> Any:
        """Claim the next task and submit a result."""
        models = importlib.import_module(f"{NAME}.models")
        task = self.ask("tasks.claim_task", body=models.ClaimIn())
        body = models.SubmitIn.from_dict({"token": str(task.token), "result": result})
        return self.ask("tasks.submit_task", task.id, body=body)


def test_a_made_client_reads_reviews_and_looks_up(made: ModuleType, live_server: Any) -> None:
    study("case-1")
    with Stranger(made, live_server.url, "anna") as anna:
        me = anna.ask("me.me")
        assert me.username == "anna"
        assert anna.finish({"labels": labels(malignancy=4)}).status == "done"
    with Stranger(made, live_server.url, "jin") as jin:
        assert jin.finish({"verdict": "accept"}).status == "done"
    with Stranger(made, live_server.url, "maria") as maria:
        [case] = maria.ask("cases.list_cases").results
        events = maria.ask("cases.get_case_timeline", case.id)
        assert {"read.submitted", "review.accepted"} <= {entry.action for entry in events.results}
    assert Read.objects.get().content.data["fields"] == {"finding": "nodule", "malignancy": 4}
    assert Review.objects.get().verdict == "accept"


def test_a_refusal_is_parsed_as_a_problem(made: ModuleType, live_server: Any) -> None:
    study("case-1")
    with Stranger(made, live_server.url, "anna") as anna:
        call = importlib.import_module(f"{NAME}.api.projects.get_project").sync
        problem = call("none", client=anna.client)
        assert (problem.status, problem.code) == (404, "not_found")
    assert json.loads(Client().get("/api/v1/schema").content)["openapi"].startswith("3.1")
