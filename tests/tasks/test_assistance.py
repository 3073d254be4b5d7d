"""A reader who begins from a model's marks: what they are shown, what is kept of it, and when nothing is shown."""

import json
from typing import Any

import pytest

from audit.models import Event
from provenance.replay import replay
from tasks.displays import manifest, shown
from tasks.models import Task
from tasks.naming import uids_for
from tests.imported import at_gate
from tests.modelled import BOXES, SHOWS, box, predict, read_of, with_model
from tests.people import GUIDELINE, Study, publish_new_guideline, publish_new_protocol, with_protocol
from tests.probes import control, next_probe
from tests.screens.desk import Desk
from workflow.models import Assistance, Prediction, Read
from workflow.queries import body_of
from workflow.unit import CaseUnit, locked_case

pytestmark = pytest.mark.django_db


def unit_of(of: Study, task: Task, name: str = "anna") -> CaseUnit:
    return CaseUnit(of.acting(name), locked_case(task.case_id))


def material(of: Study, task: Task, name: str = "anna") -> dict[str, Any]:
    return shown(unit_of(of, task, name), task).material


def test_a_reader_begins_from_the_models_marks_and_what_they_made_of_each_is_kept() -> None:
    chest, model = with_model()
    assert predict(chest, model, box("f1"), box("f2", 20), box("f3", 40)).result == "attached"
    task = chest.claim("anna")
    seen = material(chest, task)["model"]
    assert seen["name"] == "Detector 2"
    assert [one["id"] for one in seen["labels"]["findings"]] == ["f1", "f2", "f3"]
    chest.submit("anna", task, {"labels": read_of(box("f1"), box("f2", 25, "large"), box("mine", 90))})
    kept = Assistance.objects.get()
    assert (kept.manner, kept.kept, kept.changed, kept.dropped, kept.added) == ("as_start", 1, 1, 1, 1)
    changed = next(mark for mark in kept.content.data["marks"] if mark["outcome"] == "changed")
    assert changed["edit"] == {"measure": "iou", "value": "0.3333"}
    assert changed["fields"] == ["size"]


def test_the_page_begins_from_the_marks_and_says_whose_they_are() -> None:
    chest, model = with_model()
    predict(chest, model, box("f1", 3))
    task = chest.claim("anna")
    page = Desk("anna").get(f"/work/tasks/{task.pk}/")
    assert "Detector 2 marked this case beforehand." in page
    assert 'value="13"' in Desk("anna").raw(f"/work/tasks/{task.pk}/")


def test_the_event_of_such_a_read_names_the_model_and_cites_what_was_shown() -> None:
    chest, model = with_model()
    predict(chest, model, box("f1"))
    chest.submit("anna", chest.claim("anna"), {"labels": read_of(box("f1"))})
    read = Read.objects.select_related("display").get()
    told = body_of(Event.objects.get(event_id=read.event_id))
    digest = Prediction.objects.get().content_id
    assert told["actor"]["kind"] == "human"
    assert told["agent"]["model"] == {
        "name": "Detector", "version": "2", "digest": model.content_id, "purpose": "prelabel",
    }  # fmt: skip
    assert {"role": "prelabel", "digest": digest} in told["inputs"]
    assert {"kind": "model_output", "digest": digest} in read.display.data["items"]
    assert told["blinding"]["model_output"] is False


def test_a_protocol_may_keep_the_models_name_to_itself() -> None:
    chest, model = with_model(protocol={**SHOWS, "model": {**SHOWS["model"], "named": False}})
    predict(chest, model, box("f1"))
    assert set(material(chest, chest.claim("anna"))["model"]) == {"labels"}


def test_nothing_is_shown_in_the_test_split_nor_under_a_protocol_that_shows_none() -> None:
    chest, model = with_model(split="test")
    predict(chest, model, box("f1"))
    task = chest.claim("anna")
    assert "model" not in material(chest, task)
    chest.submit("anna", task, {"labels": read_of(box("f1"))})
    assert not Assistance.objects.exists()
    publish_new_protocol(chest, with_protocol())
    chest.register("case-2")
    predict(chest, model, box("f1"), ref="case-2")
    assert "model" not in material(chest, chest.claim("bob"))


