"""The dossier of a case: everything that its log says of it, and nothing that only the tables would know."""

import dataclasses
import json
from base64 import b64encode
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.access import Code, Seen, record
from audit.merkle import leaf_hash, verify_inclusion
from provenance.case_log import CaseLog, Logged
from provenance.case_reading import case_log
from provenance.dossier import dossier_of
from provenance.dossier_images import series_served
from provenance.dossier_parts import Dossier
from tasks.completing import recall
from tests.databases import TestDatabases
from tests.imported import at_gate
from tests.people import Study, labels, study
from tests.provenance.dossiers import LOOK, REMARK, disputed, with_second_round
from tests.sealed import a_sealer, seal_all
from workflow.errors import NotFound
from workflow.models import Instance

pytestmark = pytest.mark.django_db(transaction=True)


def log_of(chest: Study) -> CaseLog:
    return case_log(chest.project.log_id, chest.case().pk)


def told(chest: Study) -> Dossier:
    return dossier_of(log_of(chest))


def test_it_tells_who_said_what_with_which_credentials_under_which_versions() -> None:
    chest = disputed()
    found = told(chest)
    first, revised, bobs = found.rounds[0].reads
    assert (found.reference, found.split, found.strata, found.state) == (
        "case-1", "train", {"site": "north"}, "final",
    )  # fmt: skip
    assert (first.act.who.name, first.act.who.role, first.act.who.site) == (
        "Anna Annotator", "annotator", "north",
    )  # fmt: skip
    [snapshot] = [one for one in found.credentials if one.digest == first.act.who.credentials]
    assert (snapshot.actor, snapshot.snapshot["specialty"]) == (first.act.who.actor, "radiology")
    assert (first.guideline.version, first.guideline.digest) == (1, chest.guideline.content_id)
    assert [read.labels["fields"]["malignancy"] for read in (first, revised, bobs)] == [1, 2, 5]
    assert [read.stands for read in (first, revised, bobs)] == ["superseded", "stands", "stands"]
    assert (revised.why.code, revised.act.action) == ("returned_by_reviewer", "read.revised")
    assert "peer_labels" in first.hidden
    assert not found.faults


def test_it_tells_each_verdict_with_its_words_and_its_correction() -> None:
    first, revised, bobs = (read.review for read in told(disputed()).rounds[0].reads)
    assert (first.verdict, first.act.who.name, first.why.text) == ("return", "Jin Junior", LOOK)
    assert [(c.path, c.text) for c in first.comments] == [("/fields/malignancy", REMARK)]
    assert (revised.verdict, revised.why, revised.comments) == ("accept", None, None)
    assert (bobs.verdict, bobs.labels) == ("correct", labels(malignancy=4))


def test_it_tells_what_was_displayed_to_whom() -> None:
    first, revised, bobs = told(disputed()).rounds[0].reads
    assert [item.known_as for item in first.shown.items] == [
        ("the case as it was registered",), ("guideline version 1",),
    ]  # fmt: skip
    assert revised.shown.items[-1].known_as == ("the read 1.1",)
    assert bobs.review.shown.items[-1].known_as == ("the read 2.1",)
    assert first.shown.since < first.shown.until <= first.act.at


def test_it_tells_how_much_of_each_series_was_served() -> None:
    chest = study()
    at_gate(chest, findings=())
    task = chest.claim("anna")
    one, two, _ = Instance.objects.order_by("digest")
    who = (chest.project.log_id, chest.members["anna"].actor_id, "annotator")
    what = (Code.INSTANCES_ACCESSED, "frames", task.case_id, task.pk)
    for instance in (one, two):
        record(Seen(*who, *what, instance=instance.pk))
    chest.submit("anna", task, {"labels": labels()})
    chest.read("bob")
    reads = dossier_of(case_log(chest.project.log_id, task.case_id)).rounds[0].reads
    mine, bobs = (read.shown.images for read in reads)
    assert [(s.role, s.images, s.of_images, s.frames, s.of_frames) for s in mine] == [("current", 2, 3, 2, 3)]
    assert [s.images for s in bobs] == [0]
    assert mine[0].series == one.series.uid


