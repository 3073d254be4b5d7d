"""The page of a reader who keeps their own read first, and then sees a model's marks."""

import json
from typing import Any

import pytest

from tasks.models import Task
from tests.modelled import AFTER, box, predict, read_of, with_model
from tests.people import Study
from tests.screens.desk import Desk
from workflow.models import Assistance, Commitment, Read

pytestmark = pytest.mark.django_db(transaction=True)
FORM = {
    "fields.finding": "nodule", "fields.malignancy": "3",
    "findings.0.id": "f1", "findings.0.type": "nodule", "findings.0.fields.size": "small",
}  # fmt: skip
HIDDEN = ("Detector", "Take it into my answer", "read this case too")


@pytest.fixture
def task() -> Task:
    """A case that the model marked, in Anna's hands; its name is not told."""
    chest, model = with_model(protocol={**AFTER, "model": {**AFTER["model"], "named": True}})
    predict(chest, model, box("m1", 3), finding="mass")
    return chest.claim("anna")


def form(task: Task, **more: str) -> dict[str, str]:
    return {"token": str(task.token), "mode": "read", "draft_version": "0", **FORM, **mark(60), **more}


def mark(x: int) -> dict[str, str]:
    places = {"x1": x, "y1": 0, "x2": x + 10, "y2": 10}
    return {f"findings.0.mark.{name}": str(value) for name, value in places.items()}


def test_the_first_page_shows_nothing_of_the_model_and_says_what_comes(task: Task) -> None:
    page = Desk("anna").get(f"/work/tasks/{task.pk}/")
    assert "Keep my read and see the model’s marks" in page
    assert "Submit and next" not in page.partition("Keep my read")[0]
    assert not [words for words in HIDDEN if words in page]
    assert f'action="/work/tasks/{task.pk}/commit"' in Desk("anna").raw(f"/work/tasks/{task.pk}/")


def test_a_read_that_is_not_whole_comes_back_with_its_faults(task: Task) -> None:
    given = form(task)
    del given["fields.malignancy"]
    page = Desk("anna").post(f"/work/tasks/{task.pk}/commit", 422, **given)
    assert "Keep my read and see the model’s marks" in page
    assert not Commitment.objects.exists()


def test_after_it_the_marks_stand_beside_ones_own_answers_and_can_be_taken_over(task: Task) -> None:
    anna, path = Desk("anna"), f"/work/tasks/{task.pk}/"
    assert anna.post(f"{path}commit", **form(task)) == path
    page, raw = anna.get(path), anna.raw(path)
    assert "Your own read is kept. Now you see the model’s marks" in page
    assert "Detector 2 read this case too" in page
    assert "Mass" in page
    assert "Submit and next" in page
    assert "Keep my read" not in page
    assert 'value="60"' in raw
    assert 'value="take:model:m1"' in raw
    taken = anna.http.post(f"{path}findings", {**form(task), "change": "take:model:m1"}).content.decode()
    assert 'value="13"' in taken
    assert 'value="70"' in taken


def test_it_is_submitted_after_that_and_not_before(task: Task) -> None:
    anna, path = Desk("anna"), f"/work/tasks/{task.pk}/"
    assert "Keep your own read first" in anna.post(f"{path}submit", 409, **form(task))
    anna.post(f"{path}commit", **form(task))
    anna.post(f"{path}submit", **form(task, **{"fields.malignancy": "4"}))
    assert Read.objects.get().content.data["fields"]["malignancy"] == 4
    assert Commitment.objects.get().content.data["fields"]["malignancy"] == 3
    assert Assistance.objects.get().shift == "neither"


def test_a_page_of_the_first_step_that_is_sent_again_leads_to_the_marks(task: Task) -> None:
    anna, path = Desk("anna"), f"/work/tasks/{task.pk}/"
    anna.post(f"{path}commit", **form(task))
    assert anna.post(f"{path}commit", **form(task)) == path
    assert "You kept your own read of this case already" in anna.follow(
        f"{path}commit", **form(task, **{"fields.malignancy": "5"})
    )
    assert Commitment.objects.count() == 1


def test_a_newer_draft_of_an_outside_viewer_is_not_passed_over(task: Task) -> None:
    anna, path = Desk("anna"), f"/work/tasks/{task.pk}/"
    saved: dict[str, Any] = {"token": str(task.token), "version": 0, "data": {"labels": read_of()}}
    answer = anna.http.post(
        f"/api/v1/tasks/{task.pk}/draft", json.dumps(saved), content_type="application/json"
    )
    assert answer.status_code == 200
    assert "A newer draft of this case came from an outside viewer" in anna.post(
        f"{path}commit", 409, **form(task)
    )


def test_a_case_without_marks_has_one_step() -> None:
    chest: Study = with_model(protocol=AFTER)[0]
    task = chest.claim("anna")
    anna, path = Desk("anna"), f"/work/tasks/{task.pk}/"
    assert "Submit and next" in anna.get(path)
    assert "marks wait to be shown" in anna.follow(f"{path}commit", **form(task))
