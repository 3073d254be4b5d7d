"""What the viewer of a task's page is told: the reader's own names, what may be drawn, and no read before its time."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.preferences import prefer, preferences_of
from tasks.models import Task
from tests.imported import at_gate
from tests.people import GUIDELINE, LABEL_SCHEMA, Study, labels, person, study, with_protocol
from tests.workflow.labels.examples import BOX, NODULE
from workflow.models import Series

from .seat import Seat, said

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("images_folder")]

OUTLINE = {"key": "lobe", "kind": "polygon", "holes": True, "label": "Lobe", "required": False}
SCHEMA = {
    **LABEL_SCHEMA,
    "fields": [*LABEL_SCHEMA["fields"], OUTLINE],
    "findings": {"types": [{**NODULE, "mark": {"kind": "box"}}]},
}
RULES = with_protocol(
    reads={"rule": "unanimous", "count": 2, "max": 2},
    fields={"lobe": {"escalates": False}},
    second_look={"rounds": 1},
)
FINDING = {"id": "f1", "type": "nodule", "mark": BOX, "fields": {"calcification": 4}}


@pytest.fixture
def chest() -> Study:
    """A case with one series of three images, whose question is about a place on it."""
    chest = study(protocol=RULES, guideline={**GUIDELINE, "label_schema": SCHEMA})
    at_gate(chest, "scan-1", (), lambda series: {"place": point(series)}, spacing=["0.5", "0.25"])
    return chest


def point(series: Series, **on: Any) -> dict[str, Any]:
    return {"kind": "point", "on": {"series": series.uid, **on}, "at": [1, 2]}


def told(seat: Seat, status: int = 200, **asked: str) -> Any:
    """What the viewer of the task in this person's hands is told."""
    answer = seat.http.get(reverse("work_images", args=[seat.task.pk]), asked)
    assert (answer.status_code, answer["Cache-Control"]) == (status, "no-store")
    return answer.json()


def test_the_images_are_told_under_names_that_are_the_readers_own(chest: Study) -> None:
    found = []
    for name in ("anna", "bob"):
        seat = Seat(name)
        seat.start()
        found.append(told(seat))
    one, other = found
    assert one["root"] == f"/api/v1/dicomweb/tasks/{Task.objects.get(holder__user__username='anna').pk}"
    [series] = one["series"]
    assert (series["modality"], series["images"]) == ("CT", 3)
    assert one["studies"] == [{"uid": series["study"], "role": "current", "label": "Current"}]
    assert one["hanging"] == {"rows": 1, "columns": 1, "cells": [{"series": series["uid"]}]}
    assert series["kind"] == "current.CT...1"
    stored = Series.objects.get()
    names = {stored.uid, stored.study.uid, other["series"][0]["uid"], other["series"][0]["study"]}
    assert not any(name in str(one) for name in names)
    [layer] = one["layers"]
    assert layer["layer"] == "case"
    assert layer["drawn"][0]["mark"]["on"] == {"series": series["uid"]}


def test_what_may_be_drawn_is_what_the_label_schema_asks_for(chest: Study) -> None:
    anna = Seat("anna")
    anna.start()
    assert told(anna)["tools"] == [
        {"id": "nodule", "kind": "box", "slices": False, "holes": False, "label": "Nodule", "colour": 0},
        {
            "id": "fields.lobe",
            "kind": "polygon",
            "slices": False,
            "holes": True,
            "label": "Lobe",
            "colour": 1,
        },
    ]
    assert told(anna, layout="2x1")["hanging"]["rows"] == 2


def test_a_layout_that_was_chosen_is_the_persons_own_from_then_on(chest: Study) -> None:
    anna, bob = Seat("anna"), Seat("bob")
    for seat in (anna, bob):
        seat.start()
    name = told(anna)["layout_name"]
    assert name == "layout.CT"
    for value, status in (("1x2", 204), ("9x9", 422), ("dark", 422)):
        answer = anna.http.post("/account/looks", {"name": name, "value": value})
        assert answer.status_code == status
    assert anna.http.post("/account/looks", {"name": "layout.ever-more", "value": "1x2"}).status_code == 422
    assert [told(seat)["hanging"]["columns"] for seat in (anna, bob)] == [2, 1]


