"""Datasets: what is composed, what a lock writes, and that a locked one never changes."""

from typing import Any

import pytest
from django.db import connection

from audit.contents import blob_of
from audit.models import Content, Event
from provenance.datasets import locking
from provenance.datasets.composing import compose_dataset, recompose_dataset, withdraw_dataset
from provenance.datasets.criteria import Criteria, checked, stored
from provenance.datasets.differences import counted_against, lines_between
from provenance.datasets.selecting import chosen, composition, held_by
from provenance.models import Dataset, DatasetCase
from tasks.advancing import advance
from tests.breaking import forbidden, refused
from tests.datasets import composed, lock, locked, settle, settled
from tests.people import Study
from workflow.errors import AlreadyDone, InvalidInput, NotAllowed, Stale
from workflow.models import ReferenceLabel
from workflow.queries import body_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def chest() -> Study:
    return settled(3)


def refs(dataset: Dataset) -> list[str]:
    return sorted(dataset.members.values_list("case__external_ref", flat=True))


def test_counts_say_what_criteria_come_to_by_split_patient_stratum_and_what_is_left_out(chest: Study) -> None:
    counts = composition(chest.project, chosen(chest.project, Criteria()))
    assert counts.splits == {"train": (2, 2), "test": (1, 1)}
    assert (counts.cases, counts.patients) == (3, 3)
    assert counts.statuses == {"determined": 3}
    assert counts.settled_by == {"consensus": 3}
    assert counts.guidelines == {1: 3}
    assert counts.strata == (("site", "north", 2), ("site", "south", 1))
    assert counts.left_out == {"excluded": 0, "final_but_not_chosen": 0, "not_final": 1}


@pytest.mark.parametrize(
    ("criteria", "taken"),
    [
        ({"splits": ("test",)}, ["case-3"]),
        ({"where": (("site", ("north",)),)}, ["case-1", "case-2"]),
        ({"where": (("site", ("east", "south")),)}, ["case-3"]),
        ({"where": (("vendor", ("x",)),)}, []),
        ({"guidelines": (1,)}, ["case-1", "case-2", "case-3"]),
        ({"guidelines": (2,)}, []),
        ({"statuses": ("equivocal",)}, []),
    ],
)
def test_each_criterion_narrows_what_is_taken_in(
    chest: Study, criteria: dict[str, Any], taken: list[str]
) -> None:
    found = chosen(chest.project, Criteria(**criteria))
    assert sorted(found.values_list("case__external_ref", flat=True)) == taken


def test_criteria_are_kept_in_one_order_and_each_once() -> None:
    criteria, faults = checked(
        splits=["test", "train", "test"],
        statuses=["equivocal", "determined"],
        where={"site": ["b", "a", "b"]},
    )
    assert not faults
    assert criteria == Criteria(
        splits=("train", "test"), statuses=("determined", "equivocal"), where=(("site", ("a", "b")),)
    )
    assert stored(criteria.document()) == criteria


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"splits": ["all"], "statuses": ["determined"]}, "/splits"),
        ({"statuses": []}, "/statuses"),
        ({"statuses": ["good"]}, "/statuses"),
        ({"statuses": ["determined"], "guidelines": [0]}, "/guidelines"),
        ({"statuses": ["determined"], "where": {"site": []}}, "/where"),
        ({"statuses": ["determined"], "where": {"": ["north"]}}, "/where"),
    ],
)
def test_criteria_that_cannot_be_met_are_named_with_their_place(given: dict[str, Any], path: str) -> None:
    assert {one["path"] for one in checked(**given)[1]} == {path}


def test_a_lock_keeps_the_labels_in_force_and_cites_them_all_in_one_event(chest: Study) -> None:
    dataset = locked(chest)
    assert (dataset.state, dataset.cases, refs(dataset)) == ("locked", 3, ["case-1", "case-2", "case-3"])
    event = Event.objects.get(event_id=dataset.event_id)
    body = body_of(event)
    assert (body["action"], body["object"]["kind"]) == ("dataset.locked", "dataset")
    assert body["after"]["digest"] == dataset.manifest_id
    assert dataset.manifest is not None
    told = dataset.manifest.data
    assert told["cases"] == 3
    assert [one["digest"] for one in body["inputs"]] == [one["digest"] for one in told["lists"]]
    assert "patient-" not in str(told)
    label = ReferenceLabel.objects.get(case=chest.case("case-3"))
    (line,) = [one for one in _lines(body) if one["case"] == str(label.case_id)]
    assert line == {
        "case": str(label.case_id),
        "split": "test",
        "label": str(label.pk),
        "version": 1,
        "status": "determined",
        "digest": label.content_id,
        "event": str(label.event_id),
    }


