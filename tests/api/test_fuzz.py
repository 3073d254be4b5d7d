"""Random requests made from the OpenAPI document, alone and in chains: no failure of ours, no undocumented answer.

`make soak` runs the same longer (`SOAK` multiplies the examples).
"""

import os
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from tasks.models import Task
from tests.api.client import token_for
from tests.imported import opened
from tests.modelled import registered
from tests.people import Study, study
from workflow.images.receiving import announce
from workflow.models import Case, ImportBatch, Membership, ReaderModel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

EFFORT = int(os.environ.get("SOAK", "1"))
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)
# Whoever revokes the token they come with ends the walk.
ENDS_THE_WALK = "revoke$"


@pytest.fixture
def chest(settings: Any, tmp_path: Path) -> Study:
    """A study in which something of everything is there to be found."""
    settings.IMAGES_FOLDER = tmp_path / "images"
    chest = study(*(f"case-{n}" for n in range(1, 6)))
    chest.read("anna")
    chest.read("bob", malignancy=5)
    chest.review("jin")
    for name in ("anna", "jana"):
        chest.claim(name)
    registered(chest)
    announce(acting=chest.acting("maria"), batch=opened(chest, b"here"), sizes=[1000])
    return chest


def service(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The service as a web server calls it, from a thread that leaves no connection behind."""
    if zlib.crc32(environ["PATH_INFO"].encode()) % 4:
        environ.pop(
            "HTTP_IDEMPOTENCY_KEY", None
        )  # random ones are mostly malformed, and nothing else is then seen
    answer = WSGIHandler()(environ, start_response)
    try:
        return [b"".join(answer)]
    finally:
        answer.close()
        connections.close_all()


def known_ids(chest: Study, name: str) -> dict[str, list[Any]]:
    """What a person may find in a path: random ids alone would find nothing."""
    own = Task.objects.filter(holder=chest.members[name])
    return {
        "slug": ["chest"],
        "number": [1, 2],
        "import_id": [str(pk) for pk in ImportBatch.objects.values_list("pk", flat=True)],
        "model_id": [str(pk) for pk in ReaderModel.objects.values_list("pk", flat=True)],
        "case_id": [str(pk) for pk in Case.objects.values_list("pk", flat=True)],
        "member_id": [str(pk) for pk in Membership.objects.values_list("pk", flat=True)],
        "task_id": [str(pk) for pk in (own if own.exists() else Task.objects).values_list("pk", flat=True)],
    }


def document(name: str, known: dict[str, list[Any]]) -> Any:
    """The API as one person meets it, who mostly asks about what is there."""
    config = SchemathesisConfig.from_dict(
        {
            "headers": {"Authorization": f"Bearer {token_for(name)}"},
            "continue-on-failure": True,
            "checks": {"enabled": False, **{check: {"enabled": True} for check in CHECKS}},
            "generation": {
                "max-examples": 4 * EFFORT,
                "no-shrink": True,
                "deterministic": bool(os.environ.get("CI")),
                "database": "none",
                "with-security-parameters": False,
            },
            "phases": {
                "coverage": {"enabled": False},
                "stateful": {"max-steps": 6, "generation": {"max-examples": 15 * EFFORT}},
            },
        }
    )
    api = schemathesis.openapi.from_wsgi("/api/v1/schema", service, config=config)

    @api.hook
    def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
        return path_parameters and {k: pick(known.get(k), value) for k, value in path_parameters.items()}

    return api.exclude(path_regex=ENDS_THE_WALK)


def pick(known: list[Any] | None, value: Any) -> Any:
    """Mostly something that is there, always the same for the same value."""
    chance = zlib.crc32(repr(value).encode())
    return known[chance % len(known)] if known and chance % 5 else value


def walk(api: Any, answers: Counter[str]) -> Iterator[str]:
    """What was wrong with any answer, with the request that brought it about; the answers are counted."""
    for event in from_schema(api).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            yield repr(event)
        elif isinstance(event, events.ScenarioFinished):
            for told in event.recorder.interactions.values():
                answers[str(told.response.status_code) if told.response else "none"] += 1
            for checks in event.recorder.checks.values():
                failed = (check.failure_info for check in checks if check.failure_info)
                yield from (f"{told.code_sample}\n{told.failure}" for told in failed)


@pytest.mark.parametrize("name", ["maria", "anna", "jana"])
def test_no_request_meets_a_failure_of_ours_or_an_undocumented_answer(chest: Study, name: str) -> None:
    answers: Counter[str] = Counter()
    wrong = "\n\n".join(walk(document(name, known_ids(chest, name)), answers))
    assert not wrong, wrong
    assert answers["200"] > 15, answers
