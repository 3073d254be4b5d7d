"""Cases are registered in bulk, found, and managed."""

from typing import Any

import pytest

from tests.api.client import As
from tests.people import Study, study

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chest() -> Study:
    return study()


def row(ref: str, **more: Any) -> dict[str, Any]:
    return {"external_ref": ref, "patient_key": f"patient-{ref}", "split": "train", **more}


def register(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    return As("maria").post("/projects/chest/cases", {"cases": list(rows)})["rows"]


def test_each_row_stands_for_itself(chest: Study) -> None:
    rows = register(row("a"), row("b", split="nowhere"), row("", priority=500), row("a"))
    assert [r["result"] for r in rows] == ["registered", "refused", "refused", "exists"]
    assert {f["path"] for r in rows for f in r["faults"]} == {"/split", "/external_ref", "/priority"}


def test_registering_again_changes_nothing(chest: Study) -> None:
    first = register(row("a"))
    second = register(row("a"))
    assert (first[0]["case_id"], second[0]["result"]) == (second[0]["case_id"], "exists")


def test_a_case_never_changes_its_patient(chest: Study) -> None:
    register(row("a"))
    assert register(row("a", patient_key="another"))[0]["faults"][0]["code"] == "differs_from_existing"


def test_at_most_a_thousand_at_once(chest: Study) -> None:
    many = [row(str(n)) for n in range(1001)]
    assert As("maria").post("/projects/chest/cases", {"cases": many}, 422)["code"] == "invalid"


def test_a_row_of_the_wrong_form_is_named_by_its_place(chest: Study) -> None:
    problem = As("maria").post("/projects/chest/cases", {"cases": [row("a"), {"external_ref": 5}]}, 422)
    assert {f["path"] for f in problem["faults"]} == {
        "/cases/1/external_ref",
        "/cases/1/patient_key",
        "/cases/1/split",
    }


def test_cases_are_found_by_state_split_hold_and_reference(chest: Study) -> None:
    register(row("a"), row("b", split="test"), row("c"))
    maria = As("maria")
    maria.post(f"/cases/{chest.case('c').pk}/hold", {"reason_code": "later"})
    for query, refs in {
        "state=annotation&state=final": ["a", "b", "c"],
        "state=final": [],
        "split=test": ["b"],
        "held=true": ["c"],
        "held=false&split=train": ["a"],
        "external_ref=b": ["b"],
    }.items():
        found = maria.get(f"/cases?project=chest&{query}")["results"]
        assert [case["external_ref"] for case in found] == refs, query


def test_a_case_tells_what_is_open_in_it(chest: Study) -> None:
    register(row("a"))
    task = As("anna").claim()
    case = As("maria").get(f"/cases/{chest.case('a').pk}")
    assert [(r["number"], r["guideline"], r["protocol"]) for r in case["rounds"]] == [(1, 1, 1)]
    assert {(w["status"], w["id"] == task["id"]) for w in case["open_work"]} == {
        ("leased", True),
        ("open", False),
    }
    assert (case["label"], case["exclusion"]) == (None, None)


def test_what_readers_shall_see_comes_with_the_case(chest: Study) -> None:
    register(row("a", shown={"question": "Is there a nodule of 3 mm or more?"}))
    assert As("anna").claim()["material"]["case"] == {"question": "Is there a nodule of 3 mm or more?"}


def test_a_held_case_hands_out_no_work_until_it_is_resumed(chest: Study) -> None:
    register(row("a"))
    maria, path = As("maria"), f"/cases/{chest.case('a').pk}"
    assert (
        maria.post(f"{path}/hold", {"reason_code": "later", "note": "Wait for the second series."})["held"]
        is True
    )
    assert "on hold" in As("anna").send("/tasks/claim").headers["X-Consilium-Why"]
    maria.post(f"{path}/resume")
    assert As("anna").claim()["kind"] == "annotate"


def test_a_claimed_case_is_excluded_by_two_people_and_reinstated(chest: Study) -> None:
    register(row("a"))
    As("anna").claim()
    path, reason = f"/cases/{chest.case('a').pk}", {"reason_code": "bad_image", "note": "Blurred."}
    wish = As("maria").post(f"{path}/exclude", reason)
    assert (wish["state"], wish["exclusion"]["reason_code"]) == ("annotation", "bad_image")
    assert As("maria").post(f"{path}/approve-exclusion", {}, 409)["code"] == "needs_second_person"
    assert As("mehmet").post(f"{path}/approve-exclusion")["state"] == "excluded"
    assert As("maria").post(f"{path}/reinstate", {"reason_code": "mistake"})["state"] == "annotation"


def test_a_final_case_is_reopened_with_new_readers(chest: Study) -> None:
    register(row("a"))
    chest.agree_at_two()
    case = As("maria").post(
        f"/cases/{chest.case('a').pk}/reopen", {"reason_code": "new_evidence", "readers": "new_readers"}
    )
    assert (case["state"], [r["readers"] for r in case["rounds"]]) == ("annotation", ["first", "new_readers"])
    assert As("anna").send("/tasks/claim").status_code == 204


@pytest.mark.parametrize(
    ("act", "body", "path"),
    [
        ("hold", {}, "/reason_code"),
        ("hold", {"reason_code": "Not A Code"}, "/reason_code"),
        ("priority", {"priority": 101}, "/priority"),
        ("priority", {"priority": True}, "/priority"),
        ("reopen", {"reason_code": "x", "readers": "some"}, "/readers"),
    ],
)
def test_a_managers_slip_is_named_by_its_place(
    chest: Study, act: str, body: dict[str, Any], path: str
) -> None:
    register(row("a"))
    problem = As("maria").post(f"/cases/{chest.case('a').pk}/{act}", body, 422)
    assert [fault["path"] for fault in problem["faults"]] == [path]
