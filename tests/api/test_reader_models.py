"""Models over the API: registered, retired, their answers taken once, and what readers made of their marks."""

from typing import Any
from uuid import uuid4

import pytest

from audit.models import Event
from tasks.advancing import advance
from tests.api.client import As, key
from tests.api.test_token_scopes import by_token
from tests.modelled import AFTER, FILE, box, predict, read_of, said, with_model
from workflow.members import change_roles
from workflow.models import Prediction, ReaderModel
from workflow.queries import body_of

pytestmark = pytest.mark.django_db(transaction=True)
MODELS = "/projects/chest/models"
NEW = {"name": "Detector", "version": "3", "digest": "sha256:" + "cd" * 32, "intended_use": "Marks nodules."}


def predictions(model: ReaderModel) -> str:
    return f"{MODELS}/{model.pk}/predictions"


def rows(*answers: tuple[str, Any]) -> dict[str, Any]:
    return {"predictions": [{"external_ref": ref, "labels": labels} for ref, labels in answers]}


def told(answer: dict[str, Any]) -> list[tuple[str, str]]:
    return [(row["result"], row["code"]) for row in answer["rows"]]


def test_a_model_is_registered_once_and_retired_with_a_reason() -> None:
    chest, model = with_model()
    maria = As("maria")
    [_, new] = maria.post(MODELS, NEW)["models"]
    assert (new["version"], new["retired"], new["predictions"]) == ("3", False, 0)
    event = body_of(Event.objects.get(event_id=ReaderModel.objects.get(version="3").event_id))
    assert (event["action"], event["extra"]["model"], event["object"]["kind"]) == (
        "project.settings_changed", "registered", "model",
    )  # fmt: skip
    for again in (NEW, {**NEW, "version": "4"}, {**NEW, "digest": "sha256:" + "ef" * 32}):
        assert maria.post(MODELS, again, 409)["code"] == "model_registered"
    for unfit in ({"digest": "cd" * 32}, {"name": " "}, {"intended_use": ""}, {"version": "x" * 61}):
        assert maria.post(MODELS, {**NEW, **unfit}, 422)["code"] == "invalid"
    maria.post(f"{MODELS}/{model.pk}/retire", {"reason_code": "superseded"})
    assert {one["version"]: one["retired"] for one in maria.get(MODELS)["models"]} == {"2": True, "3": False}
    assert maria.post(predictions(model), rows(("case-1", said())), 409)["code"] == "illegal_move"
    assert (
        maria.post(f"{MODELS}/{model.pk}/retire", {"reason_code": "superseded"}, 409)["code"]
        == "already_done"
    )
    assert chest.project


def test_each_row_stands_for_itself_and_the_first_answer_is_in_force() -> None:
    chest, model = with_model("case-1", "case-2")
    maria = As("maria")
    sent = rows(
        ("case-1", said(box("f1"))),
        ("case-2", said(box("f1"), finding="cyst")),
        ("case-1", said()),
        ("nowhere", said()),
    )
    answer = maria.post(predictions(model), sent)
    assert told(answer) == [
        ("attached", ""), ("refused", "labels_unfit"), ("refused", "named_twice"), ("refused", "not_found"),
    ]  # fmt: skip
    assert answer["rows"][1]["faults"][0]["path"] == "/labels/fields/finding"
    assert all(row["detail"].endswith(".") for row in answer["rows"][1:])
    again = maria.post(predictions(model), rows(("case-1", said(box("f1"))), ("case-2", said())))
    assert told(again) == [("exists", ""), ("attached", "")]
    other = maria.post(predictions(model), rows(("case-1", said(box("f1", 5)))))
    assert told(other) == [("refused", "prediction_differs")]
    listed = maria.get(predictions(model))["results"]
    assert [(one["external_ref"], one["digest"]) for one in listed] == [
        ("case-1", answer["rows"][0]["digest"]), ("case-2", again["rows"][1]["digest"]),
    ]  # fmt: skip
    by_id = {"predictions": [{"case": str(chest.case("case-1").pk), "labels": said(box("f1"))}]}
    assert told(maria.post(predictions(model), by_id)) == [("exists", "")]
    crosswise = {"case": str(chest.case("case-1").pk), "external_ref": "case-2", "labels": said()}
    assert told(maria.post(predictions(model), {"predictions": [crosswise]})) == [("refused", "not_found")]


def test_an_answer_is_taken_once_for_one_key_and_for_a_thousand_cases_at_most() -> None:
    _, model = with_model()
    maria, body, once = As("maria"), rows(("case-1", said(box("f1")))), key()
    first, second = (maria.post(predictions(model), body, Idempotency_Key=once) for _ in range(2))
    assert first == second
    assert told(first) == [("attached", "")]
    many = rows(*((f"case-{n}", said()) for n in range(1001)))
    assert maria.post(predictions(model), many, 422)["code"] == "invalid"
    assert maria.post(f"{MODELS}/{uuid4()}/predictions", body, 404)["code"] == "not_found"
    assert Prediction.objects.count() == 1


