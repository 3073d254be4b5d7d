"""A reader who commits first: nothing is shown before, the marks after, and what they change is told apart."""

import json
from typing import Any

import pytest

from audit.models import Event
from provenance.case_reading import case_log
from provenance.dossier import dossier_of
from provenance.replay import replay
from tasks.completing import recall
from tasks.displays import shown, waits_for_commitment
from tasks.leases import release
from tasks.models import Draft, Task
from tasks.naming import uids_for
from tests.imported import at_gate
from tests.modelled import AFTER, box, committed, predict, read_of, with_model
from tests.people import Study, study
from tests.probes import control, next_probe
from tests.screens.desk import Desk
from workflow.errors import CommitFirst, Committed, InvalidInput, NothingToCommit
from workflow.models import Assistance, Commitment, Read
from workflow.queries import body_of
from workflow.unit import CaseUnit, locked_case

pytestmark = pytest.mark.django_db


def chest_with(*findings: dict[str, Any], refs: tuple[str, ...] = ("case-1",), **more: Any) -> Study:
    """A study whose protocol shows the model's marks after a commitment, and a model that marked each case so."""
    chest, model = with_model(*refs, protocol=AFTER, **more)
    for ref in refs:
        assert predict(chest, model, *findings, ref=ref, finding="nodule").result == "attached"
    return chest


def material(of: Study, task: Task, name: str = "anna") -> dict[str, Any]:
    return shown(CaseUnit(of.acting(name), locked_case(task.case_id)), task).material


def waits(of: Study, task: Task, name: str = "anna") -> bool:
    return waits_for_commitment(CaseUnit(of.acting(name), locked_case(task.case_id)), task)


def test_the_marks_are_shown_only_after_the_readers_own_labels_are_kept() -> None:
    chest = chest_with(box("f1"), box("f2", 40))
    task = chest.claim("anna")
    assert waits(chest, task)
    assert set(material(chest, task)) == {"case"}
    after = committed(chest, "anna", task, box("f1", 60))
    assert (after.status, after.token, after.revealed_at is not None) == ("leased", task.token, True)
    seen = material(chest, after)
    assert [one["id"] for one in seen["model"]["labels"]["findings"]] == ["f1", "f2"]
    assert seen["committed"] == read_of(box("f1", 60))
    assert not waits(chest, after)
    assert not Read.objects.exists()


def test_a_read_that_follows_says_what_was_changed_since_and_which_way() -> None:
    chest = chest_with(box("m1"), box("m2", 40))
    task = chest.claim("anna")
    committed(chest, "anna", task, box("f1", 60))
    chest.submit("anna", task, {"labels": read_of(box("f1", 60), box("f2", 40))})
    kept, read = Assistance.objects.select_related("commitment", "content").get(), Read.objects.get()
    assert (kept.manner, kept.kept, kept.dropped, kept.added) == ("after_commitment", 1, 1, 1)
    assert (read.revision, kept.shift) == (1, "towards")
    since = kept.content.data["since_commitment"]
    assert (since["before"], since["after"]) == (3, 2)
    assert since["counts"] == {"kept": 1, "changed": 0, "dropped": 0, "added": 1}
    assert kept.commitment == Commitment.objects.get()


@pytest.mark.parametrize(
    ("finally_", "shift"),
    [
        ([box("f1", 60)], "unchanged"),
        ([box("f1", 62)], "neither"),
        ([], "towards"),
        ([box("f1", 60), box("f2", 80)], "away"),
    ],
)
def test_the_shift_is_counted_in_marks_and_answers_that_differ_from_the_model(
    finally_: list[dict[str, Any]], shift: str
) -> None:
    chest = chest_with(box("m1"))
    task = chest.claim("anna")
    committed(chest, "anna", task, box("f1", 60))
    chest.submit("anna", task, {"labels": read_of(*finally_)})
    assert Assistance.objects.get().shift == shift


