"""Datasets over the API: composed, looked at, locked, superseded, withdrawn."""

import pytest

from tests.api.client import As
from tests.datasets import settle, settled
from tests.people import Study
from workflow.models import ReferenceLabel

pytestmark = pytest.mark.django_db
DATASETS = "/projects/chest/datasets"
WHY = {"reason_code": "study_closed", "reason": "All is settled."}


@pytest.fixture
def chest() -> Study:
    return settled(3)


def test_a_dataset_is_composed_looked_at_and_locked(chest: Study) -> None:
    maria = As("maria")
    made = maria.post(DATASETS, {"name": "Chest", "where": {"site": ["north"]}}, 201)
    assert made["dataset"]["state"] == "composed"
    assert made["counts"]["splits"] == [{"split": "train", "cases": 2, "patients": 2}]
    assert made["counts"]["left_out"] == {"excluded": 0, "final_but_not_chosen": 1, "not_final": 1}
    path = f"{DATASETS}/{made['dataset']['id']}"
    wider = maria.post(f"{path}/compose", {"splits": ["train", "test"]})
    assert wider["counts"]["cases"] == 3
    stale = maria.post(f"{path}/lock", {**WHY, "seen": made["seen"]}, 409)
    assert stale["code"] == "stale"
    done = maria.post(f"{path}/lock", {**WHY, "seen": wider["seen"]})
    assert (done["dataset"]["state"], done["dataset"]["cases"], done["seen"]) == ("locked", 3, "")
    assert maria.get(path) == done
    told = As("aud").get(f"{path}/cases")["results"]
    assert sorted(line["external_ref"] for line in told) == ["case-1", "case-2", "case-3"]
    label = ReferenceLabel.objects.get(case=chest.case("case-3"))
    (line,) = [one for one in told if one["external_ref"] == "case-3"]
    assert (line["digest"], line["label_id"], line["split"]) == (label.content_id, str(label.pk), "test")
    assert maria.post(f"{path}/compose", {}, 409)["code"] == "already_done"


def test_the_next_version_names_what_differs(chest: Study) -> None:
    maria = As("maria")
    first = maria.post(DATASETS, {"name": "Chest"}, 201)
    early = {"name": "", "supersedes": first["dataset"]["id"]}
    assert maria.post(DATASETS, early, 422)["faults"][0]["code"] == "not_locked"
    maria.post(f"{DATASETS}/{first['dataset']['id']}/lock", {**WHY, "seen": first["seen"]})
    settle(chest, "case-4")
    second = maria.post(DATASETS, early, 201)
    assert (second["dataset"]["name"], second["dataset"]["version"]) == ("Chest", 2)
    assert second["differences"] == {"added": 1, "removed": 0, "changed": 0, "same": 3}
    path = f"{DATASETS}/{second['dataset']['id']}"
    (line,) = maria.get(f"{path}/differences")["differences"]
    assert (line["external_ref"], line["how"], line["before"], line["after"]) == ("case-4", "added", None, 1)
    assert maria.get(f"{DATASETS}/{first['dataset']['id']}/differences") == {"differences": [], "more": False}
    gone = maria.post(f"{path}/withdraw", {"reason_code": "not_needed"})
    assert gone["dataset"]["state"] == "withdrawn"
    assert [one["version"] for one in maria.get(DATASETS)["results"]] == [2, 1]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"name": ""}, "/name"),
        ({"name": "x", "statuses": []}, "/statuses"),
        ({"name": "x", "splits": ["all"]}, "/splits/0"),
        ({"name": "x", "where": {"site": "north"}}, "/where"),
        ({"name": "x", "guidelines": [0]}, "/guidelines"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(chest: Study, given: dict[str, object], path: str) -> None:
    assert [one["path"] for one in As("maria").post(DATASETS, given, 422)["faults"]] == [path]


def test_an_auditor_sees_datasets_and_locks_none(chest: Study) -> None:
    made = As("maria").post(DATASETS, {"name": "Chest"}, 201)
    path = f"{DATASETS}/{made['dataset']['id']}"
    assert As("aud").get(path)["counts"]["cases"] == 3
    As("aud").post(f"{path}/lock", {**WHY, "seen": made["seen"]}, 403)
    As("anna").get(path, 403)