def test_what_comes_in_after_a_reader_began_is_not_put_on_their_page() -> None:
    chest, model = with_model()
    task = chest.claim("anna")
    predict(chest, model, box("f1"))
    assert "model" not in material(chest, task)
    assert "model_output" not in str(manifest(unit_of(chest, task), task).body)
    assert "model" in material(chest, chest.claim("bob"), "bob")


def test_what_fits_no_longer_is_not_shown() -> None:
    chest, model = with_model()
    predict(chest, model, box("f1", size="large"))
    types = [{**BOXES["findings"]["types"][0], "fields": []}]
    publish_new_guideline(
        chest, {**GUIDELINE, "label_schema": {**BOXES, "findings": {"types": types, "max": 5}}}
    )
    chest.register("case-2")
    # The round of case-1 is pinned to the guideline that it fits; of case-2 the model says nothing that fits.
    assert predict(chest, model, box("f1", size="large"), ref="case-2").code == "labels_unfit"
    assert "model" in material(chest, chest.claim("anna"))


def test_reviewers_and_arbiters_are_shown_nothing_of_it() -> None:
    chest, model = with_model()
    predict(chest, model, box("f1"))
    for name in ("anna", "bob"):
        chest.submit(name, chest.claim(name), {"labels": read_of(box("f1"))})
    assert "model" not in material(chest, chest.claim("jin"), "jin")


def test_the_uids_of_its_marks_are_the_readers_own() -> None:
    chest, model = with_model()
    case = at_gate(chest, "scan-1", findings=())
    [image] = case.images.select_related("series")
    stored = image.series.uid
    assert predict(chest, model, box("f1", series="2.25.1"), ref="scan-1").code == "labels_unfit"
    assert predict(chest, model, box("f1", series=stored), ref="scan-1").result == "attached"
    chest.submit("anna", chest.claim("anna"), {"labels": read_of()})
    task = chest.claim("anna")
    [mark] = material(chest, task)["model"]["labels"]["findings"]
    assert mark["mark"]["on"]["series"] == uids_for(task).shown(stored) != stored
    [layer] = json.loads(Desk("anna").raw(f"/work/tasks/{task.pk}/images"))["layers"]
    assert (layer["layer"], layer["name"]) == ("model", "Detector 2")
    assert layer["drawn"][0]["mark"] == mark["mark"]
    chest.submit("anna", task, {"labels": read_of({**mark, "id": "f1"})})
    assert Assistance.objects.get().kept == 1


def test_a_control_shows_what_its_source_does_and_is_kept_apart() -> None:
    chest, model = with_model("case-1", "case-2", "case-3", protocol={**SHOWS, "gold": {"share": "1"}})
    control(chest)
    predict(chest, model, box("f1"), ref="known")
    probe = next_probe(chest, "anna")
    assert "model" in material(chest, probe)
    chest.submit("anna", probe, {"labels": read_of(box("f1"))})
    kept = Assistance.objects.get(read__task_id=probe.pk)
    assert kept.prediction.case_id == chest.case("known").pk != kept.read.case_id
    assert replay(chest.project).differences == []


def test_replay_finds_nothing_wrong_with_aided_reads() -> None:
    chest, model = with_model()
    predict(chest, model, box("f1"))
    for name in ("anna", "bob"):
        chest.submit(name, chest.claim(name), {"labels": read_of(box("f1"))})
    assert replay(chest.project).differences == []


def test_a_rework_begins_from_the_marks_as_well_and_is_told_apart() -> None:
    chest, model = with_model()
    predict(chest, model, box("f1"))
    chest.submit("anna", chest.claim("anna"), {"labels": read_of(box("f1"))})
    chest.submit("bob", chest.claim("bob"), {"labels": read_of(box("f1"))})
    chest.review("jin", "return")
    chest.review("jana")
    again = chest.claim("anna")
    assert {"model", "earlier"} <= set(material(chest, again))
    chest.submit("anna", again, {"labels": read_of()})
    assert [one.dropped for one in Assistance.objects.order_by("read__submitted_at")] == [0, 0, 1]