def test_an_id_that_the_model_uses_too_makes_no_mark_the_same() -> None:
    chest = chest_with(box("f1"))
    task = chest.claim("anna")
    committed(chest, "anna", task, box("f1", 60))
    chest.submit("anna", task, {"labels": read_of(box("f1", 60))})
    kept = Assistance.objects.get()
    assert (kept.kept, kept.changed, kept.dropped, kept.added) == (0, 0, 1, 1)


def test_the_events_tell_both_steps_and_cite_what_was_shown() -> None:
    chest = chest_with(box("m1"))
    task = chest.claim("anna")
    committed(chest, "anna", task, box("f1", 60))
    chest.submit("anna", task, {"labels": read_of(box("f1", 60))})
    made, read = Commitment.objects.get(), Read.objects.get()
    first, second = (body_of(Event.objects.get(event_id=one.event_id)) for one in (made, read))
    assert (first["action"], second["action"]) == ("read.committed", "read.submitted")
    assert (first["blinding"]["model_output"], second["blinding"]["model_output"]) == (True, False)
    assert first["agent"]["model"] is None
    assert first["inputs"] is None or first["inputs"] == []
    assert {"role": "commitment", "digest": made.content_id} in second["inputs"]
    assert {"kind": "commitment", "digest": made.content_id} in read.display.data["items"]
    assert {one["kind"] for one in made.display.data["items"]} == {"guideline", "case"}


def test_nothing_is_submitted_before_the_commitment_and_the_commitment_is_whole_and_made_once() -> None:
    chest = chest_with(box("m1"))
    task = chest.claim("anna")
    with pytest.raises(CommitFirst):
        chest.submit("anna", task, {"labels": read_of()})
    with pytest.raises(InvalidInput):
        committed(chest, "anna", task, {**box("f1"), "type": "mass"})
    committed(chest, "anna", task, box("f1", 60))
    events = Event.objects.count()
    assert committed(chest, "anna", task, box("f1", 60)).pk == task.pk
    assert Event.objects.count() == events
    with pytest.raises(Committed):
        committed(chest, "anna", task, box("f1", 80))
    assert Commitment.objects.get().content.data == read_of(box("f1", 60))


def test_a_draft_is_over_with_the_commitment() -> None:
    chest = chest_with(box("m1"))
    task = chest.claim("anna")
    Draft.objects.create(task=task, member=chest.members["anna"], data={"labels": read_of()})
    committed(chest, "anna", task)
    assert not Draft.objects.exists()


def test_a_commitment_stays_when_the_case_is_given_back_and_somebody_else_makes_their_own() -> None:
    chest = chest_with(box("m1"))
    task = chest.claim("anna")
    committed(chest, "anna", task, box("f1", 60))
    release(acting=chest.acting("anna"), task_id=task.pk, token=task.token)  # type: ignore[arg-type]
    other = chest.claim("bob")
    assert waits(chest, other, "bob")
    assert "model" not in material(chest, other, "bob")
    release(acting=chest.acting("bob"), task_id=other.pk, token=other.token)  # type: ignore[arg-type]
    again = chest.claim("anna")
    assert not waits(chest, again)
    assert {"model", "committed"} <= set(material(chest, again))


def test_a_read_that_is_taken_back_is_given_anew_under_the_same_commitment() -> None:
    chest = chest_with(box("m1"))
    task = chest.claim("anna")
    committed(chest, "anna", task, box("f1", 60))
    chest.submit("anna", task, {"labels": read_of(box("f1", 60))})
    recall(acting=chest.acting("anna"), task_id=task.pk)
    again = chest.claim("anna")
    assert not waits(chest, again)
    chest.submit("anna", again, {"labels": read_of()})
    assert [one.shift for one in Assistance.objects.order_by("read__revision")] == ["unchanged", "towards"]
    assert Commitment.objects.count() == 1
    assert replay(chest.project).differences == []


def test_without_marks_when_the_case_was_begun_there_is_one_step() -> None:
    chest, model = with_model("case-1", protocol=AFTER)
    task = chest.claim("anna")
    predict(chest, model, box("m1"))
    assert not waits(chest, task)
    with pytest.raises(NothingToCommit):
        committed(chest, "anna", task)
    chest.submit("anna", task, {"labels": read_of()})
    assert not Assistance.objects.exists()