def test_window_and_order_that_were_chosen_are_the_persons_own_until_they_are_put_back() -> None:
    at_gate(study(), "scan-0", (), beside=1)
    anna = Seat("anna")
    anna.start()
    first = told(anna)
    assert "usual" not in first["hanging"]
    uids = [one["uid"] for one in first["series"]]
    choices = {
        "preset.CT": "lung",
        "order.CT": "prior.CT...7 current.CT...2 current.CT...1",
        "layout.CT": "1x2",
    }
    for name, value in choices.items():
        assert anna.http.post("/account/looks", {"name": name, "value": value}).status_code == 204
    liked = told(anna)
    assert [one["uid"] for one in liked["series"]] == uids[::-1]
    assert [one["number"] for one in liked["series"]] == [2, 1]
    assert [cell["series"] for cell in liked["hanging"]["cells"]] == uids[::-1]
    assert liked["hanging"]["presets"] == {"CT": "lung"}
    assert liked["hanging"]["usual"] == {**first["hanging"], "series": uids}

    for name, value in (("hanging.CT", "usual"), ("preset.CT", "stored")):
        assert anna.http.post("/account/looks", {"name": name, "value": value}).status_code == 204
    assert told(anna) == first
    assert preferences_of(person("anna").pk) == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("preset.CT", "suv5"),
        ("preset.MR", "lung"),
        ("order.CT", "current.CT"),
        ("order.CT", "current.CT...1 " * 61),
        ("hanging.CT", ""),
        ("gossip.CT", "usual"),
    ],
)
def test_what_is_no_choice_of_a_hanging_is_refused(chest: Study, name: str, value: str) -> None:
    answer = Seat("anna").http.post("/account/looks", {"name": name, "value": value})
    assert (answer.status_code, preferences_of(person("anna").pk)) == (422, {})


@pytest.mark.parametrize(("name", "value"), [("preset.CT", ["lung"]), ("order.CT", {}), ("layout.CT", "9x9")])
def test_what_is_no_hanging_any_more_counts_as_none(chest: Study, name: str, value: Any) -> None:
    prefer(user=person("anna").pk, name=name, value=value)
    anna = Seat("anna")
    anna.start()
    assert "usual" not in told(anna)["hanging"]


def test_a_persons_choices_are_asked_for_once(
    chest: Study, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    anna = Seat("anna")
    anna.start()
    with django_assert_max_num_queries(60) as asked:
        told(anna)
    assert sum("accounts_preference" in query["sql"] for query in asked.captured_queries) == 1


def test_a_reader_is_shown_no_marks_of_others_and_whoever_judges_them_is(chest: Study) -> None:
    for name, findings in (("anna", [FINDING]), ("bob", [])):
        seat = Seat(name)
        seat.start()
        assert {layer["layer"] for layer in told(seat)["layers"]} == {"case"}
        chest.submit(name, seat.task, {"labels": labels(findings=findings)})
    jin = Seat("jin")
    jin.start()
    read = next(layer for layer in told(jin)["layers"] if layer["layer"] == "read")
    assert read["drawn"] == [{"id": "read:f1", "tool": "nodule", "mark": BOX, "label": "Nodule"}]
    chest.submit("jin", jin.task, {"verdict": "accept"})
    chest.review("jana")
    bob = Seat("bob")
    bob.start()
    assert [layer["name"] for layer in told(bob)["layers"]] == ["Marked in the case", "Reader A"]
    for name in ("anna", "bob"):
        seat = Seat(name)
        seat.start()
        chest.submit(name, seat.task, {"labels": labels(findings=[FINDING] if name == "anna" else [])})
    sana = Seat("sana")
    sana.start()
    assert [layer["name"] for layer in told(sana)["layers"]][1:] in (["Reader A"], ["Reader B"])


def test_nobody_else_is_told_and_not_the_holder_once_their_time_is_over(chest: Study) -> None:
    anna = Seat("anna")
    anna.start()
    task = anna.task
    address = reverse("work_images", args=[task.pk])
    assert Seat("bob").http.get(address).status_code == 404
    assert Client().get(address).status_code == 401
    Task.objects.filter(pk=task.pk).update(lease_until=timezone.now() - timedelta(minutes=1))
    assert told(anna, 409)["code"] == "lease_lost"


def test_beside_the_viewer_slices_are_counted_as_it_counts_them(chest: Study) -> None:
    at_gate(chest, "scan-2", (), lambda series: {"place": point(series, slices=[1, 1])})
    anna = Seat("anna")
    pages = [said(anna.start())]
    chest.submit("anna", anna.task, {"labels": labels()})
    pages.append(said(anna.start()))
    assert sum("slice 2" in page for page in pages) == 1
    assert not any("slice 1" in page for page in pages)