def test_images_that_are_not_of_the_case_are_said_to_be_so() -> None:
    (found,) = series_served([{"digest": "sha256:00", "frames": [[1, 2], [5, 5]]}], [])
    assert (found.series, found.images, found.frames) == (None, 1, 3)


def test_it_tells_how_a_dispute_was_found_and_decided_and_which_label_came_of_it() -> None:
    [round_] = told(disputed()).rounds
    [report], [decision], [label] = round_.comparisons, round_.arbitrations, round_.labels
    assert (report.outcome, report.sampled) == ("escalate", False)
    assert report.reads == tuple(sorted(read.id for read in round_.reads if read.stands == "stands"))
    assert report.report["disputed"] == ["malignancy"]
    assert (decision.why.code, decision.why.text, decision.act.who.name) == (
        "perception", "The margin is clear.", "Sana Senior",
    )  # fmt: skip
    assert decision.picks["malignancy"] in ("1.2", "2.1 as corrected")
    assert {name for item in decision.shown.items for name in item.known_as} >= {
        "the read 1.2", "the read 2.1 as corrected", "consensus report 1",
    }  # fmt: skip
    assert (label.settled_by, label.decision, label.labels["fields"]) == (
        "arbitration", decision.digest, decision.labels["fields"],
    )  # fmt: skip
    assert label.superseded is None


def test_a_second_round_supersedes_the_first_and_both_are_told() -> None:
    first, second = told(with_second_round()).rounds
    assert (second.number, second.readers, second.why.code, second.why.text) == (
        2, "same_readers", "new_evidence", "Histology came in.",
    )  # fmt: skip
    assert first.labels[0].superseded.action == "label.superseded"
    assert (second.labels[0].version, second.labels[0].settled_by) == (2, "consensus")
    assert [read.kind for read in second.reads] == ["same_reader", "same_reader"]
    assert first.reads[1].stands == "stands"  # in its own round


def test_equal_answers_have_equal_digests_and_are_told_as_what_they_may_be() -> None:
    chest = study("case-1")
    for name in ("anna", "bob"):
        chest.read(name)
    chest.review("jin")
    reads = told(chest).rounds[0].reads
    assert reads[0].digest == reads[1].digest
    [review] = [read.review for read in reads if read.review]
    assert review.shown.items[-1].known_as == ("the read 1.1",)


def test_a_recalled_read_says_so() -> None:
    chest = study("case-1")
    task = chest.read("anna")
    recall(acting=chest.acting("anna"), task_id=task.pk)
    [read] = told(chest).rounds[0].reads
    assert (read.stands, read.recalled.why.code) == ("recalled", "recalled_by_author")


def test_what_was_erased_is_told_as_erased(owner_connection: psycopg.Connection) -> None:
    chest = disputed()
    owner_connection.execute("DELETE FROM audit_opening")
    owner_connection.commit()
    found = told(chest)
    read, decision = found.rounds[0].reads[0], found.rounds[0].arbitrations[0]
    assert (found.reference, found.reference_erased) == (None, True)
    assert (read.act.who.name, read.act.who.erased) == (None, True)
    assert read.act.who.actor == chest.members["anna"].actor_id
    assert (decision.why.text, decision.why.erased) == (None, True)
    assert read.review.comments[0].erased
    assert not found.faults


def test_neither_the_patient_nor_an_account_is_in_it() -> None:
    told_as_json = json.dumps(dataclasses.asdict(told(disputed())))
    assert "patient-case-1" not in told_as_json
    assert '"anna"' not in told_as_json


