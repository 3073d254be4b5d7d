"""Datasets on the pages: a manager composes and locks, an auditor looks, and a stale page locks nothing."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from provenance.models import Dataset
from tests.datasets import composed, locked, settle, settled
from tests.people import Study
from tests.screens.desk import Desk

pytestmark = pytest.mark.django_db
PAGE = "/projects/chest/datasets/"
WHY = {"reason_code": "study_closed", "note": "All is settled."}


@pytest.fixture
def chest() -> Study:
    return settled(3)


def seen(desk: Desk, path: str) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', desk.raw(path))
    assert found
    return found.group(1)


def test_a_manager_composes_by_what_there_is_looks_and_locks(chest: Study) -> None:
    maria = Desk("maria")
    form = maria.get(f"{PAGE}new/")
    assert "site: north (2)" in form
    path = maria.post(f"{PAGE}new/", name="Chest", statuses="determined", where="site\x1fnorth")
    page = maria.get(path)
    assert "train 2 2" in page
    assert "Not in it: 1 not final, 1 final but not chosen, 0 excluded." in page
    assert "Taken in: splits: all; outcome: determined; site: north." in page
    maria.post(f"{path}compose/", statuses="determined", splits="test")
    assert "test 1 1" in maria.get(path)
    maria.post(f"{path}lock/", seen=seen(maria, path), **WHY)
    dataset = Dataset.objects.get()
    page = maria.get(path)
    assert "Chest, version 1 is locked with 1 cases." in page
    assert str(dataset.manifest_id) in page
    assert "Lock it" not in page
    assert "Chest, version 1 locked 1" in maria.get(PAGE)


def test_a_page_whose_counts_are_old_locks_nothing_keeps_what_was_typed_and_shows_the_new_ones(
    chest: Study,
) -> None:
    maria, dataset = Desk("maria"), composed(chest)
    path = f"{PAGE}{dataset.pk}/"
    old = seen(maria, path)
    settle(chest, "case-4")
    page = maria.post(f"{path}lock/", 422, seen=old, **WHY)
    assert "Look at the counts again, then lock." in page
    assert "test 2 2" in page
    raw = maria.http.post(f"{path}lock/", {"seen": old, **WHY}).content.decode()
    assert "All is settled." in raw
    now = re.search(r'name="seen" value="([^"]+)"', raw)
    assert now
    maria.post(f"{path}lock/", seen=now.group(1), **WHY)
    assert Dataset.objects.get().cases == 4


def test_a_locked_dataset_is_a_csv_file_and_its_next_version_lists_what_differs(chest: Study) -> None:
    first = locked(chest, "=Chest")
    aud = Desk("aud")
    lines = aud.download(f"/audit/chest/datasets/{first.pk}/", format="csv").splitlines()
    assert lines[0] == "case,external_ref,split,label_version,status,settled_by,label_digest"
    assert sorted(line.split(",")[1] for line in lines[1:]) == ["case-1", "case-2", "case-3"]
    settle(chest, "case-4")
    maria = Desk("maria")
    path = maria.post(f"{PAGE}{first.pk}/next/", statuses="determined")
    page = maria.get(path)
    assert "Against =Chest, version 1 1 added, 0 removed, 0 with another label, 3 the same." in page
    assert "case-4 added" in page
    assert "Will be superseded by =Chest, version 2" in aud.get(f"/audit/chest/datasets/{first.pk}/")


def test_a_plan_has_no_csv_yet(chest: Study) -> None:
    Desk("maria").get(f"{PAGE}{composed(chest).pk}/", 404, format="csv")


def test_a_dataset_is_withdrawn_with_a_reason(chest: Study) -> None:
    maria, dataset = Desk("maria"), locked(chest)
    path = f"{PAGE}{dataset.pk}/"
    maria.post(f"{path}withdraw/", 422, reason_code="")
    assert "withdrawn" in maria.follow(f"{path}withdraw/", reason_code="label_error", note="Site mix-up.")


def test_an_auditor_sees_everything_and_no_button(chest: Study) -> None:
    dataset = composed(chest)
    raw = Desk("aud").raw(f"/audit/chest/datasets/{dataset.pk}/")
    assert "What it would hold" in raw
    assert 'method="post"' not in raw.partition("<main")[2]


def test_the_pages_cost_the_same_however_many_cases_there_are(chest: Study) -> None:
    maria = Desk("maria")
    counts = []
    for more in ("case-4", None):
        dataset = locked(chest, f"Chest {more}")
        maria.get(f"{PAGE}{dataset.pk}/")
        with CaptureQueriesContext(connection) as asked:
            maria.get(f"{PAGE}{dataset.pk}/")
        counts.append(len(asked))
        if more:
            settle(chest, more)
    assert counts[0] == counts[1]
