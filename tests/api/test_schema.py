"""The OpenAPI document is valid 3.1, names every operation, and says how each may fail."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.validation import validate_schema

from workflow.errors import BY_CONSTRAINT


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    answer = Client().get("/api/v1/schema")
    assert answer.status_code == 200
    whole: dict[str, Any] = json.loads(answer.content)
    return whole


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{m.upper()} {path}": o for path, methods in document["paths"].items() for m, o in methods.items()
    }


def test_it_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    validate_schema(document)


def test_it_is_made_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    from drf_spectacular.drainage import GENERATOR_STATS
    from drf_spectacular.generators import SchemaGenerator

    GENERATOR_STATS.reset()
    SchemaGenerator().get_schema(request=None, public=True)
    assert not GENERATOR_STATS, capsys.readouterr().err


def test_every_address_is_in_it(document: dict[str, Any]) -> None:
    from api.urls import urlpatterns

    # The roots of DICOMweb are alike: the document lists one.
    known = {p.name for p in urlpatterns if not re.match("dicomweb_(project|task|link)_", str(p.name))}
    known -= {"schema", "docs"}
    assert len(document["paths"]) == len(known)


def test_operations_have_names_of_their_own_and_a_sentence(document: dict[str, Any]) -> None:
    every = operations(document)
    assert len({o["operationId"] for o in every.values()}) == len(every)
    assert all(o["description"] for o in every.values())


def test_every_operation_says_how_it_may_fail(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        failures = {code: answer for code, answer in operation["responses"].items() if code >= "400"}
        assert failures.keys() >= {"401", "406", "422", "500", "503"}, name
        for answer in failures.values():
            shape = answer["content"]["application/problem+json"]["schema"]
            assert shape == {"$ref": "#/components/schemas/Problem"}, name


def test_what_changes_something_takes_an_idempotency_key(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        taken = "Idempotency-Key" in {p["name"] for p in operation.get("parameters", [])}
        assert taken == (name.startswith(("POST", "PATCH")) and name != "POST /api/v1/tokens"), name


def test_the_page_shows_it_all_and_needs_nothing_from_elsewhere(document: dict[str, Any]) -> None:
    page = Client().get("/api/v1/docs").content.decode()
    assert all(f'id="{o["operationId"]}"' in page for o in operations(document).values())
    assert all(f'id="problem-{kind.code}"' in page for kind in BY_CONSTRAINT.values())
    assert "<script" not in page
    assert "http" not in page.replace("HTTP", "").replace("http-equiv", "")