def test_the_log_alone_is_asked_and_as_often_for_a_long_case_as_for_a_short_one() -> None:
    chest = study("case-1")
    log_id, case_id = chest.project.log_id, chest.case().pk
    with CaptureQueriesContext(connection) as short:
        dossier_of(case_log(log_id, case_id))
    chest.agree_at_two()
    with CaptureQueriesContext(connection) as long:
        assert len(dossier_of(case_log(log_id, case_id)).lines) > 15
    assert len(long) == len(short) <= 8
    asked = " ".join(query["sql"] for query in long)
    assert "workflow_" not in asked
    assert "tasks_" not in asked


def test_the_proof_leads_from_the_last_sealed_event_to_the_signed_root(
    tmp_path: Path, own_databases: TestDatabases
) -> None:
    chest, sealer = disputed(), a_sealer(tmp_path)
    assert told(chest).proof is None
    seal_all(sealer, own_databases)
    found = told(chest)
    proof = found.proof
    assert (proof.covers, found.lines[-1].act.leaf_index) == (len(found.lines), proof.leaf_index)
    leaf = leaf_hash(found.lines[-1].body.encode())
    nodes, root = ([bytes.fromhex(h[7:]) for h in hashes] for hashes in (proof.hashes, [proof.root]))
    assert verify_inclusion(leaf, proof.leaf_index, proof.size, nodes, root[0])
    assert b64encode(root[0]).decode() in proof.note
    assert proof.tlog_proof.endswith(proof.note)
    chest.reopen("same_readers")
    later = told(chest)
    assert later.proof == proof
    assert len(later.lines) > proof.covers
    assert later.lines[-1].act.leaf_index is None


def test_an_event_that_was_changed_is_found_out(tmp_path: Path, own_databases: TestDatabases) -> None:
    chest = disputed()
    seal_all(a_sealer(tmp_path), own_databases)
    log = log_of(chest)
    place = next(n for n, one in enumerate(log.logged) if one.event["action"] == "read.submitted")
    log.logged = [_tampered(one) if n == place else one for n, one in enumerate(log.logged)]
    sealed = log.logged[place].leaf_index
    assert dossier_of(log).faults == [
        f"Event {place + 1} is not the one that was sealed as leaf {sealed}.",
        f"Event {place + 2} does not follow from the one before it.",
    ]


def _tampered(one: Logged) -> Logged:
    body = one.body.replace(b'"role":"annotator"', b'"role":"manager"')
    assert body != one.body
    return Logged(body, json.loads(body), one.leaf_index, one.leaf)


def test_a_proof_a_content_and_an_opening_that_do_not_fit_are_found_out(
    tmp_path: Path, own_databases: TestDatabases
) -> None:
    chest = disputed()
    seal_all(a_sealer(tmp_path), own_databases)
    log = log_of(chest)
    read = next(one.event for one in log.logged if one.event["action"] == "read.submitted")
    digest, person = read["after"]["digest"], read["actor"]["person"]
    log.contents = {**log.contents, digest: b"{}"}
    log.openings = {**log.openings, person: dataclasses.replace(log.openings[person], value={"name": "X"})}
    log.covered = dataclasses.replace(log.covered, hashes=[])
    found = dossier_of(log)
    assert set(found.faults) == {
        f"The stored bytes are not those of the digest {digest}.",
        f"The opening is not that of the commitment {person}.",
        "The inclusion proof does not lead to the signed root.",
    }
    assert found.rounds[0].reads[0].labels is None
    assert found.rounds[0].reads[0].act.who.name is None


def test_a_story_that_makes_no_sense_is_told_as_its_events_alone() -> None:
    log = log_of(disputed())
    log.logged = [one for one in log.logged if one.event["action"] != "task.opened"]
    found = dossier_of(log)
    assert found.rounds == []
    assert len(found.lines) == len(log.logged)
    assert any(
        fault.startswith("The events don't tell the story of a case from event") for fault in found.faults
    )


def test_a_case_that_the_log_does_not_know_is_not_found() -> None:
    chest = study("case-1")
    with pytest.raises(NotFound):
        case_log(chest.project.log_id, chest.project.pk)
