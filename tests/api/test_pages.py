"""Lists come in pages that stay in place, and cost the same however long they are."""

import base64
import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.client import As
from tests.people import Study, study
from workflow.models import Case

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chest() -> Study:
    return study(*"abcde")


def refs(page: dict[str, Any]) -> list[str]:
    return [case["external_ref"] for case in page["results"]]


def follow(name: str, address: str) -> dict[str, Any]:
    page: dict[str, Any] = As(name).get(address.partition("/api/v1")[2])
    return page


def test_pages_lead_forth_and_back(chest: Study) -> None:
    first = As("maria").get("/cases?page_size=2&split=train")
    second = follow("maria", first["next"])
    third = follow("maria", second["next"])
    assert [refs(p) for p in (first, second, third)] == [["a", "b"], ["c", "d"], ["e"]]
    assert (first["previous"], third["next"]) == (None, None)
    assert refs(follow("maria", third["previous"])) == ["c", "d"]
    back = follow("maria", second["previous"])
    assert (refs(back), back["previous"], back["next"]) == (["a", "b"], None, first["next"])


def test_what_comes_in_between_shifts_nothing(chest: Study) -> None:
    first = As("maria").get("/cases?page_size=3")
    chest.register("f")
    second = follow("maria", first["next"])
    assert refs(first) + refs(second) == [*"abcdef"]


def test_rows_of_the_same_instant_are_each_shown_once() -> None:
    chest = study()
    new = [{"external_ref": str(n), "patient_key": str(n), "split": "train"} for n in range(7)]
    As("maria").post("/projects/chest/cases", {"cases": new})
    page, seen = As("maria").get("/cases?page_size=2"), []
    while True:
        seen += refs(page)
        if page["next"] is None:
            break
        page = follow("maria", page["next"])
    assert sorted(seen) == sorted(c.external_ref for c in Case.objects.filter(project=chest.project))


@pytest.mark.parametrize(
    "cursor",
    [
        [True, 5],
        [False, "x", "y"],
        [False, "2026-01-01", "y"],
        ["no"],
        [False, [], []],
        {},
        5,
        [False, 2**63],
    ],
)
def test_a_made_up_cursor_is_refused(chest: Study, cursor: object) -> None:
    text = base64.urlsafe_b64encode(json.dumps(cursor).encode()).decode()
    As("maria").get(f"/cases?cursor={text}", 422)
    As("maria").get(
        f"/cases/{chest.case('a').pk}/timeline?cursor={text}", 422 if cursor != [True, 5] else 200
    )


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("maria", "/cases?project=chest"),
        ("maria", "/tasks?project=chest"),
        ("anna", "/tasks?mine=true"),
        ("maria", "/projects"),
        ("aud", "/projects/chest/guideline-versions"),
        ("anna", "/me"),
    ],
)
def test_a_list_costs_the_same_however_long_it_is(chest: Study, name: str, path: str) -> None:
    who = As(name)
    who.get(path)
    with CaptureQueriesContext(connection) as few:
        who.get(path)
    chest.register(*(f"more-{n}" for n in range(20)))
    with CaptureQueriesContext(connection) as many:
        who.get(path)
    assert len(many) == len(few) <= 5


def test_a_case_and_its_timeline_cost_the_same_however_much_happened(chest: Study) -> None:
    maria, path = As("maria"), f"/cases/{chest.case('a').pk}"
    counts = []
    for _ in range(2):
        for act in ("hold", "resume") * 3:
            maria.post(f"{path}/{act}", {"reason_code": "later", "note": "Wait."} if act == "hold" else {})
        with CaptureQueriesContext(connection) as queries:
            maria.get(path)
            maria.get(f"{path}/timeline")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 16  # a row of the access log each


def test_registering_costs_no_queries_per_row_at_the_door(chest: Study) -> None:
    """Refused rows cost nothing: what grows is the opening of each registered case's work alone."""
    maria = As("maria")
    counts = []
    for size in (5, 50):
        rows = [{"external_ref": f"r{n}", "patient_key": "p", "split": "nowhere"} for n in range(size)]
        with CaptureQueriesContext(connection) as queries:
            maria.post("/projects/chest/cases", {"cases": rows})
        counts.append(len(queries))
    assert counts[0] == counts[1]
