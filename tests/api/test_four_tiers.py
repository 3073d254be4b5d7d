"""A whole case carried through four tiers over the API alone."""

from typing import Any

import pytest

from tests.api.client import As
from tests.people import CAST, GUIDELINE, PROTOCOL, Study, labels, person, with_protocol
from tests.people import study as whole_study
from workflow.models import Membership
from workflow.projects import add_member, create_project

pytestmark = pytest.mark.django_db(transaction=True)

DECISION = {"outcome": "decided", "reason_code": "perception", "rationale": "The margin is clear."}


def empty_study() -> Study:
    """A project with its people, and nothing published yet."""
    project = create_project(founder=person("maria"), slug="chest", name="Chest")
    new = Study(project, {"maria": Membership.objects.select_related("project__log").get(project=project)})
    for name, (_, roles) in CAST.items():
        if name != "maria":
            add_member(acting=new.acting("maria"), project=project, user=person(name), roles=roles)
    return new


def publish(kind: str, document: dict[str, Any]) -> None:
    maria = As("maria")
    number = maria.post(f"/projects/chest/{kind}-versions", {"document": document}, 201)["number"]
    maria.post(f"/projects/chest/{kind}-versions/{number}/publish", {"change_note": "As planned."})


def read(name: str, **values: Any) -> None:
    assert As(name).finish({"labels": labels(**values)})["status"] == "done"


def review(name: str, verdict: str = "accept", **more: Any) -> None:
    As(name).finish({"verdict": verdict, **more})


def test_a_case_is_carried_from_an_empty_project_to_its_reference_label() -> None:
    empty_study()
    publish("guideline", GUIDELINE)
    publish("protocol", PROTOCOL)
    for name in ("anna", "bob", "jin", "jana", "sana"):
        As(name).post("/projects/chest/guideline-versions/1/acknowledge")
    new = {"external_ref": "case-1", "patient_key": "patient-1", "split": "train"}
    row = As("maria").post("/projects/chest/cases", {"cases": [new]})["rows"][0]
    read("anna", malignancy=3)
    read("bob", malignancy=4)
    review("jin")
    review("jana")
    As("sana").finish({**DECISION, "labels": labels(malignancy=5)})
    case = As("maria").get(f"/cases/{row['case_id']}")
    assert case["state"] == "final"
    assert case["label"]["labels"]["fields"] == {"finding": "nodule", "malignancy": 5}
    actions = [event["action"] for event in As("aud").get(f"/cases/{row['case_id']}/timeline")["results"]]
    assert actions[0] == "case.created"
    assert actions[-1] == "label.released"


def test_a_returned_read_comes_back_with_the_reviewers_words() -> None:
    whole_study("case-1")
    read("anna", finding="mass")
    read("bob", finding="nodule")
    review(
        "jin", "return", reason_code="boundary", comments=[{"path": "/fields/finding", "text": "Look again."}]
    )
    review("jana")
    task = As("anna").claim()
    assert task["returned"] is True
    assert task["material"]["returned"]["comments"] == [{"path": "/fields/finding", "text": "Look again."}]
    assert task["material"]["earlier"]["fields"]["finding"] == "mass"


def test_an_arbiter_of_a_sampling_protocol_reads_before_anything_is_shown() -> None:
    whole_study(
        "case-1", protocol=with_protocol(arbitration={"sample_of_agreed": {"share": "1", "strata": []}})
    )
    read("anna")
    read("bob")
    review("jin")
    review("jana")
    sana = As("sana")
    task = sana.claim()
    assert (task["step"], task["material"]) == ("first_look", {"case": {}})
    after = sana.post(f"/tasks/{task['id']}/submit", {"token": task["token"], "result": {"labels": labels()}})
    assert (after["step"], after["status"], set(after["material"]["reads"])) == (
        "result",
        "leased",
        {"A", "B"},
    )
    done = {"token": after["token"], "result": DECISION}
    assert sana.post(f"/tasks/{task['id']}/submit", done)["status"] == "done"


def test_equivocal_and_sent_back_are_decisions_too() -> None:
    whole_study("case-1")
    read("anna", malignancy=3)
    read("bob", malignancy=4)
    review("jin")
    review("jana")
    As("sana").finish({**DECISION, "outcome": "sent_back", "rework": ["A"]})
    assert [case["state"] for case in As("maria").get("/cases")["results"]] == ["annotation"]