def _lines(body: dict[str, Any]) -> list[dict[str, Any]]:
    lists = Content.objects.filter(digest__in=[one["digest"] for one in body["inputs"]])
    return [line for one in lists for line in one.data["cases"]]


@pytest.mark.django_db(transaction=True)
def test_a_locked_dataset_stays_as_it_is_when_a_case_is_settled_anew_and_the_next_version_says_so(
    chest: Study,
) -> None:
    first = locked(chest)
    chest.reopen("new_readers")
    assert refs(first) == ["case-1", "case-2", "case-3"]
    second = locked(chest, supersedes=first)
    assert (second.name, second.version, second.supersedes_id) == ("Chest", 2, first.pk)
    assert refs(second) == ["case-2", "case-3"]
    assert second.manifest is not None
    assert second.manifest.data["supersedes"] == {
        "dataset": str(first.pk),
        "version": 1,
        "manifest": first.manifest_id,
        "differences": {"added": 0, "removed": 1, "changed": 0, "same": 2},
    }
    (line,) = lines_between(first, held_by(second))
    assert (line.case.external_ref, line.how, line.after) == ("case-1", "removed", None)


@pytest.mark.django_db(transaction=True)
def test_differences_name_what_was_added_and_whose_label_changed(chest: Study) -> None:
    first = locked(chest, splits=("train",))
    _settle_anew(chest)
    later = chosen(chest.project, Criteria())
    assert counted_against(first, later).document() == {"added": 1, "removed": 0, "changed": 1, "same": 1}
    told = [(line.case.external_ref, line.how) for line in lines_between(first, later)]
    assert told == [("case-1", "changed"), ("case-3", "added")]
    (changed, _) = lines_between(first, later)
    assert changed.before is not None
    assert changed.after is not None
    assert (changed.before.version, changed.after.version) == (1, 2)


def _settle_anew(chest: Study) -> None:
    """The first case again, by those who read it before."""
    chest.reopen("same_readers")
    for reader in ("anna", "bob"):
        chest.read(reader, malignancy=2)
    for reviewer in ("jin", "jana"):
        chest.review(reviewer)
    advance(case_id=chest.case().pk)


def test_nobody_locks_what_they_did_not_see(chest: Study) -> None:
    dataset = composed(chest)
    with pytest.raises(Stale):
        lock(chest, dataset, seen="sha256:" + "0" * 64)
    seen = composition(chest.project, chosen(chest.project, Criteria())).digest
    settle(chest, "case-4")  # meanwhile
    with pytest.raises(Stale):
        lock(chest, dataset, seen=seen)
    assert not DatasetCase.objects.exists()


def test_an_empty_dataset_is_not_locked_and_says_why(chest: Study) -> None:
    dataset = composed(chest, where=(("site", ("nowhere",)),))
    with pytest.raises(InvalidInput) as refused:
        lock(chest, dataset)
    assert refused.value.extra["faults"][0]["code"] == "bad_number"


def test_a_lock_and_a_withdrawal_need_a_reason(chest: Study) -> None:
    with pytest.raises(InvalidInput):
        lock(chest, composed(chest), reason_code="")
    with pytest.raises(InvalidInput):
        withdraw_dataset(acting=chest.acting("maria"), dataset=composed(chest, "Other"), reason_code="")


def test_only_managers_compose_lock_and_withdraw(chest: Study) -> None:
    dataset = composed(chest)
    for name in ("aud", "anna", "sana"):
        with pytest.raises(NotAllowed):
            compose_dataset(
                acting=chest.acting(name), project=chest.project, name="Mine", criteria=Criteria()
            )
        with pytest.raises(NotAllowed):
            withdraw_dataset(acting=chest.acting(name), dataset=dataset, reason_code="wrong")