def test_in_the_test_split_nobody_commits_or_is_shown_anything() -> None:
    chest = chest_with(box("m1"), split="test")
    task = chest.claim("anna")
    assert not waits(chest, task)
    chest.submit("anna", task, {"labels": read_of()})
    assert not Assistance.objects.exists()


def test_a_control_asks_for_the_step_as_its_source_does() -> None:
    chest, model = with_model("case-1", "case-2", "case-3", protocol={**AFTER, "gold": {"share": "1"}})
    control(chest)
    predict(chest, model, box("m1"), ref="known")
    probe = next_probe(chest, "anna")
    assert waits(chest, probe)
    committed(chest, "anna", probe, box("f1", 60))
    chest.submit("anna", probe, {"labels": read_of(box("f1", 60))})
    assert Assistance.objects.get(read__task_id=probe.pk).prediction.case_id == chest.case("known").pk
    assert replay(chest.project).differences == []


def test_a_rework_begins_with_the_marks_and_needs_no_second_commitment() -> None:
    chest = chest_with(box("m1"))
    for name in ("anna", "bob"):
        task = chest.claim(name)
        committed(chest, name, task, box("f1", 60))
        chest.submit(name, task, {"labels": read_of(box("f1", 60))})
    chest.review("jin", "return")
    chest.review("jana")
    again = chest.claim("anna")
    assert {"model", "committed", "earlier"} <= set(material(chest, again))
    chest.submit("anna", again, {"labels": read_of()})
    assert Commitment.objects.count() == 2
    assert Assistance.objects.filter(commitment__member=chest.members["anna"]).count() == 2


def test_its_marks_are_a_layer_over_the_images_only_after_the_commitment() -> None:
    chest, model = with_model(protocol=AFTER)
    case = at_gate(chest, "scan-1", findings=())
    [image] = case.images.select_related("series")
    assert predict(chest, model, box("m1", series=image.series.uid), ref="scan-1").result == "attached"
    chest.submit("anna", chest.claim("anna"), {"labels": read_of()})
    task = chest.claim("anna")
    assert layers(task) == []
    own = {**box("f1", 60)}
    own["mark"]["on"] = {"series": uids_for(task).shown(image.series.uid)}
    committed(chest, "anna", task, own)
    assert layers(task) == ["model"]
    seen = material(chest, Task.objects.get(pk=task.pk))
    assert seen["committed"]["findings"] == [own]


def layers(task: Task) -> list[str]:
    told = json.loads(Desk("anna").raw(f"/work/tasks/{task.pk}/images"))
    return [one["layer"] for one in told["layers"]]


def test_the_dossier_tells_what_a_reader_had_committed_to_beside_their_read() -> None:
    chest = chest_with(box("m1"))
    task = chest.claim("anna")
    committed(chest, "anna", task, box("f1", 60))
    chest.submit("anna", task, {"labels": read_of(box("f1"))})
    case = chest.case()
    found = dossier_of(case_log(chest.project.log.pk, case.pk))
    [read] = found.rounds[0].reads
    assert read.committed is not None
    assert (read.committed.labels, read.labels) == (read_of(box("f1", 60)), read_of(box("f1")))
    assert (read.committed.shift, read.committed.act.who.name) == ("towards", "Anna Annotator")
    assert read.shown is not None
    known = {item.role: item.known_as for item in read.shown.items or ()}
    assert known["commitment"] == ("what the reader had committed to",)
    assert not found.faults
    page = Desk("aud").get(f"/audit/chest/cases/{case.pk}/dossier/")
    assert "Committed to before a model’s marks were shown" in page
    assert "changed towards what the model says" in page


def test_a_project_without_a_model_has_no_such_step() -> None:
    plain = study("case-1")
    task = plain.claim("anna")
    with pytest.raises(NothingToCommit):
        committed(plain, "anna", task)
