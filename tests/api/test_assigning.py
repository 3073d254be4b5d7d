"""Work is shared out and forecast over the API."""

from uuid import uuid4

import pytest

from tasks.models import Task
from tests.api.client import As
from tests.people import Study, study

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = {"Anna Annotator", "Bob Annotator", "Cleo Annotator"}


@pytest.fixture
def chest() -> Study:
    return study("case-1", "case-2", "case-3")


def test_a_plan_is_shown_then_applied_then_old(chest: Study) -> None:
    maria = As("maria")
    shown = maria.post("/tasks/rebalance", {"project": "chest", "preview": True})
    assert (shown["applied"], shown["given"], shown["moved"], shown["taken_back"]) == (False, 6, 0, 0)
    assert {one["name"] for one in shown["people"] if one["tasks_after"]} == NAMES
    assert [change["from"] for change in shown["changes"]] == [None] * 6
    body = {"project": "chest", "digest": shown["digest"]}
    assert maria.post("/tasks/rebalance", body)["changes"] == shown["changes"]
    assert Task.objects.filter(status="reserved").count() == 6
    refused = maria.post("/tasks/rebalance", body, 409)
    assert (refused["code"], "new preview" in refused["detail"]) == ("stale_preview", True)


def test_either_a_preview_is_asked_for_or_one_is_applied(chest: Study) -> None:
    for body in ({}, {"preview": True, "digest": "sha256:0"}, {"preview": True, "days": 0}):
        assert As("maria").post("/tasks/rebalance", {"project": "chest", **body}, 422)["code"] == "invalid"


def test_what_nobody_can_take_is_told_with_what_keeps_whom(chest: Study) -> None:
    for name in ("anna", "bob", "cleo"):
        body = {"capacity_per_day": 0}
        As("maria").post(f"/projects/chest/members/{chest.members[name].pk}/declare", body)
    shown = As("maria").post("/tasks/rebalance", {"project": "chest", "preview": True})
    assert (shown["given"], shown["left_reasons"], len(shown["left"])) == (0, {"time": 6}, 6)
    assert shown["left"][0]["reasons"] == {"kind": 4, "time": 3}
    assert "annotate" in As("aud").get("/projects/chest/forecast")["never"]


def test_named_tasks_have_their_rows(chest: Study) -> None:
    task = Task.objects.first()
    assert task is not None
    body = {"project": "chest", "tasks": [str(task.pk), str(uuid4())], "to": str(chest.members["anna"].pk)}
    rows = As("maria").post("/tasks/assign", body)["results"]
    assert [(row["assigned"], row["code"]) for row in rows] == [(True, ""), (False, "not_free")]
    As("maria").post("/tasks/assign", {**body, "to": str(uuid4())}, 404)


def test_the_forecast_names_its_end_and_what_holds_it_up(chest: Study) -> None:
    told = As("maria").get("/projects/chest/forecast")
    assert (told["never"], told["settled"]) == ("", 0)
    assert told["between"][0] <= told["ends"] <= told["between"][1]
    tiers = {tier["kind"]: tier for tier in told["tiers"]}
    assert tiers["review"]["tasks"] == tiers["annotate"]["tasks"] > 6
    assert sum(tier["holds_up"] for tier in told["tiers"]) == pytest.approx(1)
    assert told["bottleneck"] == max(told["tiers"], key=lambda tier: tier["holds_up"])["kind"]