def test_a_plan_can_be_changed_until_it_is_locked_and_given_up_at_any_time(chest: Study) -> None:
    dataset = composed(chest)
    recompose_dataset(acting=chest.acting("maria"), dataset=dataset, criteria=Criteria(splits=("test",)))
    dataset = lock(chest, Dataset.objects.get())
    assert refs(dataset) == ["case-3"]
    with pytest.raises(AlreadyDone):
        recompose_dataset(acting=chest.acting("maria"), dataset=dataset, criteria=Criteria())
    with pytest.raises(AlreadyDone):
        lock(chest, dataset, seen="")
    gone = withdraw_dataset(
        acting=chest.acting("maria"), dataset=dataset, reason_code="wrong_split", reason="Leaked."
    )
    assert (gone.state, refs(gone)) == ("withdrawn", ["case-3"])
    with pytest.raises(AlreadyDone):
        withdraw_dataset(acting=chest.acting("maria"), dataset=gone, reason_code="wrong_split")


def test_one_name_is_one_line_of_versions(chest: Study) -> None:
    plan = composed(chest)
    with pytest.raises(AlreadyDone):
        composed(chest)
    with pytest.raises(InvalidInput):
        composed(chest, supersedes=plan)
    first = lock(chest, plan)
    second = composed(chest, supersedes=first)
    with pytest.raises(AlreadyDone):
        composed(chest, supersedes=first)
    withdraw_dataset(acting=chest.acting("maria"), dataset=second, reason_code="not_needed")
    assert composed(chest, supersedes=first).version == 3


LOCKED = "WHERE state = 'locked'"
ROWS = "INSERT INTO provenance_datasetcase (dataset_id, case_id, label_id)"
NEVER, KEPT = "locked_datasets_never_change", "decisions_are_written_once"
BROKEN = {
    "a locked one is renamed": (f"UPDATE provenance_dataset SET name = 'Other' {LOCKED}", NEVER),
    "a locked one counts otherwise": (f"UPDATE provenance_dataset SET cases = 2 {LOCKED}", NEVER),
    "a locked one is a plan again": (
        "UPDATE provenance_dataset SET state = 'composed', manifest_id = NULL, cases = NULL, locked_at = NULL,"
        f" locked_by_id = NULL {LOCKED}",
        NEVER,
    ),
    "one is deleted": ("DELETE FROM provenance_dataset WHERE state = 'composed'", "forbidden"),
    "one is withdrawn without an event": (
        f"UPDATE provenance_dataset SET state = 'withdrawn' {LOCKED}",
        "dataset_change_has_its_event",
    ),
    "a plan is changed without an event": (
        "UPDATE provenance_dataset SET criteria = '{}' WHERE state = 'composed'",
        "dataset_change_has_its_event",
    ),
    "a plan is locked without an event": (
        "UPDATE provenance_dataset p SET state = 'locked', manifest_id = l.manifest_id, cases = l.cases,"
        " locked_at = l.locked_at, locked_by_id = l.locked_by_id FROM provenance_dataset l"
        " WHERE p.state = 'composed' AND l.state = 'locked'",
        "dataset_change_has_its_event",
    ),
    "a case is taken out": ("DELETE FROM provenance_datasetcase", "forbidden"),
    "a case has another label": ("UPDATE provenance_datasetcase SET label_id = label_id", "forbidden"),
    "a case is added to a locked one": (
        f"{ROWS} SELECT d.id, l.case_id, l.id FROM provenance_dataset d, workflow_referencelabel l"
        f" {LOCKED} AND l.case_id NOT IN (SELECT case_id FROM provenance_datasetcase)",
        "a_dataset_takes_in_labels_in_force",
    ),
    "a case is added to a plan that is not locked": (
        f"{ROWS} SELECT d.id, l.case_id, l.id FROM provenance_dataset d, workflow_referencelabel l"
        " WHERE d.state = 'composed'",
        "a_datasets_cases_come_with_its_lock",
    ),
}


def raw(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_database_refuses_what_must_not_be_though_it_is_told_by_raw_sql(chest: Study) -> None:
    locked(chest, splits=("train",))
    composed(chest, "Plan")
    for statement, rule in BROKEN.values():
        with forbidden() if rule == "forbidden" else refused(rule):
            raw(statement)
            raw("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_lock_whose_rows_are_not_those_of_its_manifest_is_refused(
    chest: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = locking.lists_of

    def one_list_less(labels: Any) -> Any:
        return [(3, blob_of({"schema": "consilium/dataset-cases/v1", "cases": []})) for _ in written(labels)]

    monkeypatch.setattr(locking, "lists_of", one_list_less)
    dataset = composed(chest)
    with refused("a_dataset_holds_what_its_manifest_lists"):
        lock(chest, dataset)
        raw("SET CONSTRAINTS ALL IMMEDIATE")
