"""Urgent and incidental findings reach the safety contact from every tier, and nobody else."""

import pytest

from tests.api.client import As
from tests.people import PROTOCOL, Study, labels, study
from workflow.members import declare

pytestmark = pytest.mark.django_db(transaction=True)

SAFE = {**PROTOCOL, "safety_contact": {"acknowledge_within": "24h"}}
SEEN = {"kind": "urgent", "text": "A large pneumothorax on the left."}


@pytest.fixture
def chest() -> Study:
    chest = study("case-1", protocol=SAFE)
    declare(acting=chest.acting("maria"), member=chest.members["mehmet"], safety_contact=True)
    return chest


def report(name: str, status: int = 201, **more: str) -> dict[str, str]:
    task = As(name).claim()
    body = {"token": task["token"], **SEEN, **more}
    told: dict[str, str] = As(name).post(f"/tasks/{task['id']}/report", body, status)
    return told


def test_the_contact_is_told_and_acknowledges(chest: Study) -> None:
    made = report("anna")
    assert made.keys() == {"id", "kind", "reported_at", "acknowledge_by"}
    [found] = As("mehmet").get("/safety?open=true&project=chest")["results"]
    assert (found["text"], found["external_ref"], found["reported_by"], found["overdue"]) == (
        SEEN["text"], "case-1", "Anna Annotator", False,
    )  # fmt: skip
    done = As("mehmet").post(f"/safety/{made['id']}/acknowledge", {"note": "Ward called."})
    assert done["acknowledged_by"] == "Mehmet Manager"
    assert As("mehmet").post(f"/safety/{made['id']}/acknowledge", {}, 409)["code"] == "already_done"
    assert As("mehmet").get("/safety?open=true")["results"] == []


def test_every_tier_can_report(chest: Study) -> None:
    for name in ("anna", "bob"):
        report(name)
        As(name).finish({"labels": labels(malignancy=3 if name == "anna" else 5)})
    for name in ("jin", "jana"):
        report(name, kind="incidental")
        As(name).finish({"verdict": "accept"})
    report("cleo") if chest.case().state == "annotation" else report("sana")
    assert len(As("mehmet").get("/safety")["results"]) == 5


def test_an_outsider_finds_none(chest: Study) -> None:
    made = report("anna")
    assert As("otto").get("/safety")["results"] == []
    As("otto").get(f"/safety/{made['id']}", 404)
    As("otto").post(f"/safety/{made['id']}/acknowledge", {}, 404)


@pytest.mark.parametrize("name", ["anna", "bob", "jin", "sana"])
def test_no_reader_learns_of_a_report_not_even_its_author(chest: Study, name: str) -> None:
    made = report("anna")
    assert As(name).get("/safety")["results"] == []
    As(name).get(f"/safety/{made['id']}", 403)
    As(name).post(f"/safety/{made['id']}/acknowledge", {}, 403)


def test_managers_and_auditors_see_it_and_only_the_contact_acknowledges(chest: Study) -> None:
    made = report("anna")
    for name in ("maria", "aud"):
        assert As(name).get(f"/safety/{made['id']}")["text"] == SEEN["text"]
        As(name).post(f"/safety/{made['id']}/acknowledge", {}, 403)


def test_a_report_that_says_nothing_or_comes_from_nobodys_hands_is_refused(chest: Study) -> None:
    assert report("anna", 422, text=" ")["code"] == "invalid"
    assert report("anna", 422, kind="loud")["code"] == "invalid"
    task = As("anna").claim()
    stolen = {"token": task["token"], **SEEN}
    assert As("bob").post(f"/tasks/{task['id']}/report", stolen, 403)["code"] == "not_your_task"


def test_a_project_without_a_contact_says_why() -> None:
    study("case-1")
    assert "A test has no patients." in report("anna", 409)["detail"]