def test_an_answer_comes_in_at_any_time_also_of_a_case_that_is_final() -> None:
    chest, model = with_model()
    for name in ("anna", "bob"):
        chest.submit(name, chest.claim(name), {"labels": read_of()})
    for name in ("jin", "jana"):
        chest.review(name)
    advance(case_id=chest.case().pk)
    assert chest.case().state == "final"
    assert told(As("maria").post(predictions(model), rows(("case-1", said(box("f1")))))) == [("attached", "")]


def test_what_readers_made_of_the_marks_is_counted_in_all_and_for_each() -> None:
    chest, model = with_model()
    maria = As("maria")
    maria.post(predictions(model), rows(("case-1", said(box("f1"), box("f2", 20)))))
    chest.submit("anna", chest.claim("anna"), {"labels": read_of(box("f1"), box("f2", 20))})
    chest.submit("bob", chest.claim("bob"), {"labels": read_of(box("f1", 5))})
    found = maria.get(f"{MODELS}/{model.pk}/assistance")
    assert found["measures"] == {
        "reads": 2, "kept": 2, "changed": 1, "dropped": 1, "added": 0,
        "unchanged_share": 0.5, "median_iou": 0.3333, "median_distance_px": None,
        "committed": 0, "changed_after": 0, "towards": 0, "away": 0, "changed_share": None,
    }  # fmt: skip
    shares = {one["reader"]: one["measures"]["unchanged_share"] for one in found["readers"]}
    assert shares == {chest.members["anna"].actor_id: 1.0, chest.members["bob"].actor_id: 0.0}


def test_a_reader_commits_sees_the_marks_and_submits() -> None:
    chest, model = with_model(protocol=AFTER)
    predict(chest, model, box("m1"))
    anna = As("anna")
    task = anna.post("/tasks/claim", {})
    assert (task["step"], set(task["material"])) == ("commitment", {"case"})
    path, lease = f"/tasks/{task['id']}", {"token": task["token"]}
    whole = {**lease, "result": {"labels": read_of(box("f1", 60))}}
    assert anna.post(f"{path}/submit", whole, 409)["code"] == "commitment_first"
    unfit = anna.post(f"{path}/commit", {**lease, "labels": said(box("f1", 60))}, 422)
    assert unfit["faults"][0]["path"] == "/fields/finding"
    body = {**lease, "labels": read_of(box("f1", 60))}
    after = anna.post(f"{path}/commit", body)
    assert (after["step"], after["status"], after["token"]) == ("result", "leased", task["token"])
    assert after["material"]["committed"] == body["labels"]
    assert after["material"]["model"]["labels"]["findings"] == [box("m1")]
    assert anna.get(path)["material"] == anna.post(f"{path}/commit", body)["material"] == after["material"]
    other = {**lease, "labels": read_of()}
    assert anna.post(f"{path}/commit", other, 409)["code"] == "committed_already"
    done = {**lease, "result": {"labels": read_of(box("f1", 60), box("f2"))}}
    assert anna.post(f"{path}/submit", done)["status"] == "done"
    assert anna.post(f"{path}/commit", body, 409)["code"] == "task_finished"
    measures = As("maria").get(f"{MODELS}/{model.pk}/assistance")["measures"]
    told_of = ("committed", "changed_after", "towards", "away", "changed_share")
    assert [measures[name] for name in told_of] == [1, 1, 1, 0, 1.0]


def test_a_case_without_marks_has_nothing_to_commit_to() -> None:
    with_model(protocol=AFTER)
    anna = As("anna")
    task = anna.post("/tasks/claim", {})
    assert task["step"] == "result"
    body = {"token": task["token"], "labels": read_of()}
    assert anna.post(f"/tasks/{task['id']}/commit", body, 409)["code"] == "nothing_to_commit"


def test_a_token_needs_the_verb_register_and_a_manager_who_reads_gets_nowhere() -> None:
    chest, model = with_model()
    body = rows(("case-1", said(box("f1"))))
    sender = by_token("maria", projects=["chest"], verbs=["register"])
    assert told(sender.post(predictions(model), body)) == [("attached", "")]
    assert by_token("maria", verbs=["read"]).post(predictions(model), body, 403)["code"] == "token_scope"
    sender.get(predictions(model), 403)
    change_roles(acting=chest.acting("maria"), member=chest.members["mehmet"], roles=["manager", "annotator"])
    assert "read in this project yourself" in As("mehmet").get(MODELS, 403)["detail"]
    As("mehmet").post(predictions(model), body, 403)
    assert model.digest == FILE


def test_a_protocol_shows_only_a_model_that_is_in_use_here() -> None:
    with_model()
    maria = As("maria")
    document = {
        "schema": "consilium/protocol/v1",
        "reads": {"rule": "2+1", "count": 2},
        "safety_contact": {"none_because": "A test has no patients."},
        "model": {"show": "as_start", "model": NEW["digest"]},
        "findings": {"nodule": {"match_at": "0.1", "at_least": "0.5"}},
    }
    number = maria.post("/projects/chest/protocol-versions", {"document": document}, 201)["number"]
    publish = f"/projects/chest/protocol-versions/{number}/publish"
    fault = maria.post(publish, {"change_note": "With a model."}, 422)["faults"][0]
    assert (fault["path"], fault["code"]) == ("/model/model", "model_unknown")
    maria.post(MODELS, NEW)
    maria.post(publish, {"change_note": "With a model."})
